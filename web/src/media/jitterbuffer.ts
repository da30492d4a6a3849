/**
 * The jitter buffer target for picture and sound.
 *
 * A browser buffers as little as it can, which is too little on a lossy path: a lost packet is retransmitted within a
 * round trip, but if the retransmission is lost too, the picture freezes until the next one. On such a path the page
 * asks for a buffer of two retransmissions; on a good path it leaves the target to the browser.
 */

/** Above this fraction of NACKed packets a path is lossy. A cut may skip a sequence number, which is NACKed too. */
const LOSSY_FRACTION = 0.025;
/** The fewest packets to judge by: one second of a good picture, six of a small one. */
const MIN_PACKETS = 200;
/** A path counts as lossy for so long after the last loss: every change of the target is visible. */
const LOSSY_FOR_MS = 60_000;
/** The time until a receiver notices the loss, at the next frame, with its timers. */
const NOTICE_MS = 80;
const MAX_TARGET_MS = 400;

/** A browser's counters for one picture, and the round trip to the server in milliseconds. */
export interface LossCounters {
  /** NACKs sent. */
  nacked: number;
  received: number;
  rtt: number;
}

export class JitterBufferTarget {
  private nacked = 0;
  private received = 0;
  private lossy = Number.NEGATIVE_INFINITY;

  /** The target in milliseconds; null leaves it to the browser. */
  update({ nacked, received, rtt }: LossCounters, now: number): number | null {
    if (received - this.received >= MIN_PACKETS) {
      if (nacked - this.nacked > LOSSY_FRACTION * (received - this.received)) this.lossy = now;
      this.nacked = nacked;
      this.received = received;
    }
    return now - this.lossy < LOSSY_FOR_MS ? Math.min(MAX_TARGET_MS, NOTICE_MS + 2 * rtt) : null;
  }
}

/** The counters of the first picture that this connection receives; undefined before its first packet. */
export async function lossCounters(pc: RTCPeerConnection): Promise<LossCounters | undefined> {
  const found = pc
    .getTransceivers()
    .find((t) => t.direction === "recvonly" && t.receiver.track.kind === "video");
  let [nacked, received, rtt] = [0, 0, 0];
  for (const entry of (await found?.receiver.getStats())?.values() ?? []) {
    if (entry.type === "inbound-rtp") [nacked, received] = [entry.nackCount ?? 0, entry.packetsReceived ?? 0];
    if (entry.type === "candidate-pair" && entry.nominated) rtt = 1000 * (entry.currentRoundTripTime ?? 0);
  }
  return received ? { nacked, received, rtt } : undefined;
}

/** Set the target of every receiver: picture and sound alike, for lip sync. */
export function setJitterBufferTarget(pc: RTCPeerConnection, milliseconds: number | null): void {
  for (const receiver of pc.getReceivers()) {
    // Safari does not have it.
    if ("jitterBufferTarget" in receiver) receiver.jitterBufferTarget = milliseconds;
  }
}
