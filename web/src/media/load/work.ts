/** How hard this page's computer works on its pictures, by two readings of getStats. Pure. */

import type { StatsEntry } from "../path/linecheck";

/** What is counted since the connection began, by encoding and by received picture. Missing in some browsers: NaN. */
export interface WorkCounts {
  encodings: ReadonlyMap<string, EncodingCounts>;
  /** Frames that the camera gave. */
  captured: number;
  received: ReadonlyMap<string, ReceivedCounts>;
}

interface EncodingCounts {
  frames: number;
  encode_s: number;
  cpu_s: number;
  bandwidth_s: number;
}

interface ReceivedCounts {
  frames: number;
  dropped: number;
  decode_s: number;
  packets: number;
  lost: number;
}

/** The work in the time between two readings. Null: not known. */
export interface Work {
  /** The shares of time, 0 to 1, for which the browser made the picture smaller for lack of each. */
  cpu: number | null;
  bandwidth: number | null;
  /** The share of time that the encoder, and the busiest decoder, was at work. */
  encoder: number | null;
  decoder: number | null;
  /** Frames encoded, as a share of those that should have been. */
  encoded: number | null;
  /** Received frames that were dropped, as a share; null also where packets were lost, which drops frames as well. */
  dropped: number | null;
  /** How late the page's own timers ran, in milliseconds on average. */
  lag_ms: number | null;
}

/** A camera that gives fewer frames a second says nothing of the encoder. */
const MIN_CAPTURED_FPS = 5;
/** A share of fewer received frames is chance. */
const MIN_RECEIVED_FRAMES = 10;
/** The loss above which dropped frames may be the line's. */
const MAX_LOSS = 0.01;

export function workCounts(entries: Iterable<StatsEntry>): WorkCounts {
  const encodings = new Map<string, EncodingCounts>();
  const received = new Map<string, ReceivedCounts>();
  let captured = Number.NaN;
  for (const entry of entries) {
    if (entry.kind !== "video") continue;
    if (entry.type === "media-source") captured = Number(entry.frames);
    if (entry.type === "outbound-rtp") {
      const limited = (entry.qualityLimitationDurations ?? {}) as Record<string, number>;
      encodings.set(entry.id, {
        frames: Number(entry.framesEncoded),
        encode_s: Number(entry.totalEncodeTime),
        cpu_s: Number(limited.cpu),
        bandwidth_s: Number(limited.bandwidth),
      });
    }
    if (entry.type === "inbound-rtp")
      received.set(entry.id, {
        frames: Number(entry.framesReceived),
        dropped: Number(entry.framesDropped),
        decode_s: Number(entry.totalDecodeTime),
        packets: Number(entry.packetsReceived),
        lost: Number(entry.packetsLost),
      });
  }
  return { encodings, captured, received };
}

/** `seconds` lie between the readings; `fps` is the largest number of frames a second that the page sends. */
export function workBetween(
  before: WorkCounts,
  now: WorkCounts,
  seconds: number,
  fps: number,
  lag_ms: number | null,
): Work {
  const encodings = rises(before.encodings, now.encodings);
  const received = rises(before.received, now.received);
  const most = (values: number[]) => known(Math.max(...values) / seconds);
  const capturedFps = (now.captured - before.captured) / seconds;
  const shouldFps = Math.min(fps, capturedFps);
  const encodedFps = most(encodings.map(({ frames }) => frames));
  const sum = (name: keyof ReceivedCounts) => received.reduce((total, counts) => total + counts[name], 0);
  const frames = sum("frames");
  const isLossy = sum("lost") > MAX_LOSS * sum("packets");
  return {
    cpu: most(encodings.map(({ cpu_s }) => cpu_s)),
    bandwidth: most(encodings.map(({ bandwidth_s }) => bandwidth_s)),
    encoder: most(encodings.map(({ encode_s }) => encode_s)),
    decoder: most(received.map(({ decode_s }) => decode_s)),
    encoded: encodedFps !== null && shouldFps >= MIN_CAPTURED_FPS ? encodedFps / shouldFps : null,
    dropped: frames >= MIN_RECEIVED_FRAMES && !isLossy ? known(sum("dropped") / frames) : null,
    lag_ms,
  };
}

/** What has been added since, for each stream that was there before. */
function rises<Counts extends { [Name in keyof Counts]: number }>(
  before: ReadonlyMap<string, Counts>,
  now: ReadonlyMap<string, Counts>,
): Counts[] {
  return [...now].flatMap(([id, counts]) => {
    const first = before.get(id);
    if (!first) return [];
    const earlier: Record<string, number> = { ...first };
    const added = Object.entries<number>(counts).map(([name, value]) => [
      name,
      value - (earlier[name] ?? Number.NaN),
    ]);
    return [Object.fromEntries(added) as Counts];
  });
}

function known(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
