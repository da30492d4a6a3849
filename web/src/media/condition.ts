/** What this page tells the server of its devices: at each welcome, and at each change, but not too often. */

import type { Condition } from "../wire";
import type { Status } from "./picks";

/** A device that flaps must not flood the desk. */
export const REPORT_INTERVAL_MS = 300;

export function conditionOf(camera: Status, microphone: Status, muted: boolean): Condition {
  return { type: "condition", camera, microphone, muted };
}

/** Sends the latest condition. The first of several changes goes at once, the last of them after a pause. */
export class ConditionReporter {
  private latest: Condition | null = null;
  private told = "";
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `send` returns whether the message could be sent; one that could not is sent after the next welcome. */
  constructor(private readonly send: (condition: Condition) => boolean) {}

  note(condition: Condition): void {
    this.latest = condition;
    if (this.timer === undefined) this.tell();
  }

  /** The server has greeted this page, and knows nothing of it yet. */
  welcomed(): void {
    this.told = "";
    if (this.timer === undefined) this.tell();
  }

  private tell(): void {
    this.timer = undefined;
    const text = JSON.stringify(this.latest);
    if (!this.latest || text === this.told) return;
    if (!this.send(this.latest)) return;
    this.told = text;
    this.timer = setTimeout(() => this.tell(), REPORT_INTERVAL_MS);
  }
}
