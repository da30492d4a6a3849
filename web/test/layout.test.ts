import assert from "node:assert/strict";
import { test } from "node:test";
import { type Layout, type Rectangle, rectangles } from "../src/show/layout";
import tiles from "./tiles.json";

const ASPECTS = {
  wide: 16 / 9,
  old: 4 / 3,
  ultrawide: 32 / 9,
  cinema: 21 / 9,
  upright: 390 / 844,
  sideways: 740 / 360,
  square: 1,
};
const COUNTS = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const TILED: Layout[] = ["side-by-side", "grid"];
const CLOSE = 1e-6;

function overlap(a: Rectangle, b: Rectangle): boolean {
  const across = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const down = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return across > CLOSE && down > CLOSE;
}

function isInside({ x, y, width, height }: Rectangle): boolean {
  return x >= -CLOSE && y >= -CLOSE && x + width <= 1 + CLOSE && y + height <= 1 + CLOSE;
}

/** The area of the 16:9 pictures in the rectangles, of the whole. */
function used(tiles: readonly Rectangle[], aspect: number): number {
  const shares = tiles.map(({ width, height }) => {
    const tall = (width * aspect * 9) / 16;
    return tall < height ? width * tall : ((height * 16) / 9 / aspect) * height;
  });
  return shares.reduce((sum, share) => sum + share, 0);
}

/** As many columns as rows, as in a page that does not look at its shape. */
function naive(count: number): Rectangle[] {
  const columns = Math.ceil(Math.sqrt(count));
  const rows = Math.ceil(count / columns);
  // The gaps between the tiles are drawn as a part of them here, with a little more than the layout takes.
  const size = { width: (1 - 0.03) / columns, height: (1 - 0.03) / rows };
  return Array.from({ length: count }, (_, n) => ({
    x: (n % columns) / columns,
    y: Math.floor(n / columns) / rows,
    ...size,
  }));
}

function each(then: (tiles: Rectangle[], count: number, aspect: number, what: string) => void): void {
  for (const layout of TILED)
    for (const [name, aspect] of Object.entries(ASPECTS))
      for (const count of COUNTS)
        then(rectangles(count, aspect, layout), count, aspect, `${count} in ${name}, ${layout}`);
}

test("every picture has a rectangle inside the area, and none overlap", () => {
  each((tiles, count, _, what) => {
    assert.equal(tiles.length, count, what);
    assert.ok(tiles.every(isInside), what);
    assert.ok(!tiles.some((a, n) => tiles.slice(n + 1).some((b) => overlap(a, b))), what);
  });
});

test("tiles are 16:9 and in reading order, the main picture first", () => {
  each((tiles, count, aspect, what) => {
    if (count === 1) return;
    for (const { width, height } of tiles)
      assert.ok(Math.abs((width * aspect) / height - 16 / 9) < CLOSE, what);
    const order = [...tiles].sort((a, b) => (Math.abs(a.y - b.y) > CLOSE ? a.y - b.y : a.x - b.x));
    assert.deepEqual(order, tiles, what);
  });
});

test("the pictures are in the middle of the area, and so is the last row", () => {
  each((tiles, count, _, what) => {
    const top = Math.min(...tiles.map((tile) => tile.y));
    const bottom = Math.max(...tiles.map((tile) => tile.y + tile.height));
    assert.ok(Math.abs(top - (1 - bottom)) < CLOSE, what);
    if (count === 1) return;
    const last = tiles.filter((tile) => tile.y + tile.height > bottom - CLOSE);
    const left = Math.min(...last.map((tile) => tile.x));
    const right = Math.max(...last.map((tile) => tile.x + tile.width));
    assert.ok(Math.abs(left - (1 - right)) < CLOSE, what);
  });
});

test("the pictures cover at least as much as in a grid of as many columns as rows", () => {
  each((tiles, count, aspect, what) => {
    assert.ok(used(tiles, aspect) >= used(naive(count), aspect) - CLOSE, what);
  });
});

test("the main picture is larger only where no other gets much smaller", () => {
  for (const aspect of Object.values(ASPECTS))
    for (const count of COUNTS) {
      const equal = rectangles(count, aspect, "side-by-side");
      const grid = rectangles(count, aspect, "grid");
      const narrowest = Math.min(...grid.map((tile) => tile.width));
      assert.ok(narrowest >= 0.85 * (equal[0]?.width ?? 0), `${count} in ${aspect}`);
    }
  const larger = COUNTS.filter((count) => {
    const [main, next] = rectangles(count, 16 / 9, "grid");
    return main && next && main.width > next.width + CLOSE;
  });
  assert.deepEqual(larger, [5, 6]);
});

test("a window shows two pictures side by side, a phone held upright above each other", () => {
  const [left, right] = rectangles(2, 16 / 9, "side-by-side");
  assert.ok(left && right && left.y === right.y && left.x < right.x);
  const [upper, lower] = rectangles(2, 390 / 844, "side-by-side");
  assert.ok(upper && lower && upper.x === lower.x && upper.y < lower.y);
});

test("a small picture is in the lower right corner of the main one, wherever that is in the area", () => {
  for (const aspect of Object.values(ASPECTS)) {
    const [main, first, second, third] = rectangles(4, aspect, "pip");
    assert.ok(main && first && second && third);
    // The main picture is as large as the area allows, and its rectangle no larger: its name belongs in its corner.
    assert.ok(Math.abs(Math.max(main.width, main.height) - 1) < CLOSE);
    for (const each of [main, first, second, third])
      assert.ok(Math.abs((each.width * aspect) / each.height - 16 / 9) < CLOSE);
    const [right, bottom] = [main.x + main.width, main.y + main.height];
    for (const each of [first, second, third])
      assert.ok(isInside(each) && each.x + each.width < right && each.y + each.height < bottom);
    assert.ok(!overlap(first, second) && !overlap(second, third));
    assert.ok(first.y > second.y && second.y > third.y);
    assert.ok(first.x > 0.5);
  }
  assert.deepEqual(rectangles(5, 16 / 9, "pip"), rectangles(5, 16 / 9, "grid"));
});

test("one picture fills the area in every layout, and a solo shows the main picture alone", () => {
  for (const layout of ["solo", "pip", ...TILED] as const) assert.equal(rectangles(1, 1, layout).length, 1);
  assert.deepEqual(rectangles(9, 1, "solo"), rectangles(1, 1, "grid"));
  assert.deepEqual(rectangles(0, 1, "grid"), []);
});

test("in a 16:9 window each tile has the size by which the server chooses its layer", () => {
  const sizeOf = (width: number, count: number): string => {
    if (width < 0.4) return "small";
    return width > 0.6 || count <= 2 ? "large" : "medium";
  };
  for (const layout of ["solo", "pip", ...TILED] as const)
    for (const sizes of tiles[layout]) {
      const drawn = rectangles(sizes.length, 16 / 9, layout).map(({ width }) => sizeOf(width, sizes.length));
      const undrawn = sizes.slice(drawn.length).map(() => "small");
      assert.deepEqual([...drawn, ...undrawn], sizes, `${sizes.length} in ${layout}`);
    }
});
