/** The name of a file that is named after an event. Pure. */

/** Without what file systems refuse; Japanese and umlauts stay. */
export function fileName(title: string): string {
  const plain = title
    .normalize("NFC")
    .replaceAll(/[^\p{L}\p{N}]+/gu, "-")
    .replaceAll(/^-+|-+$/g, "");
  return `${plain.slice(0, 80) || "event"}.yaml`;
}
