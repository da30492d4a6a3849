/** The code of a link, as people type it. Pure. */

const SYMBOLS = 14;
/** Without 0, O, 1, I and L, which people take for each other. */
const SYMBOL = /[2-9A-HJKMNP-Z]/;
/** What no code has, and a message or a keyboard adds: spaces, dashes, all punctuation, and characters without width. A
 * Japanese keyboard writes a long vowel for the hyphen. */
const SEPARATORS = /[\p{P}\p{Z}\p{Cf}\s−ー]/gu;

/** What was typed, as a code is written; it may be none. A pasted link counts as its code. */
export function typedCode(text: string): string {
  return text
    .slice(text.lastIndexOf("#") + 1)
    .normalize("NFKC")
    .toUpperCase()
    .replace(SEPARATORS, "");
}

/** Why this is no code: symbols that no code has, each once, or their number. */
export type CodeFault = { kind: "symbols"; symbols: string } | { kind: "length"; length: number };

/** Why `code` is none; null if it is one. */
export function codeFault(code: string): CodeFault | null {
  const strange = [...new Set(code)].filter((symbol) => !SYMBOL.test(symbol));
  if (strange.length > 0) return { kind: "symbols", symbols: strange.slice(0, SYMBOLS).join(" ") };
  return code.length === SYMBOLS ? null : { kind: "length", length: code.length };
}

/** The code as it stands in a message: 7KQ2M-X9F4-PT3VB. */
export function groupedCode(code: string): string {
  return [code.slice(0, 5), code.slice(5, 9), code.slice(9)].join("-");
}

/** The address of the page that a code opens. */
export const codeAddress = (code: string): string => `/j${location.search}#${code}`;
