import assert from "node:assert/strict";
import { test } from "node:test";
import { tabSign } from "../src/parts/tabsign";
import type { Light } from "../src/show/light";

const LIGHTS: Light[] = ["on-air", "next", "preview", "off", "unknown"];

test("a tab begins with the tally, as a narrow tab shows only the beginning", () => {
  assert.equal(tabSign("on-air", "On air", "Krefeld").title, "● On air · Krefeld");
  assert.equal(tabSign("next", "Als Nächstes", "").title, "◐ Als Nächstes");
});

test("every tally has its own shape, not only its own colour", () => {
  const shapes = LIGHTS.map((light) =>
    decodeURIComponent(tabSign(light, "", "").icon)
      .replace(/#[0-9a-f]{6}/g, "")
      .replace(/<rect[^>]*>/, ""),
  );
  assert.equal(new Set(shapes).size, LIGHTS.length);
  assert.equal(new Set(LIGHTS.map((light) => tabSign(light, "", "").title)).size, LIGHTS.length);
});

test("the icon is an image in its own address, which the page's policy allows", () => {
  for (const light of LIGHTS) {
    const { icon } = tabSign(light, "", "");
    assert.match(icon, /^data:image\/svg\+xml,[^<>"# ]+$/);
    assert.doesNotMatch(decodeURIComponent(icon), /INK/);
  }
});
