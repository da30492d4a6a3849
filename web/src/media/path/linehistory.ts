/** The last ten minutes of this page's line, and how they are drawn. Pure; `at` and `now` in milliseconds of any clock. */

/** What the server has measured of the line; null: it has measured nothing. */
export interface LineSample {
  at: number;
  /** The round trip in milliseconds. */
  trip: number | null;
  /** The loss of either direction, whichever is larger, 0 to 1. */
  loss: number | null;
  /** In kbit/s. */
  up: number | null;
  down: number | null;
}

export type LineFigure = Exclude<keyof LineSample, "at">;

export const HISTORY_MS = 10 * 60_000;
/** Between two samples: 300 for the whole plot, as many as it has pixels. */
export const SAMPLE_INTERVAL_MS = 2_000;
/** Two samples farther apart are not joined: the page was suspended. */
const MAX_JOINED_MS = 5 * SAMPLE_INTERVAL_MS;
/** The tops of the scales. The lowest ones keep a good line flat. */
const TOPS: Record<LineFigure, readonly number[]> = {
  trip: [100, 200, 500, 1_000, 2_000, 5_000, 10_000],
  loss: [0.05, 0.1, 0.2, 0.5, 1],
  up: [1_000, 2_000, 5_000, 10_000, 20_000, 50_000],
  down: [1_000, 2_000, 5_000, 10_000, 20_000, 50_000],
};

/** `samples` with `sample`, without those that are too old to be drawn. */
export function withSample(samples: readonly LineSample[], sample: LineSample): LineSample[] {
  const kept = samples.filter(({ at }) => at > sample.at - HISTORY_MS && at < sample.at);
  return [...kept, sample];
}

/** The top of the scale on which these values of `figure` fit. */
export function topOf(samples: readonly LineSample[], figure: LineFigure): number {
  const largest = Math.max(0, ...samples.map((sample) => sample[figure] ?? 0));
  const tops = TOPS[figure];
  return tops.find((top) => largest <= top) ?? tops.at(-1) ?? 1;
}

/** The size of a plot in the units of its drawing. */
export interface LinePlotSize {
  width: number;
  height: number;
}

/**
 * The path of an SVG element: time runs to the right, up to `now`, and values run up to the top of the scale. A column
 * shows its worst value, so that a short burst of loss is seen. Where nothing was measured the line is broken.
 */
export function curve(
  samples: readonly LineSample[],
  figure: LineFigure,
  now: number,
  { width, height }: LinePlotSize,
): string {
  const top = topOf(samples, figure);
  const columns = new Map<number, { value: number; at: number } | null>();
  for (const sample of samples) {
    const column = Math.round(width * (1 - (now - sample.at) / HISTORY_MS));
    if (column < 0 || column > width) continue;
    const value = sample[figure];
    const before = columns.get(column);
    if (value === null) columns.set(column, before ?? null);
    else columns.set(column, { value: Math.max(value, before?.value ?? 0), at: sample.at });
  }
  let path = "";
  let last: number | null = null;
  for (const [column, point] of columns) {
    if (point === null) {
      last = null;
      continue;
    }
    const isJoined = last !== null && point.at - last <= MAX_JOINED_MS;
    const y = Math.round(height * (1 - Math.min(1, point.value / top)) * 10) / 10;
    path += `${isJoined ? "L" : "M"}${column} ${y}`;
    // A point alone is drawn as a dot by its round ends.
    if (!isJoined) path += "h0";
    last = point.at;
  }
  return path;
}
