import assert from "node:assert/strict";
import { test } from "node:test";
import { headline, isPictureWithheld } from "../src/show/headline";
import { de } from "../src/texts/de";
import { en } from "../src/texts/en";
import { ja } from "../src/texts/ja";
import type { Role, ServerDoc } from "../src/wire";
import { item, show } from "./build";

const shed = (sheds: ServerDoc["sheds"]) => ({
  ...show([item("talk", { status: "on-air" })]),
  server: { warnings: [], sheds },
});

test("a viewer whose picture an overloaded server withholds reads why, in each language", () => {
  for (const texts of [en, de, ja]) {
    const said = (sheds: ServerDoc["sheds"], role: Role, known = true) =>
      headline(shed(sheds), "krefeld", { known, role }, texts);
    assert.notEqual(said(0, "viewer"), texts.pictureWithheld);
    assert.notEqual(said(1, "viewer"), texts.pictureWithheld);
    assert.equal(said(2, "viewer"), texts.pictureWithheld);
    assert.equal(said(3, "viewer"), texts.pictureWithheld);
    assert.equal(said(3, "viewer", false), texts.standBy);
    // Moderators see the level too, and keep their pictures.
    assert.notEqual(said(3, "moderator"), texts.pictureWithheld);
  }
});

test("without the picture missing, the slate says what it always says", () => {
  const seen = { ...shed(3), program: { ...shed(3).program, source: "slate" } };
  assert.notEqual(headline(seen, null, { known: true, role: "viewer" }, en), en.pictureWithheld);
  assert.equal(isPictureWithheld(null, "viewer"), false);
});
