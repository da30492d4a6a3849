/** What encodes this page's picture. Pure. */

import type { StatsEntry } from "../path/linecheck";

export interface SentEncoder {
  /** The browser's name for it, such as `libvpx` or `VideoToolbox`. */
  name: string;
  /** Whether the browser counts it as power-efficient, as hardware is; null: it does not say. */
  isHardware: boolean | null;
  width: number;
  height: number;
  fps: number;
}

/** The encoder of the largest layer that is sent; null where none is, or the browser does not say. */
export function encoderOf(entries: Iterable<StatsEntry>): SentEncoder | null {
  let found: SentEncoder | null = null;
  for (const entry of entries) {
    if (entry.type !== "outbound-rtp" || entry.kind !== "video") continue;
    const { encoderImplementation, powerEfficientEncoder, frameWidth, frameHeight, framesPerSecond } = entry;
    const width = Number(frameWidth ?? 0);
    const fps = Math.round(Number(framesPerSecond ?? 0));
    if (typeof encoderImplementation !== "string" || encoderImplementation === "unknown") continue;
    if (fps === 0 || width <= (found?.width ?? 0)) continue;
    const isHardware = typeof powerEfficientEncoder === "boolean" ? powerEfficientEncoder : null;
    found = { name: encoderImplementation, isHardware, width, height: Number(frameHeight ?? 0), fps };
  }
  return found;
}
