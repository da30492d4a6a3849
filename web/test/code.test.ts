import assert from "node:assert/strict";
import { test } from "node:test";
import { isCode, typedCode } from "../src/link/code";

test("a code may be typed in any case, width and grouping", () => {
  for (const typed of [
    "7KQ2MX9F4PT3VB",
    "7kq2m-x9f4-pt3vb",
    " 7KQ2M X9F4 PT3VB ",
    "7KQ2M–X9F4—PT3VB",
    "７ＫＱ２ＭーＸ９Ｆ４－ＰＴ３ＶＢ　",
    "https://schalte.example.org/j#7KQ2MX9F4PT3VB",
  ])
    assert.equal(typedCode(typed), "7KQ2MX9F4PT3VB");
});

test("a code has 14 symbols without look-alikes", () => {
  assert.ok(isCode("7KQ2MX9F4PT3VB"));
  for (const wrong of [
    "",
    "7KQ2MX9F4PT3V",
    "7KQ2MX9F4PT3VBB",
    "0KQ2MX9F4PT3VB",
    "1KQ2MX9F4PT3VB",
    "OKQ2MX9F4PT3VB",
  ])
    assert.ok(!isCode(wrong), wrong);
});
