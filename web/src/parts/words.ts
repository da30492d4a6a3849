/** The words for lights, their reasons, and microphones. While the server is gone none of it is said as a fact. */

import { known, lostSince, state } from "../link/session";
import type { PageMedia } from "../media/pagemedia";
import { sourceName } from "../show/agenda";
import { type Light, type LightReason, type MicState, micOf } from "../show/light";
import { wall } from "../show/time";
import { texts } from "../texts";
import type { DevicesDoc } from "../wire";

/** `word`, or that it was so when the server was last heard of. */
export function ifKnown(word: string): string {
  return known.value || word === "" ? word : texts.value.lastKnown(word);
}

/** `word` beside a figure that is counted: while the server is gone it is counted on by the last known plan. */
export function asPlanned(word: string): string {
  return known.value || word === "" ? word : texts.value.byLastPlan(word);
}

/** Beside what is on air now, as far as that is known. */
export function nowWord(): string {
  return known.value ? texts.value.now : texts.value.lastNow;
}

/** Since when the server is gone; empty while it is there, or has been away for a moment only. */
export function noServer(zone: string): string {
  const since = lostSince.value;
  return known.value || since === null ? "" : texts.value.noServer(wall(since, zone, true));
}

export function lightWord(light: Light): string {
  const t = texts.value;
  return { "on-air": t.onAir, next: t.next, preview: t.preview, off: t.off, unknown: t.unknown }[light];
}

/** Why a light is what it is, in a few words; empty where the agenda says so. */
export function reasonWords(reason: LightReason | null): string {
  const t = texts.value;
  const { reasons } = t;
  if (!reason) return "";
  switch (reason.kind) {
    case "stand-in":
      return reason.of !== null && state.value
        ? reasons.standIn(sourceName(state.value, reason.of, t.slate))
        : reasons.standInForOther;
    case "due":
      return reasons.due[reason.why];
    default:
      return reasons[reason.kind];
  }
}

/** What this page has to send, as it knows itself. */
export function ownDevices(media: PageMedia): DevicesDoc {
  const { camera, microphone, muted } = media.condition.value;
  return { camera, microphone, muted };
}

/** What is true of this page's own microphone. */
export function ownMic(media: PageMedia): MicState {
  return micOf(state.value?.sources[media.feeding.value ?? ""], ownDevices(media));
}

/** In words, to those who stand at the microphone. */
export function micWords(mic: MicState): string {
  return ifKnown(texts.value.ownMics[mic]);
}
