/** Reports this page's devices, sound and network path to the server: at each welcome and each change, at a limited rate. */

import type { SoundStatus } from "../show/soundfaults";
import type { Condition } from "../wire";
import type { Reduction } from "./mlines";
import type { PagePath } from "./path/linecheck";
import type { SendLimit } from "./path/sendlimit";
import type { InputStatus } from "./picks";

/** The shortest time between two reports. A device with a loose contact must not flood the desk. */
export const REPORT_INTERVAL_MS = 300;

export function conditionOf(
  camera: InputStatus,
  microphone: InputStatus,
  muted: boolean,
  path: PagePath | null,
  sound: SoundStatus | null,
  limit: SendLimit | null,
  reduced: Reduction | null,
): Condition {
  return { type: "condition", camera, microphone, muted, path, sound, limit, reduced };
}

/** Sends the latest condition. Of several changes the first is sent at once, the last after the interval. */
export class ConditionReporter {
  private latest: Condition | null = null;
  private sent = "";
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `send` returns whether the message was sent. One that was not is sent after the next welcome. */
  constructor(private readonly send: (condition: Condition) => boolean) {}

  update(condition: Condition): void {
    this.latest = condition;
    if (this.timer === undefined) this.flush();
  }

  /** A new connection: the server knows nothing of this page's devices yet. */
  welcomed(): void {
    this.sent = "";
    if (this.timer === undefined) this.flush();
  }

  private flush(): void {
    this.timer = undefined;
    const text = JSON.stringify(this.latest);
    if (!this.latest || text === this.sent) return;
    if (!this.send(this.latest)) return;
    this.sent = text;
    this.timer = setTimeout(() => this.flush(), REPORT_INTERVAL_MS);
  }
}
