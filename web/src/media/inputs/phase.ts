/** What a further input of this page does now, and what a person is to know of it. Pure. */

import type { InputContent } from "../call";
import type { InputStatus } from "../picks";
import type { ScreenStatus } from "./screen";

export interface InputFacts {
  kind: InputContent;
  /** It was sent before this page was loaded, or is now. */
  started: boolean;
  running: boolean;
  screen: ScreenStatus;
  /** The sound of the screen is to be sent, and it has none. */
  isSilent: boolean;
  /** A camera is chosen. */
  hasCamera: boolean;
  camera: InputStatus;
  conflict: "waiting" | "contested" | "replaced" | null;
  connected: boolean;
  canShare: boolean;
}

export type InputPhase = "off" | "opening" | "sending" | "again" | "faulty";
/** The texts have a sentence for each. */
export type InputNote =
  | "unsupported"
  | "chooseCamera"
  | "replaced"
  | "waiting"
  | "refused"
  | "failed"
  | "ended"
  | "askAgain"
  | "paused"
  | "silent";

const CAMERA_OPENS: readonly InputStatus[] = ["works", "stand-in", "opening"];

export function phaseOf(facts: InputFacts): InputPhase {
  const { kind, running, started, screen, camera, conflict } = facts;
  const isScreen = kind === "screen";
  if (isScreen && screen === "asking") return "opening";
  if (!running) {
    if (isScreen && (screen === "ended" || screen === "failed")) return "faulty";
    if (conflict === "replaced") return "off";
    return isScreen && started ? "again" : "off";
  }
  if (conflict === "waiting" || (isScreen ? screen === "paused" : !CAMERA_OPENS.includes(camera)))
    return "faulty";
  const isOpen = isScreen || camera !== "opening";
  return facts.connected && isOpen ? "sending" : "opening";
}

/** It waits for a person. */
export function needsPerson(phase: InputPhase): boolean {
  return phase === "faulty" || phase === "again";
}

export function noteOf(facts: InputFacts): InputNote | null {
  const { kind, running, started, screen, conflict } = facts;
  const isScreen = kind === "screen";
  if (isScreen && !facts.canShare) return "unsupported";
  if (conflict === "replaced" || conflict === "waiting") return conflict;
  if (!isScreen) return running || facts.hasCamera ? null : "chooseCamera";
  if (!running) {
    if (screen === "ended" || screen === "refused" || screen === "failed") return screen;
    return started ? "askAgain" : null;
  }
  if (screen === "paused") return "paused";
  return facts.isSilent ? "silent" : null;
}
