/**
 * What becomes of a device that the system has taken away for a while, as for a telephone call. Pure.
 *
 * The track is muted then and does not end. Afterwards the system unmutes it, but not always: Safari on iOS may leave it
 * muted, or unmute it without a sound in it. Only another getUserMedia brings it back.
 */

/** A page that is shown again has its devices back within this time, as after a look into another app. */
export const RETURN_GRACE_MS = 1_500;
/** A shorter mute is not a call: a camera that was busy for a moment, or the mute key of a headset. */
const MIN_CALL_MS = 1_000;

export interface Interruption {
  kind: "camera" | "microphone";
  /** How long the track was muted, in milliseconds. */
  lasted: number;
  /** An Apple phone or tablet. */
  isIos: boolean;
}

/** Whether to open a device again that the system has just unmuted: a microphone may be silent there. */
export function reopensUnmuted({ kind, lasted, isIos }: Interruption): boolean {
  return isIos && kind === "microphone" && lasted >= MIN_CALL_MS;
}
