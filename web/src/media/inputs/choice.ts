/** What this computer sends as further inputs of its place, stored per link. */

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
    private readonly key: string,
  ) {}

  of(source: string): InputChoice {
    return { ...FRESH, ...this.all()[source] };
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
