/** Which device a remembered choice means among those there are, and what to open for it. Pure. */

import type { Condition } from "../wire";

export type Kind = "camera" | "microphone";
export type Status = Condition["camera"];
/** What keeps a device away; there is a sentence with a remedy for each. */
export type Fault = Exclude<Status, "works" | "none" | "opening" | "stand-in" | "interrupted">;

/** A device by id and, since ids change when a browser's data are cleared, by name. */
export interface Pick {
  id: string;
  label: string;
}

export interface Device extends Pick {
  /** Entries of one machine's part have the same; the entry "default" has that of the device behind it. */
  group: string;
}

/** Chosen on purpose: no device. */
export const NONE = "none";

/** Entries that Chromium lists besides the devices, each standing for one of them. */
const ALIASES = ["default", "communications"];

/** What a failed getUserMedia means, by the name of its error. */
export function faultOf(error: unknown): Fault {
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
    case "Hung":
      return "hung";
    default:
      return "failed";
  }
}

/** Before the page may use a device, browsers name none. */
export function areNamed(devices: readonly Pick[]): boolean {
  return devices.some((device) => device.label !== "");
}

/**
 * The device that `pick` means: `gone` if it is not there, `unclear` if its id is new and several have its name,
 * `unknown` while the browser does not say which there are.
 */
export function match(
  pick: Pick,
  devices: readonly Pick[] | null,
): { id: string } | "gone" | "unclear" | "unknown" {
  if (devices === null) return "unknown";
  if (devices.some((device) => device.id === pick.id)) return { id: pick.id };
  if (devices.length > 0 && !areNamed(devices)) return "unknown";
  const [first, second] = devices.filter((device) => device.label !== "" && device.label === pick.label);
  if (first && second) return "unclear";
  return first ? { id: first.id } : "gone";
}

/** The device behind an entry that stands for another one. */
export function behind(device: Device, devices: readonly Device[]): Device {
  if (!ALIASES.includes(device.id)) return device;
  return devices.find((d) => !ALIASES.includes(d.id) && d.group !== "" && d.group === device.group) ?? device;
}

/** The device that could stand in for a missing one: one of the same name, or else the machine's own choice. */
export function standInOf(pick: Pick, devices: readonly Device[] | null): Device | null {
  const first = devices?.find((device) => device.label === pick.label) ?? devices?.[0];
  return first?.label && devices ? behind(first, devices) : null;
}

/** What to open: a device by its id, or any where that is undefined. As text: nothing, and why. */
export type Plan = { id: string | undefined; status: "works" | "stand-in" } | "none" | "missing";

/** What is to be sent for a choice. A chosen device is replaced by another one only where `mayStandIn`. */
export function planFor(pick: Pick | null, devices: readonly Device[] | null, mayStandIn: boolean): Plan {
  if (pick === null) return { id: undefined, status: "works" };
  if (pick.id === NONE) return "none";
  const found = match(pick, devices);
  if (typeof found === "object") return { id: found.id, status: "works" };
  if (found === "unknown") return { id: pick.id, status: "works" };
  const standIn = mayStandIn ? standInOf(pick, devices) : null;
  return standIn ? { id: standIn.id, status: "stand-in" } : "missing";
}
