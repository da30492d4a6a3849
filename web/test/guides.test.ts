import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { de } from "../src/texts/de";
import { en, type Texts } from "../src/texts/en";
import { ja } from "../src/texts/ja";

const DOCS = "../docs";
const TEXTS: Record<string, Texts> = { en, de, ja };
const GUIDES = ["speaker-guide", "venue-guide"];

function fileOf(guide: string, language: string): string {
  return language === "en" ? `${guide}.md` : `${guide}.${language}.md`;
}

/** All texts that a page shows as they are. */
function wordsOf(texts: object): string[] {
  return Object.values(texts).flatMap((value: unknown) => {
    if (typeof value === "string") return [value];
    return typeof value === "object" && value !== null ? wordsOf(value) : [];
  });
}

for (const guide of GUIDES)
  for (const [language, texts] of Object.entries(TEXTS)) {
    const file = fileOf(guide, language);
    const lines = readFileSync(`${DOCS}/${file}`, "utf-8").split("\n");

    test(`what ${file} has in bold is on the page, letter by letter`, () => {
      const words = new Set(wordsOf(texts));
      // The line that explains the bold names nothing.
      const named = lines
        .slice(5)
        .flatMap((line) => [...line.matchAll(/\*\*(.+?)\*\*/g)].map(([, name]) => name ?? ""));
      assert.ok(named.length > 10);
      assert.deepEqual(
        named.filter((name) => !words.has(name)),
        [],
      );
    });

    test(`${file} links the other languages, and shows pictures that are there`, () => {
      const addresses = lines.flatMap((line) =>
        [...line.matchAll(/\]\(([^)]+)\)/g)].map(([, to]) => to ?? ""),
      );
      for (const other of Object.keys(TEXTS))
        if (other !== language) assert.ok(addresses.includes(fileOf(guide, other)), other);
      for (const address of addresses) assert.ok(existsSync(`${DOCS}/${address}`), address);
    });
  }

test("a guide says the same in each language: as many headings, points, steps and rows", () => {
  for (const guide of GUIDES) {
    const shapes = Object.keys(TEXTS).map((language) =>
      readFileSync(`${DOCS}/${fileOf(guide, language)}`, "utf-8")
        .split("\n")
        .map((line) => /^(#+|-|\d\.|\||!)/.exec(line)?.[0] ?? (line === "" ? "" : "text"))
        .join(" "),
    );
    assert.deepEqual(new Set(shapes).size, 1, guide);
  }
});
