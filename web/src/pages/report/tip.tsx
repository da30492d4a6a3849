/** The tooltip of the plot, for pointer and keyboard focus. */

import { signal } from "@preact/signals";
import type { Plot } from "../../show/plot";

/** The height of the axis above the bars. */
export const AXIS_PX = 34;
/** From the lower edge of a mark to a tooltip above it. */
const OFFSET_PX = 38;

const pointed = signal<{ x: number; y: number; lines: string[] } | null>(null);

export function clear(): void {
  pointed.value = null;
}

/** Properties of a mark that shows `lines` as its tooltip, and as its accessible name. */
export function tip(at: { x: number; y: number }, lines: string[]) {
  const point = (): void => {
    pointed.value = { ...at, lines };
  };
  return {
    tabIndex: 0,
    role: "img",
    "aria-label": lines.join(", "),
    onPointerEnter: point,
    onFocus: point,
    onBlur: clear,
  } as const;
}

/** The tooltip itself. */
export function Tip({ plot: { width: w, height: h } }: { plot: Plot }) {
  const at = pointed.value;
  if (!at) return null;
  const [title, ...rest] = at.lines;
  // Left of the mark, and above it, if there is more room.
  const side = at.x > w * 0.6 ? { right: `${w - at.x}px` } : { left: `${at.x}px` };
  const level = at.y > h * 0.6 ? { bottom: `${h - at.y + OFFSET_PX}px` } : { top: `${at.y + AXIS_PX + 4}px` };
  return (
    <div class="plot-tip" style={{ ...level, ...side }} data-testid="plot-tip" aria-hidden="true">
      <strong>{title}</strong>
      {rest.map((line) => (
        <span key={line}>{line}</span>
      ))}
    </div>
  );
}
