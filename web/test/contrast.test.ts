import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

// npm runs scripts in the folder of package.json.
const FOLDER = "src/styles";
/** WCAG 2.2, 1.4.3: text against its background. */
const LEAST = 4.5;
/** Backgrounds without text: bars, dots, meters and layers behind a button's word. */
const NO_TEXT = /progress|dot|meter|level|mark\b|cover|fullscreen|backdrop|legend|tick|bar|plot|::before/;

type Colour = readonly [number, number, number, number];
type Declarations = ReadonlyMap<string, string>;
interface Rule {
  file: string;
  selector: string;
  said: Declarations;
}

function rules(file: string): Rule[] {
  const css = readFileSync(`${FOLDER}/${file}`, "utf-8").replace(/\/\*[\s\S]*?\*\//g, "");
  return [...css.matchAll(/([^{};]+)\{([^{}]*)\}/g)].map(([, selector = "", body = ""]) => {
    const pairs = body.split(";").map((line) => line.split(/:(.*)/s).map((part) => part.trim()));
    return {
      file,
      selector: selector.trim(),
      said: new Map(pairs.flatMap(([k, v]) => (k && v ? [[k, v] as const] : []))),
    };
  });
}

const RULES = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".css"))
  .flatMap(rules);
const TOKENS = rules("tokens.css")[0]?.said ?? new Map<string, string>();

/** A colour as #rgb, #rrggbb or #rrggbbaa, direct or by a variable; null for gradients, `currentcolor` and the like. */
function colour(text: string | undefined): Colour | null {
  const token = /^var\((--[\w-]+)\)$/.exec(text ?? "")?.[1];
  if (token) return colour(TOKENS.get(token));
  const hex = /^#([\da-f]{3,8})$/i.exec(text ?? "")?.[1];
  if (!hex) return null;
  const long = hex.length < 6 ? [...hex].map((digit) => digit + digit).join("") : hex;
  const part = (n: number): number => Number.parseInt(long.slice(2 * n, 2 * n + 2), 16);
  return [part(0), part(1), part(2), long.length > 6 ? part(3) / 255 : 1];
}

/** `top` blended over an opaque `below`. */
function over(top: Colour, below: Colour): Colour {
  const mix = (n: 0 | 1 | 2): number => top[n] * top[3] + below[n] * (1 - top[3]);
  return [mix(0), mix(1), mix(2), 1];
}

function luminance([r, g, b]: Colour): number {
  const [x, y, z] = [r, g, b]
    .map((n) => n / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * (x ?? 0) + 0.7152 * (y ?? 0) + 0.0722 * (z ?? 0);
}

function contrast(text: Colour, ground: Colour): number {
  const [a, b] = [luminance(over(text, ground)), luminance(ground)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

const WHITE: Colour = [255, 255, 255, 1];
const BLACK: Colour = [0, 0, 0, 1];
const hex = (text: string): Colour => {
  const found = colour(text);
  assert.ok(found, `${text} is a colour`);
  return found;
};

test("contrast is calculated as in WCAG", () => {
  assert.equal(contrast(WHITE, BLACK), 21);
  assert.equal(contrast(hex("#777"), WHITE).toFixed(2), "4.48");
});

test("every text colour is legible on every background of the pages", () => {
  const grounds = ["--ground", "--panel", "--raised", "--raised-more"];
  const texts = ["--text", "--muted", "--on-air-text", "--next", "--warn", "--danger", "--over", "--taken"];
  for (const ground of grounds)
    for (const text of texts) {
      const ratio = contrast(hex(`var(${text})`), hex(`var(${ground})`));
      assert.ok(ratio >= LEAST, `${text} on ${ground}: ${ratio.toFixed(2)}`);
    }
});

test("every rule with a background has a legible text colour, whatever picture shines through", () => {
  const faults = RULES.flatMap(({ file, selector, said }) => {
    const ground = colour(said.get("background") ?? said.get("background-color"));
    if (!ground || ground[3] < 0.5) return [];
    const own = colour(said.get("color"));
    if (!own && NO_TEXT.test(selector)) return [];
    const text = own ?? hex("var(--text)");
    const worst = Math.min(...[WHITE, BLACK].map((behind) => contrast(text, over(ground, behind))));
    return worst < LEAST ? [`${file}: ${selector.replace(/\s+/g, " ")}: ${worst.toFixed(2)}`] : [];
  });
  assert.deepEqual(faults, []);
});

test("the focus is visible on every ground, also around red and green buttons", () => {
  const ring = RULES.find(({ selector }) => selector === ":focus-visible")?.said;
  assert.deepEqual(
    [ring?.get("outline"), ring?.get("box-shadow")],
    ["3px solid var(--focus)", "0 0 0 2px var(--ground)"],
  );
  /** WCAG 2.2, 1.4.11: of a control's state. */
  const least = 3;
  const [light, dark] = [hex("var(--focus)"), hex("var(--ground)")];
  assert.ok(contrast(light, dark) >= least);
  for (const { file, selector, said } of RULES) {
    const ground = colour(said.get("background") ?? said.get("background-color"));
    if (!ground || ground[3] < 1) continue;
    const best = Math.max(contrast(light, ground), contrast(dark, ground));
    assert.ok(best >= least, `${file}: ${selector}: ${best.toFixed(2)}`);
  }
});

test("no control takes its focus ring away without another one", () => {
  const without = RULES.filter(
    ({ selector, said }) => selector.includes("focus") && said.get("outline") === "none",
  );
  // An audience sees the first; the second has a line around its bar.
  assert.deepEqual(
    without.map(({ selector }) => selector),
    ["button.audience-cover:focus-visible", ".plot g:focus"],
  );
});
