/** How late this page's timers run: all that it draws and decides waits for as long. */

const INTERVAL_MS = 500;

export class LagMeter {
  private due = 0;
  private total = 0;
  private count = 0;

  constructor() {
    this.due = performance.now() + INTERVAL_MS;
    setInterval(() => {
      const now = performance.now();
      // Browsers slow the timers of a hidden page on purpose.
      if (!document.hidden) {
        this.total += Math.max(0, now - this.due);
        this.count += 1;
      }
      this.due = now + INTERVAL_MS;
    }, INTERVAL_MS);
  }

  /** The mean in milliseconds since the last call; null: not known. */
  take(): number | null {
    const mean = this.count > 0 ? this.total / this.count : null;
    this.total = this.count = 0;
    return mean;
  }
}
