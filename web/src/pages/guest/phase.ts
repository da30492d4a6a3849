/** The phase of this page, and what follows it outside the page: the tab's title, vibration, and the programme's sound. */

import { computed, effect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { known, now, state, welcome } from "../../link/session";
import type { PageMedia } from "../../media/pagemedia";
import { sign } from "../../parts/tab";
import { tabSign } from "../../parts/tabsign";
import { type GuestPhase, guestPhase, turnComes } from "../../show/guest/phase";
import { clockLength, countdown } from "../../show/time";
import { type Texts, texts } from "../../texts";

/** Milliseconds of vibration, pause, vibration: felt in a pocket, and no ring tone. */
const VIBRATION_MS = [300, 150, 300];

/** Read it during rendering, as it follows the clock. */
export function phaseOf(media: PageMedia): GuestPhase {
  const [show, me] = [state.value, welcome.value];
  if (!show || !me) return { kind: "check" };
  const page = { id: me.id, joined: media.joined.value, feeds: media.feeding.value !== null };
  return guestPhase(show, now.value, page);
}

/** What the tab's title says of a phase; empty for one that may be missed. */
export function titleOf(phase: GuestPhase, { title }: Texts["guest"]): string {
  switch (phase.kind) {
    case "soon":
      return phase.left === null || phase.left <= 0 ? title.now : `${title.soon} ${countdown(phase.left)}`;
    case "due":
      return title.now;
    case "on-air":
      return phase.left === null ? title.onAir : `${title.onAir} ${countdown(phase.left)}`;
    case "overtime":
      return `${title.overtime} +${clockLength(phase.over / 1000)}`;
    default:
      return "";
  }
}

/** Let title, icon, vibration, sound and open panels follow the phase. */
export function useFollowers(media: PageMedia, closePanels: () => void): void {
  useEffect(() => {
    const word = computed(() => titleOf(phaseOf(media), texts.value.guest));
    const kind = computed(() => phaseOf(media).kind);
    let before = kind.peek();
    const stops = [
      effect(() => {
        const light = kind.value === "on-air" || kind.value === "overtime" ? "on-air" : "next";
        const name = welcome.value?.name ?? "";
        sign.value = word.value && known.value ? tabSign(light, word.value, name) : null;
      }),
      kind.subscribe((kind) => {
        // Browsers refuse it, with an error in the console, to a page that nobody has touched yet.
        if (kind === "soon" && navigator.userActivation?.hasBeenActive) navigator.vibrate?.(VIBRATION_MS);
        // Nobody should speak to a hall without hearing it.
        if (kind === "soon" || kind === "due" || kind === "on-air") media.listening.isPaused.value = false;
        if (turnComes(before, kind)) closePanels();
        before = kind;
      }),
    ];
    return () => {
      for (const stop of stops) stop();
      sign.value = null;
    };
  }, [media, closePanels]);
}
