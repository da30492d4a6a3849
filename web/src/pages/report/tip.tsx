/** What the pointer or the focus is on, in words beside it. */

import { signal } from "@preact/signals";
import type { Plot } from "../../show/plot";

/** The height of the axis above the bars. */
export const AXIS = 34;
/** From the lower edge of what is pointed at to what is said above it. */
const ABOVE = 38;

const pointed = signal<{ x: number; y: number; lines: string[] } | null>(null);

export function clear(): void {
  pointed.value = null;
}

/** Show `lines` beside what the pointer or the focus is on, and say them to who cannot see it. */
export function told(at: { x: number; y: number }, lines: string[]) {
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

/** What is pointed at, in words. */
export function Tip({ plot: { width: w, height: h } }: { plot: Plot }) {
  const at = pointed.value;
  if (!at) return null;
  const [title, ...rest] = at.lines;
  // Left of where it begins, and above it, if there is more room.
  const side = at.x > w * 0.6 ? { right: `${w - at.x}px` } : { left: `${at.x}px` };
  const level = at.y > h * 0.6 ? { bottom: `${h - at.y + ABOVE}px` } : { top: `${at.y + AXIS + 4}px` };
  return (
    <div class="plot-tip" style={{ ...level, ...side }} data-testid="plot-tip" aria-hidden="true">
      <strong>{title}</strong>
      {rest.map((line) => (
        <span key={line}>{line}</span>
      ))}
    </div>
  );
}
