import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

// npm runs scripts in the folder of package.json.
const FOLDER = "src/styles";
const TOKENS = "tokens.css";
const COLOUR = /#[\da-f]{3,8}\b|\b(?:rgb|hsl|oklch|lab)a?\(/i;
const SIZE = /\d(?:px|pt|rem)\b/;
const IS_SIZE = /^(?:font|font-size|--small|--body|--large|--huge|--said)$/;

interface Declaration {
  file: string;
  name: string;
  value: string;
}

const ALL: Declaration[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".css"))
  .flatMap((file) => {
    const css = readFileSync(`${FOLDER}/${file}`, "utf-8").replace(/\/\*[\s\S]*?\*\//g, "");
    return [...css.matchAll(/(?<=[{;])\s*([\w-]+):\s*([^;{}]*)(?=[;}])/g)].map(
      ([, name = "", value = ""]) => ({
        file,
        name,
        value,
      }),
    );
  });

test("only the tokens have colours and sizes of text as numbers", () => {
  assert.ok(ALL.length > 1_000, "the declarations are found");
  const raw = ALL.filter(
    ({ file, name, value }) =>
      file !== TOKENS && (COLOUR.test(value) || (IS_SIZE.test(name) && SIZE.test(value))),
  );
  assert.deepEqual(
    raw.map(({ file, name, value }) => `${file}: ${name}: ${value}`),
    [],
  );
});

test("every token that a style names is there, and every token is used", () => {
  const code = readdirSync("src", { recursive: true, encoding: "utf-8" })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => readFileSync(`src/${file}`, "utf-8"))
    .join("\n");
  const defined = new Set(ALL.map(({ name }) => name));
  const used = new Set(
    ALL.flatMap(({ value }) => [...value.matchAll(/var\((--[\w-]+)/g)].map(([, name = ""]) => name)),
  );
  const isInCode = (name: string): boolean => code.includes(name);
  assert.deepEqual(
    [...used].filter((name) => !defined.has(name) && !isInCode(name)),
    [],
  );
  const tokens = ALL.filter(({ file }) => file === TOKENS).map(({ name }) => name);
  assert.deepEqual(
    tokens.filter((name) => !used.has(name) && !isInCode(name)),
    [],
  );
});
