/** A writer of names in a row: A, B and C. */
export function listing(tag: string): (names: readonly string[]) => string {
  const format = new Intl.ListFormat(tag, { type: "conjunction" });
  return (names) => format.format(names);
}
