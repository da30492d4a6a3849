/** What a place's light and microphone sign say, and why. Pure; the words are made by `parts/words`. */

import type { DevicesDoc, SourceDoc, State, Tally } from "../wire";
import { onAir, SLATE } from "./agenda";

/** `unknown`: the server has not been heard of for a while. */
export type Light = Tally | "unknown";

/** Why a source is not on air though its item is. */
export type Obstacle =
  /** The desk has put another picture on air. */
  | "take"
  /** Its page has neither a camera nor a microphone to send from. */
  | "no-devices"
  | "not-arriving"
  /** It is there again; the show returns to it in a moment. */
  | "soon";

export type Reason =
  /** `of`: the source that is missing, null where that cannot be told. */
  | { kind: "stand-in"; of: string | null }
  | { kind: "take" }
  | { kind: "voice" }
  /** A moderator has marked it, and may take it at any moment. */
  | { kind: "marked" }
  | { kind: "due"; why: Obstacle };

/** What is true of a microphone that the show opens or closes. */
export type Microphone =
  | "closed"
  | "open"
  /** Open in the show, but … */
  | "muted"
  | "interrupted"
  | "no-microphone"
  | "not-arriving";

const SENDS: ReadonlySet<DevicesDoc["camera"]> = new Set(["works", "stand-in"]);

/** Why the light of `source` is what it is; null where the agenda says so, and nothing need be told. */
export function reasonOf(state: State, source: string, devices: DevicesDoc | null): Reason | null {
  switch (state.sources[source]?.tally) {
    case "on-air":
      return whyOnAir(state, source);
    case "preview":
      return { kind: "marked" };
    case "off":
      return whyNotOnAir(state, source, devices);
    default:
      return null;
  }
}

function whyOnAir(state: State, source: string): Reason | null {
  const { program } = state;
  // Whoever is on screen beside the main picture is there by the agenda.
  if (program.source !== source || program.reason === "agenda") return null;
  if (program.reason === "fallback") return { kind: "stand-in", of: missedBy(state, source) };
  return { kind: program.reason };
}

/** For which source `standIn` is on air. Only moderators are told what was taken, so others cannot always know. */
function missedBy(state: State, standIn: string): string | null {
  const { taken } = state.show;
  if (taken !== null) return taken;
  const meant = onAir(state)?.source ?? SLATE;
  const isThere = meant === SLATE || meant === standIn || state.sources[meant]?.state === "live";
  return isThere ? null : meant;
}

function whyNotOnAir(state: State, source: string, devices: DevicesDoc | null): Reason | null {
  const item = onAir(state);
  if (!item || ![item.source, ...item.with].includes(source)) return null;
  if (state.program.reason === "take") return { kind: "due", why: "take" };
  if (state.sources[source]?.state === "live") return { kind: "due", why: "soon" };
  const sends = !devices || SENDS.has(devices.camera) || SENDS.has(devices.microphone);
  return { kind: "due", why: sends ? "not-arriving" : "no-devices" };
}

/** Whether the microphone of `source` is heard, and if not though it is open, why. */
export function micOf(source: SourceDoc | undefined, devices: DevicesDoc | null): Microphone {
  if (!source?.mic) return "closed";
  if (devices?.microphone === "interrupted") return "interrupted";
  if (devices && !SENDS.has(devices.microphone)) return "no-microphone";
  if (devices?.muted) return "muted";
  // A picture that cannot be begun says nothing of the sound.
  return source.state === "live" || source.why === "no-keyframe" ? "open" : "not-arriving";
}
