import assert from "node:assert/strict";
import { test } from "node:test";
import { qrPath } from "../src/pages/desk/joinlinks/qrpath";

const TEXT = "https://regie.example.com/j#23456789ABCDEF";
const QUIET_ZONE = 4;
/** The rows of another program's code of that text: `segno.make(TEXT, error="m", mode="byte", boost_error=False, mask=2)`. */
const ROWS = `1fc6377f 10433c41 1751635d 175f5a5d 17500e5d 105ba941 1fd5557f 001f2100 17c5587c 18310ff1
  0250b030 039f510a 13f77e8c 1fb30ff1 0870686c 159d10f2 0bc0790c 15b20ff5 157d7d34 138c7532 16627ff7 001d051f
  1fc2ef5c 105f3313 17523df7 1755820f 175b7c7e 104485ca 1fdafe9c`
  .split(/\s+/)
  .map((row) => Number.parseInt(row, 16));

test("a QR code is drawn module for module as another program draws it, in its quiet zone", () => {
  const { size, path } = qrPath(TEXT);
  const modules = ROWS.length;
  assert.equal(size, modules + 2 * QUIET_ZONE);
  const rows = new Array<number>(modules).fill(0);
  const runs = [...path.matchAll(/M(\d+) (\d+)h(\d+)v1h-(\d+)z/g)];
  assert.equal(runs.map(([run]) => run).join(""), path);
  for (const [, x, y, length, back] of runs) {
    assert.equal(length, back);
    for (let n = 0; n < Number(length); n++) {
      const row = Number(y) - QUIET_ZONE;
      rows[row] = (rows[row] ?? 0) + 2 ** (modules - 1 - (Number(x) - QUIET_ZONE + n));
    }
  }
  assert.deepEqual(rows, ROWS);
});
