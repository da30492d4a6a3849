/**
 * Delays the microphone before it is sent, so that lips are in sync behind a slow camera.
 *
 * Without a delay the track is sent as it is. While the browser runs no audio context, as before the first click on a
 * page, it is sent without delay as well, and the page asks for a click: sound that is early is better than none.
 */

import { computed, effect, type ReadonlySignal, signal, untracked } from "@preact/signals";
import { askForGesture, captureContext, sourceOf } from "../sound/contexts";
import { MAX_DELAY_MS } from "./clap";

/** The time constant of a change in seconds: it is heard as a short glide instead of a click. */
const CHANGE_S = 0.02;

/** The track to send: `track`, or the same sound `delayMs` later. */
export function delayed(
  track: ReadonlySignal<MediaStreamTrack | null>,
  delayMs: ReadonlySignal<number>,
): ReadonlySignal<MediaStreamTrack | null> {
  const line = signal<DelayLine | null>(null);
  const isDelayed = computed(() => delayMs.value > 0);
  effect(() => {
    const from = track.value;
    const opened = from && isDelayed.value ? openLine(from, delayMs.peek()) : null;
    line.value = opened;
    return () => opened?.close();
  });
  effect(() => {
    const delay = delayMs.value;
    untracked(() => line.value)?.set(delay);
  });
  return computed(() => (line.value?.runs.value ? line.value.output : track.value));
}

function openLine(track: MediaStreamTrack, delayMs: number): DelayLine | null {
  const context = captureContext();
  const source = sourceOf(context, track);
  if (!source) return null;
  askForGesture(context);
  return new DelayLine(context, source, track.getSettings().channelCount ?? 1, delayMs);
}

class DelayLine {
  readonly runs = signal(false);
  readonly output: MediaStreamTrack | null;
  private readonly delay: DelayNode;
  private readonly follow = (): void => {
    this.runs.value = this.context.state === "running";
  };

  constructor(
    private readonly context: AudioContext,
    private readonly source: AudioNode,
    channelCount: number,
    delayMs: number,
  ) {
    this.delay = new DelayNode(context, {
      maxDelayTime: MAX_DELAY_MS / 1_000,
      delayTime: delayMs / 1_000,
    });
    const end = new MediaStreamAudioDestinationNode(context, { channelCount });
    this.source.connect(this.delay).connect(end);
    this.output = end.stream.getAudioTracks()[0] ?? null;
    context.addEventListener("statechange", this.follow);
    this.follow();
  }

  set(delayMs: number): void {
    this.delay.delayTime.setTargetAtTime(delayMs / 1_000, this.context.currentTime, CHANGE_S);
  }

  close(): void {
    this.context.removeEventListener("statechange", this.follow);
    this.source.disconnect();
    this.delay.disconnect();
    this.output?.stop();
  }
}
