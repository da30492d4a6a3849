/** Which way a phone's cameras look, and where on the screen's edge the front camera is. Pure. */

import type { Device } from "../../media/picks";

export type Facing = "user" | "environment";
export type Side = "top" | "left" | "right";

const BACK = /back|rear|environment|rück|背面|外側/i;
const FRONT = /front|user|facetime|vorder|前面|内側/i;
/** A screen whose shorter side has more CSS pixels is not a phone's: its camera may be anywhere. */
const MAX_PHONE_PX = 600;

/** As the browser says, else by the camera's name; null if neither says. */
export function facingOf(said: string | undefined, label: string): Facing | null {
  if (said === "user" || said === "environment") return said;
  if (BACK.test(label)) return "environment";
  return FRONT.test(label) ? "user" : null;
}

/**
 * The camera to flip to: the first that looks the other way, else the next in the list. Null with fewer than two.
 * Phones have several that look back; the first is the main one.
 */
export function flipped(current: Device, facing: Facing | null, cameras: readonly Device[]): Device | null {
  const others = cameras.filter((camera) => camera.id !== current.id && camera.id !== "");
  const wanted = facing === "user" ? "environment" : "user";
  const opposite = facing && others.find((camera) => facingOf(undefined, camera.label) === wanted);
  if (opposite) return opposite;
  const at = cameras.findIndex((camera) => camera.id === current.id);
  return (
    [...cameras.slice(at + 1), ...cameras.slice(0, at)].find((camera) => others.includes(camera)) ?? null
  );
}

export interface ScreenPose {
  width: number;
  height: number;
  /** `screen.orientation.angle`: 90 if the phone's top is at the left. */
  angle: number;
  isTouch: boolean;
}

/** The side of the screen at which a phone's front camera is; null if it is not known. */
export function cameraSide(facing: Facing | null, pose: ScreenPose): Side | null {
  const isPhone = pose.isTouch && Math.min(pose.width, pose.height) <= MAX_PHONE_PX;
  if (!isPhone || facing === "environment") return null;
  const sides: Readonly<Record<number, Side>> = { 0: "top", 90: "left", 270: "right" };
  return sides[pose.angle] ?? null;
}
