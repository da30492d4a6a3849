/** The legend of the plot. */

import { type Texts, texts } from "../../texts";

/** Each kind of mark with its height in pixels. */
const MARKS: readonly [keyof Texts["report"]["legend"], number][] = [
  ["planned", 10],
  ["airing", 10],
  ["over", 10],
  ["expected", 10],
  ["take", 6],
  ["fallback", 6],
  ["there", 2],
  ["shown", 10],
  ["lost", 10],
];

/** Stripes, so that no mark differs by colour alone. */
export function Patterns() {
  return (
    <defs>
      <pattern
        id="plot-over"
        width="5"
        height="5"
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
      >
        <rect width="5" height="5" class="plot-over-ground" />
        <rect width="2" height="5" class="plot-over-stripe" />
      </pattern>
      <pattern id="plot-fallback" width="4" height="4" patternUnits="userSpaceOnUse">
        <rect width="4" height="4" class="plot-fallback-ground" />
        <rect width="2" height="4" class="plot-stripe" />
      </pattern>
    </defs>
  );
}

/** The kinds of marks, each as it is drawn. */
export function Legend() {
  const t = texts.value.report.legend;
  return (
    <ul class="plot-legend">
      {MARKS.map(([kind, height]) => (
        <li key={kind}>
          <svg width="26" height="14" aria-hidden="true">
            <rect class={`plot-${kind}`} x="1" y={7 - height / 2} width="24" height={height} rx="2" />
          </svg>
          {t[kind]}
        </li>
      ))}
    </ul>
  );
}
