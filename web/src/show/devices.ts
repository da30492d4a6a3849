/** What is wrong with the camera and the microphone of a source, as its page says. Pure. */

import type { DevicesDoc, SourceDoc } from "../wire";

type Status = DevicesDoc["camera"];
export type DeviceStatus = Exclude<Status, "works" | "none" | "opening">;

export type DeviceFault =
  | { kind: "camera" | "microphone"; status: DeviceStatus }
  /** By the person in front of it. */
  | { kind: "muted" };

function isFault(status: Status): status is DeviceStatus {
  return status !== "works" && status !== "none" && status !== "opening";
}

/** Nothing for a source that no page feeds, since only pages say. */
export function deviceFaults({ devices }: SourceDoc): DeviceFault[] {
  if (!devices) return [];
  const { camera, microphone, muted } = devices;
  return [
    ...(isFault(camera) ? [{ kind: "camera" as const, status: camera }] : []),
    ...(isFault(microphone) ? [{ kind: "microphone" as const, status: microphone }] : []),
    // Whoever has no microphone is not helped by being told to open it.
    ...(muted && (microphone === "works" || microphone === "stand-in") ? [{ kind: "muted" as const }] : []),
  ];
}

/** Those that a moderator has to act on. People mute themselves, and that is their affair until the show opens them. */
export function urgentFaults(source: SourceDoc): DeviceFault[] {
  return deviceFaults(source).filter((fault) => fault.kind !== "muted" || source.mic);
}
