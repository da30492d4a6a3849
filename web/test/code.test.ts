import assert from "node:assert/strict";
import { test } from "node:test";
import { codeFault, groupedCode, typedCode } from "../src/link/code";

test("a code may be typed in any case, width and grouping", () => {
  for (const typed of [
    "7KQ2MX9F4PT3VB",
    "7kq2m-x9f4-pt3vb",
    " 7KQ2M X9F4 PT3VB ",
    "7KQ2M–X9F4—PT3VB",
    "７ＫＱ２ＭーＸ９Ｆ４－ＰＴ３ＶＢ　",
    "７ｋｑ２ｍｰｘ９ｆ４‐ｐｔ３ｖｂ",
    "https://schalte.example.org/j#7KQ2MX9F4PT3VB",
    "https://schalte.example.org/j?lang=ja#7KQ2MX9F4PT3VB.",
    "\u200b7KQ2M\u2060X9F4\u00a0PT3VB\n",
    "「７ＫＱ２Ｍ－Ｘ９Ｆ４－ＰＴ３ＶＢ」",
    "(7KQ2M-X9F4-PT3VB),",
  ])
    assert.equal(typedCode(typed), "7KQ2MX9F4PT3VB", typed);
  assert.equal(codeFault(typedCode(groupedCode("7KQ2MX9F4PT3VB"))), null);
});

test("a code has 14 symbols without look-alikes, and what is wrong is named", () => {
  assert.equal(codeFault("7KQ2MX9F4PT3VB"), null);
  for (const [wrong, length] of [
    ["", 0],
    ["7KQ2MX9F4PT3V", 13],
    ["7KQ2MX9F4PT3VBB", 15],
  ] as const)
    assert.deepEqual(codeFault(wrong), { kind: "length", length });
  for (const [wrong, symbols] of [
    ["0KQ2MX9F4PT3VB", "0"],
    ["OKQ2MX9F4PT3VO", "O"],
    ["1IL2MX9F4PT3VB", "1 I L"],
    ["かQ2MX9F4PT3VB", "か"],
  ] as const)
    assert.deepEqual(codeFault(wrong), { kind: "symbols", symbols }, wrong);
});
