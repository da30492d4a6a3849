/**
 * Whether anything arrives over a path, judged from a count of bytes that is looked at several times a second.
 *
 * Something reaches every page at least every 150 ms: the server sends a sign of life where it sends nothing else. A browser by itself takes 2.5 s to see
 * that a path is gone; a hall that changes from cable to Wi-Fi has its picture back before that.
 */

import { SuspensionDetector } from "../link/suspension";

/** With nothing for so long, at least two signs of life have stayed out. After 800 ms a hall on air is replaced. */
export const PATH_LOST_AFTER_MS = 350;
/** A page that was not woken for so long was itself at a standstill. */
const STANDSTILL = 400;

export class SilenceDetector {
  private bytes: number | undefined;
  private alive = false;
  private silence = 0;
  private readonly running = new SuspensionDetector(STANDSTILL);

  /** Milliseconds for which nothing has arrived; 0 as long as nothing ever has. Times are those of one clock. */
  look(bytes: number | undefined, now: number): number {
    const ran = this.running.since(now) ?? 0;
    if (bytes === undefined) return 0;
    if (bytes !== this.bytes) {
      // The first count tells nothing: it may be of long ago.
      this.alive = this.bytes !== undefined;
      this.bytes = bytes;
      this.silence = 0;
    } else if (this.alive) {
      this.silence += ran;
    }
    return this.silence;
  }
}

/** Bytes that this connection has received in all, as far as the browser says; both browsers count them by candidates. */
export async function received(pc: RTCPeerConnection): Promise<number | undefined> {
  const [line] = pc.getTransceivers();
  // Of one line alone, since figures of all take long. A line that only receives has none until something has come.
  const report = await (line?.direction === "sendonly" ? line.sender : line?.receiver)?.getStats();
  let bytes: number | undefined;
  for (const entry of report?.values() ?? []) {
    if (entry.type === "candidate-pair") bytes = (bytes ?? 0) + (entry.bytesReceived ?? 0);
  }
  return bytes;
}
