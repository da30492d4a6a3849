/** Splits the newest samples of a microphone, raw and weighted, into blocks, and takes their momentary loudness. Pure. */

import { loudnessOf, MOMENTARY_S, meanSquare } from "./kweighting";
import { BLOCK_S, type Block } from "./verdict";

/** A sample so close to full scale is clipped: converters and resamplers stop a little below it. */
const CLIPPED = 0.985;
/** Clipped samples in a row: a single one may be a peak that fits. */
const CLIPPED_RUN = 3;

/** The newest samples of one channel, in step. */
export interface Channel {
  raw: Float32Array;
  weighted: Float32Array;
}

/** The momentary loudness in LUFS of channels with at least 400 ms; of what there is, if that is less. */
export function momentary(channels: readonly Channel[], rate: number): number {
  const size = Math.round(MOMENTARY_S * rate);
  return loudnessOf(
    ...channels.map(({ weighted }) => meanSquare(weighted, Math.max(0, weighted.length - size))),
  );
}

/** The `count` newest blocks, the oldest first; fewer, if the channels do not hold so many. */
export function blocks(channels: readonly Channel[], rate: number, count: number): Block[] {
  const size = Math.round(BLOCK_S * rate);
  const held = Math.min(count, ...channels.map(({ raw }) => Math.floor(raw.length / size)));
  return Array.from({ length: held }, (_, n) => {
    const back = (held - n) * size;
    const found: Block = { square: 0, peak: 0, isClipped: false };
    for (const { raw, weighted } of channels) {
      const begin = raw.length - back;
      found.square += meanSquare(weighted, begin, begin + size);
      let run = 0;
      for (let at = begin; at < begin + size; at++) {
        const level = Math.abs(raw[at] ?? 0);
        if (level > found.peak) found.peak = level;
        run = level >= CLIPPED ? run + 1 : 0;
        if (run >= CLIPPED_RUN) found.isClipped = true;
      }
    }
    return found;
  });
}
