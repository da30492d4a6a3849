/** Media elements begin and end without a click: where they stop in mid-sound, as when Web Audio takes over. */

/** As long as a gain change in the mixer takes, which begins at the same time. */
export const FADE_MS = 30;
const STEP_MS = 5;

type Playing = Pick<HTMLMediaElement, "muted" | "volume">;

/**
 * Fade an element in, or out and mute it then. Returns a function that stops the fade where it is.
 *
 * iOS ignores `volume`: there the element is muted at once.
 */
export function fade(element: Playing, isHeard: boolean): () => void {
  const from = element.muted ? 0 : element.volume;
  const to = isHeard ? 1 : 0;
  // Not later: only a muted element may be played before the person has used the page.
  if (isHeard) element.muted = false;
  let step = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  next();
  return () => clearTimeout(timer);

  function next(): void {
    step += 1;
    const volume = from + ((to - from) * step * STEP_MS) / FADE_MS;
    element.volume = Math.min(1, Math.max(0, volume));
    const isIgnored = Math.abs(element.volume - volume) > 0.01;
    if (step * STEP_MS < FADE_MS && !isIgnored) timer = setTimeout(next, STEP_MS);
    else element.muted = !isHeard;
  }
}
