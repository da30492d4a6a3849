/** Finds the device that a stored choice means among those listed, and decides what to open. Pure. */

import type { Condition } from "../wire";

export type Kind = "camera" | "microphone";
export type InputStatus = Condition["camera"];
/** Why a device cannot be used; the texts have a sentence with a remedy for each. */
export type InputFault = Exclude<InputStatus, "works" | "none" | "opening" | "stand-in" | "interrupted">;

/** A device by id, and by label: ids change when the browser's data are cleared. */
export interface DevicePick {
  id: string;
  label: string;
}

export interface Device extends DevicePick {
  /** The `groupId`. The alias "default" has that of its device. */
  group: string;
}

/** The id of the choice "no device". */
export const NONE = "none";

/** Ids of the aliases that Chromium lists besides the devices. */
const ALIASES = ["default", "communications"];

/** The fault behind a failed getUserMedia, by the name of its error. */
export function faultOf(error: unknown): InputFault {
  switch (error instanceof Error ? error.name : "") {
    case "NotAllowedError":
    case "SecurityError":
      return "denied";
    case "NotFoundError":
    case "OverconstrainedError":
      return "missing";
    case "NotReadableError":
    case "AbortError":
      return "busy";
    case "DeviceHung":
      return "hung";
    default:
      return "failed";
  }
}

/** Browsers list devices without labels until the page may use one. */
export function haveLabels(devices: readonly DevicePick[]): boolean {
  return devices.some((device) => device.label !== "");
}

/**
 * The listed device that `pick` means: `gone` if there is none, `unclear` if its id is unknown and several have its
 * label, `unknown` while the browser lists no labels.
 */
export function match(
  pick: DevicePick,
  devices: readonly DevicePick[] | null,
): { id: string } | "gone" | "unclear" | "unknown" {
  if (devices === null) return "unknown";
  if (devices.some((device) => device.id === pick.id)) return { id: pick.id };
  if (devices.length > 0 && !haveLabels(devices)) return "unknown";
  const [first, second] = devices.filter((device) => device.label !== "" && device.label === pick.label);
  if (first && second) return "unclear";
  return first ? { id: first.id } : "gone";
}

/** The device behind an alias; any other device itself. */
export function resolveAlias(device: Device, devices: readonly Device[]): Device {
  if (!ALIASES.includes(device.id)) return device;
  return devices.find((d) => !ALIASES.includes(d.id) && d.group !== "" && d.group === device.group) ?? device;
}

/** Whether two sinks are one device; an empty id is the system's default, null no device. */
export function isSameSink(a: string | null, b: string | null, devices: readonly Device[] | null): boolean {
  if (a === null || b === null) return false;
  const idOf = (sink: string): string => {
    const id = sink || "default";
    const listed = devices?.find((device) => device.id === id);
    return listed && devices ? resolveAlias(listed, devices).id : id;
  };
  return idOf(a) === idOf(b);
}

/** The stand-in for a missing device: one with the same label, else the system default. */
export function standInFor(pick: DevicePick, devices: readonly Device[] | null): Device | null {
  const first = devices?.find((device) => device.label === pick.label) ?? devices?.[0];
  return first?.label && devices ? resolveAlias(first, devices) : null;
}

/** What to open: a device by its id, or the default if undefined. A string: nothing, and why. */
export type Plan = { id: string | undefined; status: "works" | "stand-in" } | "none" | "missing";

/** What to open for a choice. Another device replaces the chosen one only where `mayStandIn`. */
export function planFor(
  pick: DevicePick | null,
  devices: readonly Device[] | null,
  mayStandIn: boolean,
): Plan {
  if (pick === null) return { id: undefined, status: "works" };
  if (pick.id === NONE) return "none";
  const found = match(pick, devices);
  if (typeof found === "object") return { id: found.id, status: "works" };
  if (found === "unknown") return { id: pick.id, status: "works" };
  const standIn = mayStandIn ? standInFor(pick, devices) : null;
  return standIn ? { id: standIn.id, status: "stand-in" } : "missing";
}
