import assert from "node:assert/strict";
import { test } from "node:test";
import { type Refusals, refusalLine, refusalText } from "../src/show/refusals";
import { refusals as de } from "../src/texts/refusals/de";
import { refusals as en } from "../src/texts/refusals/en";
import { refusals as ja } from "../src/texts/refusals/ja";
import type { ProblemReason } from "../src/wire";

const LANGUAGES = { de, en, ja };
/** Every detail of any reason, recognisable. */
const DETAILS: Record<string, string> = Object.fromEntries(
  [
    "item",
    "source",
    "id",
    "name",
    "place",
    "elsewhere",
    "fault",
    "booth",
    "one",
    "other",
    "seat",
    "seats",
    "most",
    "who",
    "desk",
  ].map((key) => [key, `<${key}>`]),
);

const words = (refusals: Refusals, reason: string): string =>
  (refusals.reasons[reason as ProblemReason] as (details: Record<string, string>) => string)(DETAILS);

test("a reason has a text in the page's language, with its details", () => {
  const problem = {
    code: "stale",
    message: "English",
    reason: "went-on",
    details: { item: "Q&A", who: "", desk: "" },
  } as const;
  assert.match(refusalText(problem, de).text, /„Q&A“ ist schon auf Sendung/);
  assert.equal(refusalText(problem, de).detail, null);
});

test("a press that came too late says who was faster, if anybody was", () => {
  const late = (who: string, desk: string) => en.reasons["went-on"]({ item: "Q&A", who, desk });
  assert.equal(late("Anna", "1"), "“Q&A” is already on air: Anna was faster. Check, then press again.");
  assert.equal(late("", "2"), "“Q&A” is already on air: Desk 2 was faster. Check, then press again.");
  assert.equal(late("", ""), "“Q&A” is already on air. Check, then press again.");
});

test("a problem without a known reason has the text of its code, with the server's sentence as detail", () => {
  const newer = {
    code: "busy",
    message: "Too warm.",
    reason: "too-warm" as ProblemReason,
    details: {},
  } as const;
  for (const problem of [newer, { ...newer, reason: null }]) {
    assert.deepEqual(refusalText(problem, de), { text: de.codes.busy, detail: "Too warm." });
    assert.equal(refusalLine(problem, de), `${de.codes.busy} (Too warm.)`);
  }
});

test("every language uses the same details for a reason", () => {
  for (const reason of Object.keys(en.reasons)) {
    const named = Object.values(LANGUAGES).map((refusals) =>
      (words(refusals, reason).match(/<\w+>/g) ?? []).sort(),
    );
    assert.deepEqual(named[0], named[1], `${reason} in German`);
    assert.deepEqual(named[2], named[1], `${reason} in Japanese`);
  }
});

test("no text is left in English, and none lacks a detail", () => {
  for (const reason of Object.keys(en.reasons)) {
    const texts = Object.values(LANGUAGES).map((refusals) => words(refusals, reason));
    assert.equal(new Set(texts).size, 3, reason);
    assert.ok(!texts.some((text) => text.includes("undefined")), reason);
  }
});
