/**
 * Detects a lost network path from the received byte count, polled several times a second.
 *
 * Every page receives something at least every 150 ms: the server sends a keepalive where it sends nothing else. A
 * browser itself takes 2.5 s to notice a lost path; a hall that changes from cable to Wi-Fi has its picture back sooner.
 */

import { SuspensionDetector } from "../../link/suspension";

/** At least two keepalives are missing by then. After 800 ms a fallback replaces a hall on air. */
export const PATH_LOST_AFTER_MS = 350;
/** A page whose timer was late by so much was itself suspended. */
const SUSPENDED_AFTER_MS = 400;

export class SilenceDetector {
  private bytes: number | undefined;
  private alive = false;
  private silence = 0;
  private readonly suspension = new SuspensionDetector(SUSPENDED_AFTER_MS);

  /** Milliseconds for which nothing has arrived; 0 as long as nothing ever has. `now` is monotonic. */
  update(bytes: number | undefined, now: number): number {
    const ran = this.suspension.elapsed(now) ?? 0;
    if (bytes === undefined) return 0;
    if (bytes !== this.bytes) {
      // The first count says nothing about now.
      this.alive = this.bytes !== undefined;
      this.bytes = bytes;
      this.silence = 0;
    } else if (this.alive) {
      this.silence += ran;
    }
    return this.silence;
  }
}

/** Bytes that this connection has received, from its candidate pairs; undefined where the browser does not say. */
export async function receivedBytes(pc: RTCPeerConnection): Promise<number | undefined> {
  // One transceiver is enough, and its stats are faster. It has none before its first packet.
  const all = pc.getTransceivers();
  const sending = all.find((t) => t.currentDirection === "sendonly" && t.sender.track);
  const one = sending?.sender ?? all.find((t) => t.direction === "recvonly")?.receiver;
  const report = await one?.getStats();
  let bytes: number | undefined;
  for (const entry of report?.values() ?? []) {
    if (entry.type === "candidate-pair") bytes = (bytes ?? 0) + (entry.bytesReceived ?? 0);
  }
  return bytes;
}
