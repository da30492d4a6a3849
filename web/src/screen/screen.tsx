/** The hall screen: the programme for the projector, and nothing of the crew. */

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { state, welcome } from "../link/session";
import { Program } from "../parts/program";
import { followFullScreen, isFullScreen, isShortcut, useAwake, useKeys } from "../parts/screen";
import { Slate } from "../parts/slate";
import { placeDoc } from "../show/agenda";
import { ownZone } from "../show/time";
import { nameOfLanguage, texts } from "../texts";
import type { Display } from "./displays";
import { FILL } from "./feed";
import { attachment, channel, received, reportPlace } from "./opener";

const KEY = "schalte.screen-was-full";
/** The pointer of a window that nobody moves is hidden after so long. */
const POINTER_HIDDEN_AFTER_MS = 2_000;

/** It has filled a display: from then on an audience may watch, and no words for the crew are shown. */
const wasFull = signal(read());
const isPointerShown = signal(false);

function read(): boolean {
  try {
    return sessionStorage.getItem(KEY) === "yes";
  } catch {
    return false;
  }
}

/** Fill the display; a browser that refuses waits for a key or a click in this window. */
function fill(): void {
  if (!document.fullscreenElement) document.documentElement.requestFullscreen?.().catch(() => undefined);
}

/** Fill the display without a press, where the browser's owner has allowed this page to. */
async function fillIfAllowed(): Promise<void> {
  // Of Chromium; other browsers do not know the name.
  const wanted = { name: "fullscreen", allowWithoutGesture: true } as unknown as PermissionDescriptor;
  const permission = await navigator.permissions?.query(wanted).catch(() => null);
  if (permission?.state === "granted") fill();
}

function toggle(): void {
  if (document.fullscreenElement) void document.exitFullscreen();
  else fill();
}

/** Tell the technician's window whether this one fills a display, and which, where that was permitted. */
async function reportDisplay(): Promise<void> {
  reportPlace();
  if (!isFullScreen.value) return;
  const permission = await navigator.permissions
    ?.query({ name: "window-management" as PermissionName })
    .catch(() => null);
  const { getScreenDetails } = window as { getScreenDetails?: () => Promise<{ currentScreen: Display }> };
  if (permission?.state !== "granted" || !getScreenDetails) return;
  const details = await getScreenDetails.call(window).catch(() => null);
  if (!details) return;
  const { label, width, height } = details.currentScreen;
  reportPlace({ label, width, height });
}

function useFullScreen(): void {
  useEffect(() => {
    const changed = (): void => {
      if (isFullScreen.value && !wasFull.value) {
        wasFull.value = true;
        try {
          sessionStorage.setItem(KEY, "yes");
        } catch {
          // Storage is switched off: a reload of this window shows the words again.
        }
      }
      void reportDisplay();
    };
    const asked = ({ data, origin }: MessageEvent): void => {
      if (origin === location.origin && data === FILL) fill();
    };
    const stop = followFullScreen(changed);
    changed();
    addEventListener("message", asked);
    void fillIfAllowed();
    return () => {
      stop();
      removeEventListener("message", asked);
    };
  }, []);
  useKeys((event) => {
    if (isShortcut(event, "f")) toggle();
  });
}

/** Show the pointer only while somebody moves it, to place the window. */
function usePointer(): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const moved = (): void => {
      isPointerShown.value = true;
      clearTimeout(timer);
      timer = setTimeout(() => (isPointerShown.value = false), POINTER_HIDDEN_AFTER_MS);
    };
    document.addEventListener("pointermove", moved);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("pointermove", moved);
    };
  }, []);
}

export function HallScreenPage() {
  const t = texts.value.hall;
  useFullScreen();
  usePointer();
  useAwake();
  const show = state.value;
  const me = welcome.value;
  if (!show || !me) return window.opener ? <div /> : <p class="hall-alone">{t.alone}</p>;
  const zone = placeDoc(show, me.id)?.timezone ?? ownZone();
  const isPlaced = wasFull.value || isFullScreen.value;
  const look = isPointerShown.value && !isFullScreen.value ? "" : " watched";
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the key F does the same
    <main class={`hall-screen${look}`} data-testid="hall-screen" onClick={fill}>
      <div class="room-screen">
        {attachment.value === null ? (
          <Slate zone={zone} missing={null} />
        ) : (
          <Program key={attachment.value} media={received} zone={zone} />
        )}
        {channel.value !== null && (
          <div class="hall-channel" data-testid="hall-channel">
            {t.channel} <span lang={channel.value}>{nameOfLanguage(channel.value)}</span>
          </div>
        )}
        {!isPlaced && (
          <div class="hall-place" data-testid="hall-place">
            {t.place}
          </div>
        )}
      </div>
    </main>
  );
}
