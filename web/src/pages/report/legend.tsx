/** The kinds of marks in the plot. */

import { texts } from "../../texts";

/** Stripes, so that nothing is said by colour alone. */
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
  const marks = [
    "planned",
    "airing",
    "over",
    "expected",
    "take",
    "fallback",
    "there",
    "shown",
    "lost",
  ] as const;
  return (
    <ul class="plot-legend">
      {marks.map((kind) => (
        <li key={kind}>
          <svg width="26" height="14" aria-hidden="true">
            <rect
              class={`plot-${kind}`}
              x="1"
              y={SLIM[kind] ?? 2}
              width="24"
              height={THIN[kind] ?? 10}
              rx="2"
            />
          </svg>
          {t[kind]}
        </li>
      ))}
    </ul>
  );
}

const SLIM: Partial<Record<string, number>> = { there: 6, take: 4, fallback: 4 };
const THIN: Partial<Record<string, number>> = { there: 2, take: 6, fallback: 6 };
