/** The faults of a source's camera and microphone, as its page reports them. Pure. */

import type { DevicesDoc, SourceDoc } from "../wire";

type Status = DevicesDoc["camera"];
export type DeviceStatus = Exclude<Status, "works" | "none" | "opening">;

export type DeviceFault =
  | { kind: "camera" | "microphone"; status: DeviceStatus }
  /** Muted by the person at the source. */
  | { kind: "muted" };

function isFault(status: Status): status is DeviceStatus {
  return status !== "works" && status !== "none" && status !== "opening";
}

/** Empty for a source that no page feeds: room agents do not report devices. */
export function deviceFaults({ devices }: SourceDoc): DeviceFault[] {
  if (!devices) return [];
  const { camera, microphone, muted } = devices;
  return [
    ...(isFault(camera) ? [{ kind: "camera" as const, status: camera }] : []),
    ...(isFault(microphone) ? [{ kind: "microphone" as const, status: microphone }] : []),
    // Being muted does not matter without a microphone.
    ...(muted && (microphone === "works" || microphone === "stand-in") ? [{ kind: "muted" as const }] : []),
  ];
}

/** The faults that need a moderator. A muted microphone does so only while the show has it open. */
export function urgentFaults(source: SourceDoc): DeviceFault[] {
  return deviceFaults(source).filter((fault) => fault.kind !== "muted" || source.mic);
}
