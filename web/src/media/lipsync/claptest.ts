/**
 * The clap test: waits for a clap in this page's microphone, and keeps the camera's pictures around it.
 *
 * Both are timed when they reach the page, which is when the browser stamps what it sends. So what is measured is the
 * camera's delay against the sound card's, whatever the present delay is.
 */

import { captureContext, sourceOf } from "../sound/contexts";
import { ClapFinder, MAX_DELAY_MS } from "./clap";

/** The test ends without a clap after so long. */
export const CLAP_WITHIN_MS = 5_000;
/** Pictures are kept from before the clap was heard, and until so long after it. */
const BEFORE_MS = 150;
const AFTER_MS = MAX_DELAY_MS + 50;
const PICTURE_HEIGHT = 120;
/** 0.3 s: a busy page looks as late as that, and must not miss a clap. */
const SAMPLES = 16_384;
const POLL_MS = 30;

/** A picture of the camera. */
export interface Picture {
  canvas: HTMLCanvasElement;
  /** When it came, in ms (`performance.now()`). */
  at: number;
}

export interface Clap {
  /** When it was heard. */
  at: number;
  /** Those around it, in their order. */
  pictures: Picture[];
}

/** Wait for a clap. `video` shows the camera. Null: none was heard. Aborted by `signal`, it is null as well. */
export function awaitClap(
  video: HTMLVideoElement,
  microphone: MediaStreamTrack,
  signal: AbortSignal,
): Promise<Clap | null> {
  const context = captureContext();
  const source = sourceOf(context, microphone);
  if (!source) return Promise.resolve(null);
  const tap = new AnalyserNode(context, { fftSize: SAMPLES });
  source.connect(tap);
  const finder = new ClapFinder(context.sampleRate);
  const samples = new Float32Array(SAMPLES);
  const begun = performance.now();
  let pictures: Picture[] = [];
  let clapAt: number | null = null;
  let heard = context.currentTime;
  let request = 0;
  let end: (clap: Clap | null) => void = () => undefined;

  const listen = (): void => {
    const { currentTime } = context;
    const now = performance.now();
    tap.getFloatTimeDomainData(samples);
    const count = Math.min(SAMPLES, Math.round((currentTime - heard) * context.sampleRate));
    heard = currentTime;
    if (clapAt === null) clapAt = finder.hear(samples.subarray(SAMPLES - count), now);
    if (clapAt !== null && now > clapAt + AFTER_MS) end({ at: clapAt, pictures: around(pictures, clapAt) });
    else if (clapAt === null && now > begun + CLAP_WITHIN_MS) end(null);
  };
  const see: VideoFrameRequestCallback = (now, { captureTime }) => {
    const at = captureTime ?? now;
    pictures.push({ canvas: copied(video), at });
    // The clap may be found a little later than it was.
    if (clapAt === null) pictures = pictures.filter((picture) => at - picture.at < BEFORE_MS + 300);
    request = video.requestVideoFrameCallback(see);
  };
  request = video.requestVideoFrameCallback(see);
  const timer = setInterval(listen, POLL_MS);
  return new Promise<Clap | null>((resolve) => {
    end = resolve;
    signal.addEventListener("abort", () => resolve(null));
  }).finally(() => {
    clearInterval(timer);
    video.cancelVideoFrameCallback(request);
    source.disconnect();
  });
}

function around(pictures: readonly Picture[], clapAt: number): Picture[] {
  return pictures.filter(({ at }) => at > clapAt - BEFORE_MS && at < clapAt + AFTER_MS);
}

function copied(video: HTMLVideoElement): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.height = PICTURE_HEIGHT;
  canvas.width = Math.round((PICTURE_HEIGHT * video.videoWidth) / Math.max(1, video.videoHeight));
  canvas.getContext("2d")?.drawImage(video, 0, 0, canvas.width, canvas.height);
  return canvas;
}
