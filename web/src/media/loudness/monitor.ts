/**
 * Measures this page's microphone: momentary loudness for its meters, and what is wrong with its sound.
 *
 * The browser weights the samples (two IIR filters), the page takes their mean squares ten times a second. A mono
 * microphone counts as both channels, as it is played. One graph serves all meters of a page.
 */

import { effect, type ReadonlySignal, signal } from "@preact/signals";
import type { SoundStatus } from "../../show/soundfaults";
import { captureContext, sourceOf } from "../sound/contexts";
import { blocks, type Channel, momentary } from "./blocks";
import { humIn } from "./hum";
import { kWeighting, MOMENTARY_S, SILENCE_LUFS } from "./kweighting";
import { BLOCK_S, SoundJudge } from "./verdict";

/** While the page is hidden nobody sees a meter, and 0.4 s of each second are enough for the warnings. */
const HIDDEN_INTERVAL_MS = 1_000;
/** The smallest size of an analyser that holds 400 ms at 48 kHz, and the largest that browsers have: at the 96 or 192 kHz
 * of a sound interface it holds 341 or 171 ms. */
const ANALYSER_SAMPLES = 32_768;
const CHANNELS = 2;

export interface SoundMonitor {
  /** Momentary loudness in LUFS. */
  loudness: ReadonlySignal<number>;
  /** Null while it is not measured: no microphone, muted, or the browser does not permit or support it yet. */
  status: ReadonlySignal<SoundStatus | null>;
}

/** Measure `track` from now on, while `isOpen`: a muted microphone sends silence, and that is no fault. */
export function monitorSound(
  track: ReadonlySignal<MediaStreamTrack | null>,
  isOpen: ReadonlySignal<boolean>,
): SoundMonitor {
  const loudness = signal(SILENCE_LUFS);
  const status = signal<SoundStatus | null>(null);
  effect(() => {
    const measured = isOpen.value ? track.value : null;
    if (!measured) return;
    const stop = measure(measured, loudness, status);
    return () => {
      stop();
      loudness.value = SILENCE_LUFS;
      status.value = null;
    };
  });
  return { loudness, status };
}

type Writable<T> = { value: T };

function measure(
  track: MediaStreamTrack,
  loudness: Writable<number>,
  status: Writable<SoundStatus | null>,
): () => void {
  const context = captureContext();
  const source = sourceOf(context, track);
  if (!source) return () => undefined;
  const graph = new Graph(context, source);
  const judge = new SoundJudge();
  let last = graph.now;
  const look = (): void => {
    const { now } = graph;
    const count = Math.min(MOMENTARY_S / BLOCK_S, Math.floor((now - last) / BLOCK_S + 1e-6));
    // Of a track that has just begun, the analysers hold silence from before.
    if (!graph.runs || count < 1 || now - graph.begunAt < MOMENTARY_S) return;
    last = now;
    const channels = graph.read();
    loudness.value = momentary(channels, graph.rate);
    const heard = blocks(channels, graph.rate, count);
    for (const [n, block] of heard.entries()) judge.hear(block, now - (heard.length - 1 - n) * BLOCK_S);
    if (judge.isQuiet(loudness.value, now)) {
      const size = Math.min(ANALYSER_SAMPLES, Math.round(MOMENTARY_S * graph.rate));
      judge.hearHum(humIn(mixed(channels, size), graph.rate));
    }
    status.value = judge.status;
  };
  const tick = (): void => {
    look();
    timer = setTimeout(tick, document.hidden ? HIDDEN_INTERVAL_MS : BLOCK_S * 1_000);
  };
  let timer = setTimeout(tick, BLOCK_S * 1_000);
  return () => {
    clearTimeout(timer);
    graph.close();
  };
}

/** The newest `size` samples of all channels, mixed to one. */
function mixed(channels: readonly Channel[], size: number): Float32Array {
  const mix = new Float32Array(size);
  for (const { raw } of channels)
    for (let n = 0; n < size; n++)
      mix[n] = (mix[n] ?? 0) + (raw[raw.length - size + n] ?? 0) / channels.length;
  return mix;
}

/** A microphone's samples as they are, and weighted. */
class Graph {
  readonly begunAt: number;
  private readonly nodes: AudioNode[];
  private readonly channels: (Channel & { taps: [AnalyserNode, AnalyserNode] })[] = [];

  constructor(
    private readonly context: AudioContext,
    source: AudioNode,
  ) {
    this.begunAt = context.currentTime;
    // Speakers' rules for mixing give a mono microphone to both channels.
    const stereo = new GainNode(context, { channelCount: CHANNELS, channelCountMode: "explicit" });
    const [shelf, highPass] = kWeighting(context.sampleRate).map(
      (filter) => new IIRFilterNode(this.context, filter),
    );
    const [raw, weighted] = [0, 1].map(
      () => new ChannelSplitterNode(this.context, { numberOfOutputs: CHANNELS }),
    );
    if (!shelf || !highPass || !raw || !weighted) throw new Error("unreachable");
    source.connect(stereo);
    stereo.connect(raw);
    stereo.connect(shelf).connect(highPass).connect(weighted);
    for (let channel = 0; channel < CHANNELS; channel++) {
      const [a, b] = [this.tap(raw, channel), this.tap(weighted, channel)];
      const samples = (): Float32Array<ArrayBuffer> => new Float32Array(ANALYSER_SAMPLES);
      this.channels.push({ raw: samples(), weighted: samples(), taps: [a, b] });
    }
    this.nodes = [source, stereo, shelf, highPass, raw, weighted];
  }

  get rate(): number {
    return this.context.sampleRate;
  }

  /** Seconds, by the sound's clock. It stands while the browser plays no sound. */
  get now(): number {
    return this.context.currentTime;
  }

  get runs(): boolean {
    return this.context.state === "running";
  }

  /** The newest samples; overwritten by the next call. */
  read(): readonly Channel[] {
    for (const { raw, weighted, taps } of this.channels) {
      taps[0].getFloatTimeDomainData(raw as Float32Array<ArrayBuffer>);
      taps[1].getFloatTimeDomainData(weighted as Float32Array<ArrayBuffer>);
    }
    return this.channels;
  }

  close(): void {
    for (const node of this.nodes) node.disconnect();
  }

  private tap(splitter: AudioNode, channel: number): AnalyserNode {
    const tap = new AnalyserNode(this.context, { fftSize: ANALYSER_SAMPLES });
    splitter.connect(tap, channel);
    return tap;
  }
}
