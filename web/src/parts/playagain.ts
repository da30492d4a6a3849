/**
 * Media elements that play again after a telephone call.
 *
 * Phones pause the elements of a page for a call, and resume none of them. They are not played before the microphone is
 * back: on iOS it may otherwise stay muted (WebKit bug 213853).
 */

import { useEffect } from "preact/hooks";
import type { PageMedia } from "../media/pagemedia";
import { isAutoplayBlocked, resumeStopped } from "../media/sound/contexts";

/** Play an element; one that the browser refuses waits for a user gesture. */
export async function play(element: HTMLMediaElement): Promise<void> {
  try {
    await element.play();
  } catch (error) {
    // Other errors (a track was replaced meanwhile) do not matter.
    if (error instanceof DOMException && error.name === "NotAllowedError") isAutoplayBlocked.value = true;
  }
}

function playPaused(): void {
  resumeStopped();
  for (const element of document.querySelectorAll<HTMLMediaElement>("audio, video"))
    if (element.paused && element.srcObject !== null) void play(element);
}

/** Play what was paused whenever the page is shown again, and whenever its microphone is back. */
export function usePlayAgain(media: PageMedia): void {
  const isInterrupted = media.devices.microphone.status.value === "interrupted";
  useEffect(() => {
    if (isInterrupted) return;
    const shown = (): void => {
      if (document.visibilityState === "visible") playPaused();
    };
    shown();
    document.addEventListener("visibilitychange", shown);
    return () => document.removeEventListener("visibilitychange", shown);
  }, [isInterrupted]);
}
