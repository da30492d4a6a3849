/** Full screen, and a screen that stays lit. */

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";

export const isFull = signal(false);

/** Show `element` alone on the screen, or end that. Browsers that cannot (phones) do nothing. */
export function toggleFull(element: HTMLElement | null): void {
  if (document.fullscreenElement) void document.exitFullscreen();
  else element?.requestFullscreen?.().catch(() => undefined);
}

/** Follow the state of full screen, and let the key F switch it. */
export function useFullScreen(element: () => HTMLElement | null): void {
  useEffect(() => {
    const changed = (): void => {
      isFull.value = document.fullscreenElement !== null;
    };
    const pressed = (event: KeyboardEvent): void => {
      if (isShortcut(event, "f")) toggleFull(element());
    };
    document.addEventListener("fullscreenchange", changed);
    document.addEventListener("keydown", pressed);
    return () => {
      document.removeEventListener("fullscreenchange", changed);
      document.removeEventListener("keydown", pressed);
    };
  }, [element]);
}

/** A single key pressed on purpose: not held down, not with a modifier, not meant for a field. */
export function isShortcut(event: KeyboardEvent, key: string): boolean {
  const field = event.target instanceof HTMLElement && event.target.closest("input, select, textarea");
  const modified = event.ctrlKey || event.metaKey || event.altKey;
  return event.key.toLowerCase() === key && !event.repeat && !modified && !field;
}

/** Keep the screen from going dark for as long as the page is there. Where a browser cannot, people set their system. */
export function useAwake(): void {
  useEffect(() => {
    const ask = (): void => {
      if (document.visibilityState === "visible")
        navigator.wakeLock?.request("screen").catch(() => undefined);
    };
    ask();
    // The lock ends each time the page is hidden.
    document.addEventListener("visibilitychange", ask);
    return () => document.removeEventListener("visibilitychange", ask);
  }, []);
}
