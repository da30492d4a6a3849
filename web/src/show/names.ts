/** Names that people give themselves, as the server accepts them. Pure. */

/** A person's name, or that of a seat, is at most so long. */
export const MAX_NAME_CHARS = 40;
/** Invisible characters and bidirectional overrides, which a name must not have. */
const NOT_SEEN = /[\p{Cf}\p{Cs}]/gu;
const BLANKS = /[\s\p{Cc}]+/gu;

/** A typed name as the server takes it; empty if nothing is left. */
export function cleanName(typed: string): string {
  const cleaned = typed.replace(NOT_SEEN, "").replace(BLANKS, " ").trim().normalize("NFC");
  return [...cleaned].slice(0, MAX_NAME_CHARS).join("").trim();
}
