/**
 * What this computer sends as further inputs of its place, stored per link.
 *
 * The choice is the computer's, not a window's: of two windows of one link, the one that sends an input keeps its own
 * choice of it, and the other takes over each change. So *Stop* in one window does not start the input in the other.
 */

import type { InputContent } from "../call";
import type { DevicePick } from "../picks";

export interface InputChoice {
  kind: InputContent;
  camera: DevicePick | null;
  /** `screen`: the sound of what is shared. */
  sound: "none" | "screen" | DevicePick;
  /** By how many milliseconds a microphone beside a camera is delayed before it is sent, for lips in sync. */
  soundDelay: number;
  /** It was sent when the page was last open: a camera is sent again by itself, a screen after a press. */
  started: boolean;
}

const FRESH: InputChoice = { kind: "screen", camera: null, sound: "none", soundDelay: 0, started: false };

/** The stored choices by source. */
export class InputChoices {
  constructor(
    private readonly storage: Storage | undefined,
    readonly key: string,
  ) {}

  /** The stored choice; `otherwise` where none is. */
  of(source: string, otherwise = FRESH): InputChoice {
    const stored = this.all()[source];
    return stored ? { ...FRESH, ...stored } : otherwise;
  }

  remember(source: string, choice: InputChoice): void {
    try {
      this.storage?.setItem(this.key, JSON.stringify({ ...this.all(), [source]: choice }));
    } catch {
      // Storage is switched off: the choice lasts as long as the page.
    }
  }

  private all(): Record<string, Partial<InputChoice>> {
    try {
      return JSON.parse(this.storage?.getItem(this.key) ?? "{}") as Record<string, Partial<InputChoice>>;
    } catch {
      return {}; // Storage is switched off or holds something else
    }
  }
}

/** Whether the sound is that of a microphone. */
export function isMicrophone(sound: InputChoice["sound"]): sound is DevicePick {
  return typeof sound === "object";
}
