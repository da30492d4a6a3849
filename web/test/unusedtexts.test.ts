import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { editForm } from "../src/texts/editform/en";
import { en as ofAllPages } from "../src/texts/en";
import { joinLinks } from "../src/texts/joinlinks/en";

/** The texts of what is loaded later are tables of their own: `panelTexts` and `formTexts`. */
const en = { ...ofAllPages, panel: joinLinks, form: editForm };

/** Texts that are chosen by a key, or by a part that is given their table. */
const BY_KEY = /^(refusals\..*|camera|microphone|interpreter\.(allow|opening|permissionHint))$/;
type Table = Readonly<Record<string, unknown>>;

function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null;
}

function leaves(value: unknown, path: string): string[] {
  if (!isTable(value)) return [path];
  return Object.entries(value).flatMap(([key, part]) => leaves(part, path === "" ? key : `${path}.${key}`));
}

function at(path: readonly string[]): unknown {
  return path.reduce<unknown>((found, key) => (isTable(found) ? found[key] : undefined), en);
}

/**
 * The texts that a file uses: `t.line.up` as it is written, and the whole table where a key is computed or the table
 * is passed on. Names of tables (`const t = texts.value.line`) hold for the whole file. So a text may be unused and not
 * be found, but none that is found is used.
 */
function usedIn(code: string): Set<string> {
  const source = code.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "").replace(/\s*\n\s*\./g, ".");
  const names = new Map<string, Set<string>>([
    ["texts.value", new Set([""])],
    ["panelTexts.value", new Set(["panel"])],
    ["formTexts.value", new Set(["form"])],
  ]);
  const add = (name: string, path: string) => names.set(name, (names.get(name) ?? new Set()).add(path));
  for (const [, name = ""] of source.matchAll(/(\w+): Texts\b(?!\[)/g)) add(name, "");
  for (const [, name = ""] of source.matchAll(/(\w+): JoinLinkTexts\b/g)) add(name, "panel");
  for (let round = 0; round < 3; round++)
    for (const [, fields, name = "", base = "", rest = ""] of source.matchAll(
      /(?:\{([\w\s,]+)\}|\b(\w+)(?:: [\w<>, ]+)?) = ((?:texts|panelTexts|formTexts)\.value|\w+)((?:\.\w+)*)\b(?![\w(.[])/g,
    ))
      for (const start of names.get(base) ?? []) {
        const path = start + rest;
        if (!isTable(at(path.split(".").filter(Boolean)))) continue;
        if (fields === undefined) add(name, path);
        else for (const field of fields.split(",")) add(field.trim(), `${path}.${field.trim()}`);
      }
  const used = new Set<string>();
  for (const [name, starts] of names)
    for (const [, rest = "", next = ""] of source.matchAll(
      new RegExp(`(?<![\\w.])${name.replace(".", "\\.")}((?:\\.\\w+)*)\\b(.?)`, "g"),
    ))
      for (const start of starts) {
        let path = start.split(".").filter(Boolean);
        for (const key of rest.split(".").filter(Boolean)) if (isTable(at(path))) path = [...path, key];
        const found = at(path);
        // A function that is given all texts, or all of such a table, says itself which it uses.
        const isWhole =
          path.length > (path[0] === "panel" || path[0] === "form" ? 1 : 0) && "[),".includes(next);
        if (isTable(found) ? isWhole : found !== undefined)
          for (const leaf of leaves(found, path.join("."))) used.add(leaf);
      }
  return used;
}

test("every text is used by a page", () => {
  const files = readdirSync("src", { recursive: true, encoding: "utf-8" }).filter(
    (file) => /\.tsx?$/.test(file) && !file.startsWith("texts"),
  );
  const used = new Set(files.flatMap((file) => [...usedIn(readFileSync(`src/${file}`, "utf-8"))]));
  const unused = leaves(en, "").filter((path) => !used.has(path) && !BY_KEY.test(path));
  assert.deepEqual(unused, []);
});
