/** The words for tallies, their reasons and microphones. Without the server they are marked as last known. */

import { known, looksOn, lostSince, online, state } from "../link/session";
import type { PageMedia } from "../media/pagemedia";
import { sourceName } from "../show/agenda";
import { type Light, type LightReason, type MicState, micOf } from "../show/light";
import { ANOTHER_DAY_S, SLIGHT_DELAY_S, wall } from "../show/time";
import { texts } from "../texts";
import type { DevicesDoc } from "../wire";

/** Why this page can send no command now; null if it can. */
export function barred(): string | null {
  const t = texts.value;
  if (looksOn.value) return t.looksOn;
  return online.value ? null : t.blocked.offline;
}

/** `word`, marked as last known while the server is not connected. */
export function ifKnown(word: string): string {
  return known.value || word === "" ? word : texts.value.lastKnown(word);
}

/** `word` beside a countdown, marked as by the last known plan while the server is not connected. */
export function asPlanned(word: string): string {
  return known.value || word === "" ? word : texts.value.byLastPlan(word);
}

/** The label of the item on air. */
export function nowWord(): string {
  return known.value ? texts.value.now : texts.value.lastNow;
}

/** Since when the server is not connected; empty while connected, or lost only for a moment. */
export function noServer(zone: string): string {
  const since = lostSince.value;
  return known.value || since === null ? "" : texts.value.noServer(wall(since, zone, true));
}

export function lightWord(light: Light): string {
  const t = texts.value;
  return { "on-air": t.onAir, next: t.next, preview: t.preview, off: t.off, unknown: t.unknown }[light];
}

/** Why a tally is as it is, in a few words; empty where the agenda says so. */
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

/** The devices of this page, as it knows them itself. */
export function ownDevices(media: PageMedia): DevicesDoc {
  const { camera, microphone, muted, sound, limit, reduced } = media.condition.value;
  const known = { sound: sound ?? null, limit: limit ?? null, reduced: reduced ?? null };
  return { camera, microphone, muted, ...known };
}

/** The state of this page's own microphone. */
export function ownMic(media: PageMedia): MicState {
  return micOf(state.value?.sources[media.feeding.value ?? ""], ownDevices(media));
}

/** The state of a microphone in words, for the people in front of it. */
export function micWords(mic: MicState): string {
  return ifKnown(texts.value.ownMics[mic]);
}

/** `4 min late`, `on time`; empty for an event on another day. `offset_s` is negative for early. */
export function punctuality(offset_s: number): string {
  const t = texts.value;
  if (Math.abs(offset_s) >= ANOTHER_DAY_S) return "";
  if (Math.abs(offset_s) < SLIGHT_DELAY_S) return t.onTime;
  return offset_s > 0 ? t.late(offset_s) : t.early(-offset_s);
}
