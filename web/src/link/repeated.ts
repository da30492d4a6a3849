/** A question that is asked again and again: one at a time, each after the last answer, and none while nobody looks. */

import { noAnswer, Refusal } from "./pending";

/** Of the time, at most one part in so many goes to asking, however slow the answers are. */
const ASKING_SHARE = 4;

export class Repeated<T> {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isAsking = false;
  /** Something has changed since the question was asked, so its answer may be older than that. */
  private isOutdated = false;
  private isStopped = false;
  /** The next question waits until the page is seen. */
  private isDue = false;

  /** `pause`: milliseconds from an answer to the next question. Begins with `askNow`. */
  constructor(
    private readonly ask: () => Promise<T>,
    private readonly pause: number,
    private readonly answered: (answer: T) => void,
    private readonly failed: (why: Refusal) => void,
    private readonly page: Pick<Document, "visibilityState" | "addEventListener" | "removeEventListener">,
  ) {
    page.addEventListener("visibilitychange", this.shown);
  }

  /** Ask at once. An answer that is under way does not count any more. */
  askNow(): void {
    clearTimeout(this.timer);
    if (this.isStopped) return;
    this.isDue = false;
    this.isOutdated = this.isAsking;
    if (!this.isAsking) void this.run();
  }

  /** Ask no more. An answer that is under way is dropped. */
  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
    this.page.removeEventListener("visibilitychange", this.shown);
  }

  private async run(): Promise<void> {
    this.isAsking = true;
    const began = performance.now();
    const answer = await this.ask().then(
      (found) => () => this.answered(found),
      (why) => () => this.failed(why instanceof Refusal ? why : noAnswer()),
    );
    this.isAsking = false;
    if (this.isStopped) return;
    if (this.isOutdated) {
      this.askNow();
      return;
    }
    answer();
    const pause = Math.max(this.pause, ASKING_SHARE * (performance.now() - began));
    this.timer = setTimeout(() => this.askIfSeen(), pause);
  }

  private askIfSeen(): void {
    this.isDue = this.page.visibilityState === "hidden";
    if (!this.isDue) this.askNow();
  }

  private readonly shown = (): void => {
    if (this.isDue) this.askIfSeen();
  };
}
