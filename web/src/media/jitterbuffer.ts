/**
 * How long picture and sound are kept back before they are shown.
 *
 * A browser keeps back as little as it can. Where packets get lost that is too little: what is lost is asked for and
 * sent again within a round trip, but now and then the repair is lost as well, and the picture stands still until the
 * next one. On such a line the page keeps back enough for two repairs, and on a good one nothing.
 */

/** Part of the packets that have to be asked for. A cut may leave a number out, and that is asked for as well. */
const LOSSY = 0.025;
/** Packets in which that is judged at the least: a second of a good picture, six of a small one. */
const ENOUGH = 200;
/** A line that was lossy counts as that for so long, by the page's clock. Loss comes and goes, and each change shows. */
const CALM_AFTER = 60_000;
/** For the loss to be noticed, at the next picture, and for the browser's timers. */
const NOTICED = 80;
const MOST = 400;

/** What a browser has counted of one picture so far, and the round trip to the server in milliseconds. */
export interface Line {
  /** Packets asked for again. */
  asked: number;
  received: number;
  rtt: number;
}

export class JitterBufferTarget {
  private asked = 0;
  private received = 0;
  private lossy = Number.NEGATIVE_INFINITY;

  /** Milliseconds to keep back; null leaves it to the browser. */
  look({ asked, received, rtt }: Line, now: number): number | null {
    if (received - this.received >= ENOUGH) {
      if (asked - this.asked > LOSSY * (received - this.received)) this.lossy = now;
      this.asked = asked;
      this.received = received;
    }
    return now - this.lossy < CALM_AFTER ? Math.min(MOST, NOTICED + 2 * rtt) : null;
  }
}

/** The line of the first picture that this connection receives; undefined before there is one. */
export async function line(pc: RTCPeerConnection): Promise<Line | undefined> {
  const found = pc
    .getTransceivers()
    .find((t) => t.direction === "recvonly" && t.receiver.track.kind === "video");
  let [asked, received, rtt] = [0, 0, 0];
  for (const entry of (await found?.receiver.getStats())?.values() ?? []) {
    if (entry.type === "inbound-rtp") [asked, received] = [entry.nackCount ?? 0, entry.packetsReceived ?? 0];
    if (entry.type === "candidate-pair" && entry.nominated) rtt = 1000 * (entry.currentRoundTripTime ?? 0);
  }
  return received ? { asked, received, rtt } : undefined;
}

/** Keep back so much of everything that is received: picture and sound alike, or lips would not match. */
export function setJitterBufferTarget(pc: RTCPeerConnection, milliseconds: number | null): void {
  for (const receiver of pc.getReceivers()) {
    // Safari has no such thing.
    if ("jitterBufferTarget" in receiver) receiver.jitterBufferTarget = milliseconds;
  }
}
