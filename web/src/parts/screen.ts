/**
 * The audience view, full screen, and the wake lock.
 *
 * A browser leaves full screen at a reload, and allows it again only at a click. So the audience view does not depend
 * on full screen: the page shows nothing else until somebody leaves it.
 */

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { plainKey } from "./plainkey";
import { singleKeys } from "./singlekeys";

const KEY = "schalte.for-audience";
/** Another link opened in the same tab does not start in the audience view. Ten bits: nobody learns the code by them. */
export const THIS_LINK = String(
  [...location.hash].reduce((sum, sign) => (sum * 31 + sign.charCodeAt(0)) % 1021, 7),
);

/** The page is in the audience view. Stored per tab, so a reload keeps it. */
export const isForAudience = signal(wasForAudience() || isKiosk());
/** Full screen by the browser itself: F11, or a kiosk. */
const byBrowser = matchMedia("(display-mode: fullscreen)");
export const isFullScreen = signal(fillsDisplay());
/** False on some phones. */
export const canFullScreen = document.fullscreenEnabled === true;

/** A touch screen: there is no Escape key to leave with. */
export const isTouch = matchMedia("(pointer: coarse)").matches;

/** On iPhones `fullscreenElement` is undefined, not null. */
function fillsDisplay(): boolean {
  return Boolean(document.fullscreenElement) || byBrowser.matches;
}

/** Keep `isFullScreen` current, and call `changed` at each change. */
export function followFullScreen(changed?: () => void): () => void {
  const look = (): void => {
    isFullScreen.value = fillsDisplay();
    changed?.();
  };
  document.addEventListener("fullscreenchange", look);
  byBrowser.addEventListener("change", look);
  return () => {
    document.removeEventListener("fullscreenchange", look);
    byBrowser.removeEventListener("change", look);
  };
}

function wasForAudience(): boolean {
  try {
    return sessionStorage.getItem(KEY) === THIS_LINK;
  } catch {
    return false;
  }
}

/** A computer with one display, which nobody operates: see `unattended.tsx`. */
function isKiosk(): boolean {
  return new URLSearchParams(location.search).get("auto") === "audience";
}

function setForAudience(audience: boolean): void {
  isForAudience.value = audience;
  try {
    sessionStorage.setItem(KEY, audience ? THIS_LINK : "no");
  } catch {
    // Storage is switched off: a reload shows the whole page.
  }
}

/** Enter the audience view. Call in a user gesture; if the browser refuses full screen, the view fills the window. */
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
 * Keyboard and full-screen events: F toggles the audience view, Escape leaves it.
 *
 * The browser does not pass on the Escape that ends full screen. It also ends full screen by itself, for a dialog or
 * another display, so the end of full screen does not leave the audience view.
 */
export function useAudience(): void {
  useEffect(() => followFullScreen(), []);
  useKeys((event) => {
    if (isShortcut(event, "f")) toggleAudience();
    else if (isShortcut(event, "escape") && isForAudience.value) leaveAudienceView();
  });
}

/** Call `pressed` at every key press while the component is mounted. */
export function useKeys(pressed: (event: KeyboardEvent) => void): void {
  useEffect(() => {
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [pressed]);
}

/** Whether the event is this single key: not repeated, without modifiers, not typed into a field, nor under a dialog. */
export function isShortcut(event: KeyboardEvent, key: string): boolean {
  const field = event.target instanceof HTMLElement && event.target.closest("input, select, textarea");
  const modified = event.ctrlKey || event.metaKey || event.altKey;
  // What a dialog covers cannot be clicked, and so does not act by a key either.
  if (document.querySelector("dialog[open]")) return false;
  // Arrows and Escape type nothing.
  if (key.length === 1 && !singleKeys.value) return false;
  return plainKey(event) === key && !event.repeat && !modified && !field;
}

let lock: WakeLockSentinel | null = null;
/** The page is to keep the screen on. */
let isAwake = false;

function stayAwake(): void {
  if (!isAwake || document.visibilityState !== "visible" || lock?.released === false) return;
  navigator.wakeLock?.request("screen").then(
    (granted) => {
      // Two requests may be under way, and the page may need none any more.
      if (!isAwake || lock?.released === false) void granted.release();
      else lock = granted;
    },
    () => undefined, // A browser that refuses leaves it to the system's settings
  );
}

/** Keep the screen on from now on, or leave it to the system's settings. */
function keepAwake(on: boolean): void {
  isAwake = on;
  if (on) stayAwake();
  else void lock?.release();
}

/** Keep the screen on while the page is open and `on`. */
export function useAwake(on = true): void {
  useEffect(() => {
    if (!on) return;
    keepAwake(true);
    // The browser releases the lock whenever the page is hidden. Safari grants one only in a user gesture.
    const events = ["visibilitychange", "click", "keydown"] as const;
    for (const event of events) document.addEventListener(event, stayAwake);
    return () => {
      for (const event of events) document.removeEventListener(event, stayAwake);
      keepAwake(false);
    };
  }, [on]);
}
