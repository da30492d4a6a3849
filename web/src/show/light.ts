/** The state of a place's tally light and microphone sign, and why. Pure; `parts/words` has the words. */

import type { DevicesDoc, SourceDoc, State, Tally } from "../wire";
import { onAir, SLATE } from "./agenda";

/** `unknown`: the server is not connected. */
export type Light = Tally | "unknown";

/** Why a source is not on air although its item is. */
export type Obstacle =
  /** A moderator took another source. */
  | "take"
  /** Its page has neither a camera nor a microphone. */
  | "no-devices"
  | "not-arriving"
  /** It is back; the show will return to it in a moment. */
  | "soon";

export type LightReason =
  /** `of`: the missing source; null if unknown. */
  | { kind: "stand-in"; of: string | null }
  | { kind: "take" }
  | { kind: "voice" }
  /** In preview: a moderator may take it at any moment. */
  | { kind: "marked" }
  | { kind: "due"; why: Obstacle };

/** The state of a microphone that the show opens and closes. */
export type MicState =
  | "closed"
  | "open"
  /** Open in the show, but not heard: */
  | "muted"
  | "interrupted"
  | "no-microphone"
  | "not-arriving";

const SENDS: ReadonlySet<DevicesDoc["camera"]> = new Set(["works", "stand-in"]);

/** Why the tally of `source` is as it is; null where the agenda says so. */
export function reasonOf(state: State, source: string, devices: DevicesDoc | null): LightReason | null {
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

function whyOnAir(state: State, source: string): LightReason | null {
  const { program } = state;
  // A second picture is always there by the agenda.
  if (program.source !== source || program.reason === "agenda") return null;
  if (program.reason === "fallback") return { kind: "stand-in", of: missedBy(state, source) };
  return { kind: program.reason };
}

/** The source that `standIn` replaces; null if unknown, as only moderators receive `taken`. */
function missedBy(state: State, standIn: string): string | null {
  const { taken } = state.show;
  if (taken !== null) return taken;
  const intended = onAir(state)?.source ?? SLATE;
  const isThere = intended === SLATE || intended === standIn || state.sources[intended]?.state === "live";
  return isThere ? null : intended;
}

function whyNotOnAir(state: State, source: string, devices: DevicesDoc | null): LightReason | null {
  const item = onAir(state);
  if (!item || ![item.source, ...item.with].includes(source)) return null;
  if (state.program.reason === "take") return { kind: "due", why: "take" };
  if (state.sources[source]?.state === "live") return { kind: "due", why: "soon" };
  const sends = !devices || SENDS.has(devices.camera) || SENDS.has(devices.microphone);
  return { kind: "due", why: sends ? "not-arriving" : "no-devices" };
}

/** The state of the microphone of `source`. */
export function micOf(source: SourceDoc | undefined, devices: DevicesDoc | null): MicState {
  if (!source?.mic) return "closed";
  if (devices?.microphone === "interrupted") return "interrupted";
  if (devices && !SENDS.has(devices.microphone)) return "no-microphone";
  if (devices?.muted) return "muted";
  // A missing keyframe does not affect the sound.
  return source.state === "live" || source.why === "no-keyframe" ? "open" : "not-arriving";
}
