/**
 * The Web Audio graph of one output: received tracks, a gain for each group, an optional chain, the device.
 *
 * Gains by Web Audio, since iOS ignores the `volume` of media elements, and without clicks: a change takes some 30 ms.
 */

import { closeContext, openContext } from "./contexts";
import { BUSES, type Bus, busOf, type Mix, SILENCE } from "./mix";
import { Outlet } from "./outlet";

/** The time constant of a gain change in seconds: 95 % of it within 30 ms, which is heard neither as click nor as fade. */
const GAIN_TIME_CONSTANT_S = 0.01;
export const TEST_TONE_HZ = 440;
/** Long enough to find out which loudspeaker it comes from. */
const TEST_TONE_S = 1.5;
/** -20 dBFS, the level of line-up tones. */
const TEST_TONE_GAIN = 0.1;

/** Nodes in a row that sound passes through. */
export interface Chain {
  input: AudioNode;
  output: AudioNode;
}

/** Builds a chain in the context of an output. */
export type ChainBuilder = (context: AudioContext) => Chain;

/** Chains for one group or for the whole output, such as tone controls or a limiter. */
export type Chains = Partial<Record<Bus | "all", ChainBuilder>>;

export class Mixer {
  readonly context = openContext(true);
  private readonly all = this.context.createGain();
  private readonly buses: Record<Bus, GainNode>;
  private readonly sources = new Map<MediaStreamTrack, MediaStreamAudioSourceNode>();
  private readonly outlet: Outlet;
  private mix = SILENCE;
  private sink = "";

  constructor(chains: Chains = {}) {
    const end = chains.all?.(this.context);
    if (end) this.all.connect(end.input);
    this.outlet = new Outlet(this.context, end?.output ?? this.all);
    const bus = (name: Bus): GainNode => {
      const gain = this.context.createGain();
      gain.gain.value = 0;
      const chain = chains[name]?.(this.context);
      if (chain) gain.connect(chain.input);
      (chain?.output ?? gain).connect(this.all);
      return gain;
    };
    this.buses = {
      floor: bus("floor"),
      interpretation: bus("interpretation"),
      partner: bus("partner"),
      talkback: bus("talkback"),
    };
  }

  /** Play these tracks, by slot, from now on. Chromium sends sound here only while a media element has the track, too. */
  play(tracks: ReadonlyMap<string, MediaStreamTrack>): void {
    const wanted = new Map<MediaStreamTrack, Bus>();
    for (const [slot, track] of tracks) {
      const bus = busOf(slot);
      if (bus && track.kind === "audio") wanted.set(track, bus);
    }
    for (const [track, source] of this.sources) {
      if (wanted.has(track)) continue;
      source.disconnect();
      this.sources.delete(track);
    }
    for (const [track, bus] of wanted) {
      if (this.sources.has(track)) continue;
      const source = this.context.createMediaStreamSource(new MediaStream([track]));
      source.connect(this.buses[bus]);
      this.sources.set(track, source);
    }
  }

  /** Change to these gains. */
  set(mix: Mix): void {
    for (const bus of BUSES)
      if (mix[bus] !== this.mix[bus])
        this.buses[bus].gain.setTargetAtTime(mix[bus], this.context.currentTime, GAIN_TIME_CONSTANT_S);
    this.mix = mix;
  }

  /** Play on the device with this id; empty is the system's default. Rejects if the browser refuses. */
  async playOn(sink: string): Promise<void> {
    if (sink === this.sink) return;
    this.sink = sink;
    await this.outlet.playOn(sink);
  }

  /** Play a test tone; resolves when it is over. */
  playTestTone(): Promise<void> {
    const tone = this.context.createOscillator();
    const gain = this.context.createGain();
    const begin = this.context.currentTime;
    tone.frequency.value = TEST_TONE_HZ;
    gain.gain.value = 0;
    gain.gain.setTargetAtTime(TEST_TONE_GAIN, begin, GAIN_TIME_CONSTANT_S);
    gain.gain.setTargetAtTime(0, begin + TEST_TONE_S, GAIN_TIME_CONSTANT_S);
    tone.connect(gain).connect(this.all);
    tone.start();
    tone.stop(begin + TEST_TONE_S + 10 * GAIN_TIME_CONSTANT_S);
    return new Promise((resolve) => (tone.onended = () => resolve()));
  }

  close(): void {
    for (const source of this.sources.values()) source.disconnect();
    this.outlet.close();
    closeContext(this.context);
  }
}
