/**
 * The key of a keyboard event, in lower case. With a Japanese input method switched on the browser hides the letter, so
 * the key itself counts then; a full-width letter is the same key. Pure.
 */
export function plainKey({ key, code }: Pick<KeyboardEvent, "key" | "code">): string {
  const isHidden = key === "Process" || key === "Dead" || key === "Unidentified";
  const plain = isHidden ? code.replace(/^(Key|Digit)/, "") : key;
  return plain.normalize("NFKC").toLowerCase();
}
