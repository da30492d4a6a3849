/**
 * Tries the network path of a page that has not joined: a call without a source, until the path is known, and measured
 * where the page would send a picture.
 *
 * It is the peer of the page's own session, and receives what a page that only watches receives. The server shows nobody
 * the test picture that it sends to be measured.
 */

import { computed, effect, signal, untracked } from "@preact/signals";
import type { Call } from "../call";
import type { LineCheck } from "./linecheck";
import { UNKNOWN } from "./linecheck";
import type { LineMeter } from "./linemeter";

/** A path that is neither found nor blocked by then stays unknown: more than `BLOCKED_AFTER_S` and another offer. */
export const TRIAL_LIMIT_MS = 25_000;

type TrialCall = Pick<
  Call,
  "join" | "end" | "close" | "reconnect" | "recover" | "useTurn" | "problem" | "path"
>;

export class LineTrial {
  /** It is being tried. */
  readonly runs = signal(false);
  /** What was found; kept until the next trial finds something. */
  readonly found = signal<LineCheck>(UNKNOWN);
  private limit: ReturnType<typeof setTimeout> | undefined;

  /** `meter`: measures the line as well. */
  constructor(
    readonly call: TrialCall,
    readonly meter: Pick<LineMeter, "begin" | "end" | "figures" | "isDone"> | null = null,
  ) {
    const over = computed(() => {
      const { kind } = call.path.check.value;
      // While nothing gets through, it goes on: the port may be opened.
      const isFound = kind === "good" || kind === "tcp" || kind === "relay";
      return call.problem.value !== null || (isFound && (meter?.isDone.value ?? true));
    });
    effect(() => {
      const check = call.path.check.value;
      const isOver = over.value;
      if (!this.runs.value) return;
      if (check.kind !== "unknown") this.found.value = check;
      if (isOver) untracked(() => this.end());
    });
  }

  /** Try it now. Nothing if it is being tried already. */
  begin(): void {
    if (this.runs.value) return;
    this.runs.value = true;
    this.limit = setTimeout(() => this.found.value.path !== "blocked" && this.end(), TRIAL_LIMIT_MS);
    this.meter?.begin();
    this.call.join({ source: null, views: [], measures: this.meter !== null });
  }

  /** The server was reached again, and has the peer of before or not. */
  welcomed(isSamePeer: boolean): void {
    if (!this.runs.value) return;
    if (isSamePeer) this.call.recover();
    else this.call.reconnect();
  }

  /** Stop trying: the path is known, or the page joins. */
  end(): void {
    if (!this.runs.value) return;
    clearTimeout(this.limit);
    this.runs.value = false;
    this.meter?.end();
    this.call.end();
  }
}
