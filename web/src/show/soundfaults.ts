/**
 * Which faults of a microphone's sound are shown, and when. Pure; `media/loudness/verdict.ts` finds them.
 *
 * A hall's microphone that is off air carries what is said beside the stage, or is closed at the mixer: neither is a
 * fault. A guest's is judged before as well, while there is time; but headsets close themselves while nobody speaks, so
 * missing sound counts only once the show has the microphone open.
 */

import type { DevicesDoc, SourceDoc, State } from "../wire";
import { placeDoc, placeOf } from "./agenda";

export type SoundStatus = NonNullable<DevicesDoc["sound"]>;
export type SoundFault = Exclude<SoundStatus, "good">;

/** The fault to show; `isOpen`: the show has the microphone open, or somebody checks it in the device panel. */
export function shownFault(status: SoundStatus | null, isOpen: boolean, isHall: boolean): SoundFault | null {
  if (status === null || status === "good") return null;
  return isOpen || (!isHall && status !== "no-sound") ? status : null;
}

/** The fault of a source's sound to show at the desk. */
export function soundFault(state: State, id: string, source: SourceDoc): SoundFault | null {
  const isHall = placeDoc(state, placeOf(id))?.kind === "venue";
  return shownFault(source.devices?.sound ?? null, source.mic, isHall);
}
