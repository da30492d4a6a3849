/** Plays a test tone on an output, and listens with this page's own microphone whether it comes back. */

import { captureContext, hasStarted, sourceOf } from "./contexts";
import { isHeardBack, levelAt } from "./heardback";
import type { Output } from "./mix";
import { TEST_TONE_HZ } from "./mixer";
import type { PageSound } from "./pagesound";

/**
 * What came of it. `removed`: the browser removes what the loudspeakers play from the microphone; `worn`: it was played
 * in headphones, which no microphone hears.
 */
export type ToneResult = "heard" | "not-heard" | "removed" | "no-microphone" | "worn";

/** 0.17 s at 48 kHz: 440 Hz is told from its neighbours a semitone away. */
const WINDOW_SAMPLES = 8_192;
const LISTEN_INTERVAL_MS = 100;
/** How long the room is listened to before the tone. */
const BEFORE_MS = 500;

export async function checkTone(
  sound: PageSound,
  output: Output,
  microphone: MediaStreamTrack | null,
): Promise<ToneResult> {
  const context = captureContext();
  // A track of its own: the page's may be muted.
  const track = microphone && (await hasStarted(context)) ? microphone.clone() : null;
  const source = track && sourceOf(context, track);
  if (!track || !source) {
    track?.stop();
    await sound.playTestTone(output);
    return "no-microphone";
  }
  track.enabled = true;
  const analyser = new AnalyserNode(context, { fftSize: WINDOW_SAMPLES });
  source.connect(analyser);
  const samples = new Float32Array(WINDOW_SAMPLES);
  let levels: number[] = [];
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    levels.push(levelAt(samples, context.sampleRate, TEST_TONE_HZ));
  }, LISTEN_INTERVAL_MS);
  try {
    await new Promise((resolve) => setTimeout(resolve, BEFORE_MS));
    const before = levels;
    levels = [];
    await sound.playTestTone(output);
    if (isHeardBack(before, levels)) return "heard";
    return track.getSettings().echoCancellation ? "removed" : "not-heard";
  } finally {
    clearInterval(timer);
    source.disconnect();
    track.stop();
  }
}
