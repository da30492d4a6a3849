/**
 * The sound of this page on all its outputs.
 *
 * The loudspeakers play by media elements, as long as each track is played in full or not at all: that costs a phone
 * least, keeps the browser's echo canceller informed, and plays on the device's own clock. The first mix that needs more,
 * such as a lowered floor, moves the output to Web Audio, where it stays. The media elements are needed then as well,
 * muted: Chromium 156 gives Web Audio the sound of a received track only while an element has it (measured: silence
 * otherwise). The browser synchronises picture and sound of a media stream before either gets here.
 */

import { computed, effect, type ReadonlySignal, type Signal, signal, untracked } from "@preact/signals";
import { type Chime, playChime } from "./chime";
import { type Bus, busOf, isPlain, type Mix, OUTPUTS, type Output, SILENCE } from "./mix";
import { type Chains, Mixer } from "./mixer";
import type { OutputDevice } from "./outputdevice";

export interface OutputPlan {
  mix: Mix;
  device: OutputDevice;
  chains?: Chains;
}

export type OutputPlans = Partial<Record<Output, OutputPlan>>;

export class PageSound {
  /** What the media elements play. */
  readonly direct = signal<Mix>(SILENCE);
  /** False: nothing is played. */
  readonly on = signal(true);
  private readonly followed: Signal<ReadonlySignal<OutputPlans>>;
  readonly plans = computed(() => this.followed.value.value);
  private readonly mixers = new Map<Output, Mixer>();

  constructor(
    private readonly tracks: ReadonlySignal<ReadonlyMap<string, MediaStreamTrack>>,
    plans: ReadonlySignal<OutputPlans>,
  ) {
    this.followed = signal(plans);
    for (const output of OUTPUTS)
      effect(() => {
        const plan = this.plans.value[output];
        const mix = plan && this.on.value ? plan.mix : SILENCE;
        const sink = plan?.device.sink.value ?? null;
        untracked(() => this.play(output, plan, mix, sink));
      });
    effect(() => {
      const received = this.tracks.value;
      for (const mixer of this.mixers.values()) mixer.play(received);
    });
  }

  /** Play these plans from now on. */
  follow(plans: ReadonlySignal<OutputPlans>): void {
    this.followed.value = plans;
  }

  /** Whether the media element of a slot is to be heard. */
  isDirect(slot: string): boolean {
    const bus: Bus | null = busOf(slot);
    return bus !== null && this.direct.value[bus] === 1;
  }

  /** Play a test tone on the device of an output, whatever else it plays. */
  async playTestTone(output: Output): Promise<void> {
    const sink = this.plans.peek()[output]?.device.sink.peek() ?? null;
    if (sink === null) return;
    const mixer = new Mixer();
    try {
      await mixer.playOn(sink);
      await mixer.playTestTone();
    } catch {
      this.plans.peek()[output]?.device.refuse(sink);
    } finally {
      mixer.close();
    }
  }

  /** Sound that there is a message, where talkback would be heard: never from a hall's loudspeakers. */
  chime(chime: Chime): void {
    for (const output of OUTPUTS) {
      const plan = this.plans.peek()[output];
      const sink = plan?.mix.talkback ? plan.device.sink.peek() : null;
      if (sink !== null && this.on.peek()) playChime(chime, sink).catch(() => undefined); // it flashes all the same
    }
  }

  private play(output: Output, plan: OutputPlan | undefined, mix: Mix, sink: string | null): void {
    const isDirect = output === "main" && !this.mixers.has(output) && !plan?.chains && isPlain(mix);
    if (output === "main") this.direct.value = isDirect ? mix : SILENCE;
    if (isDirect) return;
    if (!plan || sink === null) {
      this.mixers.get(output)?.close();
      this.mixers.delete(output);
      return;
    }
    this.mixer(output, plan, sink).set(mix);
  }

  /** The mixer of an output, on this device. */
  private mixer(output: Output, plan: OutputPlan, sink: string): Mixer {
    let mixer = this.mixers.get(output);
    if (!mixer) {
      mixer = new Mixer(plan.chains);
      mixer.play(this.tracks.peek());
      this.mixers.set(output, mixer);
    }
    mixer.playOn(sink).catch(() => sink !== "" && plan.device.refuse(sink));
    return mixer;
  }
}
