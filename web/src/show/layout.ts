/**
 * Where the pictures of the programme are drawn. Pure: the same function serves every page.
 *
 * Tiles are 16:9, in reading order, the main picture first, and the last row is centred. Of all rows and columns the
 * one with the largest pictures is chosen, so two pictures are side by side in a window and above each other on a
 * phone held upright. In `grid` the main picture is larger where the others hardly get smaller by it: that is with
 * five or six pictures in a 16:9 area, where equal tiles would leave a third of it empty. Otherwise the one who leads
 * would take room from the halls that a grid is there to show. `side-by-side` is always equal, and two pictures stay
 * side by side in it in any area that is not upright.
 */

import type { ProgramDoc } from "../wire";

export type Layout = ProgramDoc["layout"];

/** Fractions of the area's width and height. */
export interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

const TILE_ASPECT = 16 / 9;
/** Between two pictures of a row, of the area's shorter side. Rows are closer, so that two by two tiles are 16:9. */
const GAP = 0.008;
/** The others may get so much smaller for a larger main picture. Few windows are exactly 16:9. */
const MAX_LOSS = 0.15;
const LARGE_SPAN = 2;
/** Of the main picture's sides. */
const INSET_SIZE = 0.28;
const INSET_MARGIN = 0.025;
/** More would cover the main picture, or be too small to recognize anybody: `pip` is then drawn as a grid. */
const MAX_INSETS = 3;
/** Two sizes that differ by less are the same. */
const SAME = 1e-6;

/** Columns and rows of cells; the main picture covers `span` by `span` of them. */
interface Cells {
  columns: number;
  rows: number;
  span: number;
}

/** The rectangles of `count` pictures, the main one first, in an area of this width:height. */
export function rectangles(count: number, aspect: number, layout: Layout): Rectangle[] {
  if (count === 0) return [];
  const whole = { x: 0, y: 0, width: 1, height: 1 };
  if (count === 1 || layout === "solo") return [whole];
  if (layout === "pip" && count - 1 <= MAX_INSETS) return inset(count - 1, fitted(whole, aspect));
  if (layout === "side-by-side" && count === 2 && aspect >= 1)
    return placed(count, aspect, { columns: 2, rows: 1, span: 1 });
  return tiles(count, aspect, layout !== "side-by-side");
}

/** The main picture, and the others in its lower right corner, upwards, so that the first is where a single one would be. */
function inset(count: number, main: Rectangle): Rectangle[] {
  const width = main.width * INSET_SIZE;
  const height = main.height * INSET_SIZE;
  const right = main.x + main.width * (1 - INSET_MARGIN);
  const bottom = main.y + main.height * (1 - INSET_MARGIN * TILE_ASPECT);
  const step = height + main.height * GAP;
  const others = Array.from({ length: count }, (_, n) => ({
    x: right - width,
    y: bottom - height - n * step,
    width,
    height,
  }));
  return [main, ...others];
}

/** The largest 16:9 rectangle in the middle of `box`. */
function fitted(box: Rectangle, aspect: number): Rectangle {
  const boxAspect = (box.width / box.height) * aspect;
  const width = box.width * Math.min(1, TILE_ASPECT / boxAspect);
  const height = box.height * Math.min(1, boxAspect / TILE_ASPECT);
  return { x: box.x + (box.width - width) / 2, y: box.y + (box.height - height) / 2, width, height };
}

function tiles(count: number, aspect: number, mayEnlarge: boolean): Rectangle[] {
  // From one row on: of equally large tiles the wider arrangement is used.
  let equal: Cells = { columns: count, rows: 1, span: 1 };
  for (let columns = count - 1; columns > 0; columns--) {
    const cells = { columns, rows: Math.ceil(count / columns), span: 1 };
    if (cellWidth(cells, aspect) > cellWidth(equal, aspect) + SAME) equal = cells;
  }
  return placed(count, aspect, (mayEnlarge && enlarged(count, aspect, equal)) || equal);
}

/** The cells with a larger main picture, where that covers more of the area; else null. */
function enlarged(count: number, aspect: number, equal: Cells): Cells | null {
  const covered = (cells: Cells): number => (count - 1 + cells.span ** 2) * cellWidth(cells, aspect) ** 2;
  let best: Cells | null = null;
  const span = LARGE_SPAN;
  for (let columns = span; (columns - span) * span < count; columns++) {
    const cells = { columns, rows: rowsOf(count, columns, span), span };
    const isLargeEnough = cellWidth(cells, aspect) > (1 - MAX_LOSS) * cellWidth(equal, aspect);
    if (isLargeEnough && covered(cells) > covered(best ?? equal) + SAME) best = cells;
  }
  return best;
}

/** The rows that the main picture and the others need: first the cells beside it, then those below. */
function rowsOf(count: number, columns: number, span: number): number {
  const below = Math.max(0, count - 1 - (columns - span) * span);
  return span + Math.ceil(below / columns);
}

function gapOf(aspect: number): number {
  return GAP * Math.min(1, aspect);
}

/** The width of one cell, where the area is 1 high and `aspect` wide. */
function cellWidth({ columns, rows }: Cells, aspect: number): number {
  const gap = gapOf(aspect);
  const byWidth = (aspect - gap * (columns - 1)) / columns;
  const byHeight = (TILE_ASPECT - gap * (rows - 1)) / rows;
  return Math.min(byWidth, byHeight);
}

/** The pictures in reading order, each row centred, and all of them in the middle of the area. */
function placed(count: number, aspect: number, cells: Cells): Rectangle[] {
  const { columns, rows, span } = cells;
  const gap = gapOf(aspect);
  const width = cellWidth(cells, aspect);
  const [gapDown, height] = [gap / TILE_ASPECT, width / TILE_ASPECT];
  const [across, down] = [width + gap, height + gapDown];
  const left = (aspect - across * columns + gap) / 2;
  const top = (1 - down * rows + gapDown) / 2;
  const at = (column: number, row: number, size: number): Rectangle => ({
    x: (left + column * across) / aspect,
    y: top + row * down,
    width: (size * across - gap) / aspect,
    height: size * down - gapDown,
  });
  if (span === 1) return lines(count, columns, 0, at);
  const beside = (columns - span) * span;
  const others = Array.from({ length: beside }, (_, n) =>
    at(span + (n % (columns - span)), Math.floor(n / (columns - span)), 1),
  );
  return [at(0, 0, span), ...others, ...lines(count - 1 - beside, columns, span, at)];
}

/** Rows of single cells from `first` on; the last is centred. */
function lines(
  count: number,
  columns: number,
  first: number,
  at: (column: number, row: number, size: number) => Rectangle,
): Rectangle[] {
  return Array.from({ length: count }, (_, n) => {
    const line = Math.floor(n / columns);
    const free = columns - Math.min(columns, count - line * columns);
    return at((n % columns) + free / 2, first + line, 1);
  });
}
