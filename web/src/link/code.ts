/** The code of a link, as people type it. Pure. */

/** Without 0, O, 1, I and L, which people take for each other. */
const CODE = /^[2-9A-HJKMNP-Z]{14}$/;
/** Every dash and space, the minus sign, and what a Japanese keyboard writes for the hyphen. */
const SEPARATORS = /[\p{Pd}\p{Zs}\s−ー_.]/gu;

/** What was typed, as a code is written; it may be none. A pasted link counts as its code. */
export function typedCode(text: string): string {
  return text
    .slice(text.lastIndexOf("#") + 1)
    .normalize("NFKC")
    .toUpperCase()
    .replace(SEPARATORS, "");
}

export function isCode(code: string): boolean {
  return CODE.test(code);
}

/** The address of the page that a code opens. */
export const codeAddress = (code: string): string => `/j${location.search}#${code}`;
