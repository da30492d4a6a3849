/**
 * Loads the Japanese web font on a machine that has no Japanese font of its own.
 *
 * Its list of slices alone is 31 kB, so other machines must not load it. Of the slices a browser fetches those whose
 * characters are on the page.
 */

/** The size of text that is drawn to find out, in pixels. */
const SIZE = 24;

/** Resolves once the page may be drawn: at once where it can draw Japanese, else with the list of slices or without. */
export async function japaneseFont(): Promise<void> {
  if (!hasJapaneseGlyphs()) await import("./japanese").catch(() => undefined);
}

/** Whether this machine can draw Japanese. One that hides what a canvas shows counts as able. */
function hasJapaneseGlyphs(): boolean {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 2 * SIZE;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return true;
  context.font = `${SIZE}px sans-serif`;
  const drawn = (character: string): string => {
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.fillText(character, 0, 1.5 * SIZE);
    return canvas.toDataURL();
  };
  // A missing character is the same box each time in Chromium and Safari, and a narrow box with its number in Firefox.
  const isWide = Math.abs(context.measureText("語").width - SIZE) < 1;
  return isWide && drawn("語") !== drawn("休");
}
