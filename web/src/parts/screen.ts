/**
 * What an audience may see, over the whole window; full screen; and a screen that stays lit.
 *
 * A browser leaves full screen at a reload, and lets a page return to it only at a click. So what an audience sees does
 * not hang on it: the page itself shows nothing else until somebody asks for the rest, full screen or not.
 */

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";

const KEY = "schalte.for-audience";
/** The end of this page's link: another one that is opened in the same tab faces nobody yet. */
const THIS = location.hash.slice(-12);

/** This page faces an audience. Kept for the tab, so that a reload shows nobody the rest. */
export const isForAudience = signal(wasForAudience());
/** Undefined, not null, on a phone that never is: iPhones have nothing of full screen. */
export const isFullScreen = signal(Boolean(document.fullscreenElement));
/** Phones cannot always. */
export const canFullScreen = document.fullscreenEnabled === true;

/** A finger is all there is to point with: no key leads back. */
export const isTouch = matchMedia("(pointer: coarse)").matches;

function wasForAudience(): boolean {
  try {
    return sessionStorage.getItem(KEY) === THIS;
  } catch {
    return false;
  }
}

function setForAudience(audience: boolean): void {
  isForAudience.value = audience;
  try {
    sessionStorage.setItem(KEY, audience ? THIS : "no");
  } catch {
    // Storage is switched off: a reload comes back to the whole page.
  }
}

/** Call in a gesture. Where the browser refuses, the page still fills its window. */
export function showToAudience(): void {
  setForAudience(true);
  stayAwake();
  if (!isFullScreen.value) document.documentElement.requestFullscreen?.().catch(() => undefined);
}

export function leaveAudienceView(): void {
  setForAudience(false);
  if (document.fullscreenElement) void document.exitFullscreen();
}

export function toggleAudience(): void {
  if (isForAudience.value) leaveAudienceView();
  else showToAudience();
}

/**
 * Follow the state of full screen. F switches, Escape leaves.
 *
 * The Escape that ends full screen is the browser's own, and no page is told of it. Since a browser also ends full screen
 * unasked, for a dialog or another display, that alone does not leave: an audience must not see the rest for it.
 */
export function useAudience(): void {
  useEffect(() => {
    const changed = (): void => {
      isFullScreen.value = Boolean(document.fullscreenElement);
    };
    const pressed = (event: KeyboardEvent): void => {
      if (isShortcut(event, "f")) toggleAudience();
      else if (isShortcut(event, "escape") && isForAudience.value) leaveAudienceView();
    };
    document.addEventListener("fullscreenchange", changed);
    document.addEventListener("keydown", pressed);
    return () => {
      document.removeEventListener("fullscreenchange", changed);
      document.removeEventListener("keydown", pressed);
    };
  }, []);
}

/** A single key pressed on purpose: not held down, not with a modifier, not meant for a field. */
export function isShortcut(event: KeyboardEvent, key: string): boolean {
  const field = event.target instanceof HTMLElement && event.target.closest("input, select, textarea");
  const modified = event.ctrlKey || event.metaKey || event.altKey;
  return event.key.toLowerCase() === key && !event.repeat && !modified && !field;
}

let lock: WakeLockSentinel | null = null;

function stayAwake(): void {
  if (document.visibilityState !== "visible" || lock?.released === false) return;
  navigator.wakeLock?.request("screen").then(
    (granted) => {
      lock = granted;
    },
    () => undefined, // Where a browser refuses, people set their system.
  );
}

/** Keep the screen from going dark for as long as the page is there. */
export function useAwake(): void {
  useEffect(() => {
    stayAwake();
    // The lock ends each time the page is hidden.
    document.addEventListener("visibilitychange", stayAwake);
    return () => document.removeEventListener("visibilitychange", stayAwake);
  }, []);
}
