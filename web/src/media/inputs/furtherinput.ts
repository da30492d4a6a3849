/** One further input of this page's place: a camera, or a shared screen, with a connection of its own that only sends. */

import {
  batch,
  computed,
  effect,
  type ReadonlySignal,
  type Signal,
  signal,
  untracked,
} from "@preact/signals";
import { sendCondition, state } from "../../link/session";
import type { Admission } from "../../wire";
import { HANDOVER_MS, REOFFER_DELAY_MS } from "../admission";
import type { Call } from "../call";
import { ConditionReporter, conditionOf } from "../condition";
import type { Browser, Devices } from "../devices";
import { Input } from "../input";
import { delayed } from "../lipsync/delay";
import { monitorSound, type SoundMonitor } from "../loudness/monitor";
import type { Reduction } from "../mlines";
import type { InputStatus, Kind } from "../picks";
import { type InputChoice, type InputChoices, isMicrophone } from "./choice";
import { Screen, type ScreenStatus } from "./screen";

/** What a further input needs from its page. */
export interface InputPage {
  browser: Pick<Browser, "media" | "isIos" | "userAgent">;
  devices: Devices;
  choices: InputChoices;
  constraints: (kind: Kind) => MediaTrackConstraints;
  permitted: (kind: Kind) => Promise<void>;
  /** Tell the server that a source does not wait for its turn any more. */
  withdraw: (source: string) => void;
  /** This page has joined. */
  joined: ReadonlySignal<boolean>;
  /** How far cameras are reduced, since this computer is overloaded. */
  reduced: ReadonlySignal<Reduction | null>;
}

/** How a screen looks to the desk, which knows devices. */
const AS_DEVICE: Record<ScreenStatus, InputStatus> = {
  off: "none",
  asking: "opening",
  works: "works",
  paused: "interrupted",
  ended: "none",
  refused: "none",
  failed: "failed",
};

export class FurtherInput {
  readonly choice: Signal<InputChoice>;
  readonly camera: Input;
  readonly microphone: Input;
  readonly screen: Screen;
  /** It is to be sent: Start or Share was pressed. */
  readonly running = signal(false);
  /** Another page sends it, or wants to. */
  readonly conflict = signal<Exclude<Admission["status"], "admitted"> | null>(null);
  readonly picture: ReadonlySignal<MediaStreamTrack | null>;
  /** As it is captured. A microphone's is sent later by `soundDelay`. */
  readonly sound: ReadonlySignal<MediaStreamTrack | null>;
  /** In milliseconds; 0 but for a camera with a microphone. */
  readonly soundDelay: ReadonlySignal<number>;
  /** Loudness and faults of its sound. */
  readonly sounds: SoundMonitor;
  /** Its call is to connect, also where it cannot yet since the server is not connected. */
  private hasJoined = false;
  private readonly reporter: ConditionReporter;
  private readonly reduced: ReadonlySignal<Reduction | null>;

  constructor(
    readonly source: string,
    readonly call: Call,
    private readonly page: InputPage,
  ) {
    this.choice = signal(page.choices.of(source));
    this.camera = this.input("camera", () => this.choice.value.camera);
    this.microphone = this.input("microphone", () => {
      const { sound } = this.choice.value;
      return isMicrophone(sound) ? sound : null;
    });
    this.screen = new Screen(page.browser.media, () => this.withdraw());
    this.picture = computed(() =>
      this.choice.value.kind === "screen" ? this.screen.track.value : this.camera.track.value,
    );
    this.sound = computed(() => {
      const { sound } = this.choice.value;
      if (sound === "none") return null;
      return sound === "screen" ? this.screen.sound.value : this.microphone.track.value;
    });
    this.soundDelay = computed(() => {
      const { kind, sound, soundDelay } = this.choice.value;
      return kind === "camera" && isMicrophone(sound) ? soundDelay : 0;
    });
    const sentSound = delayed(this.sound, this.soundDelay);
    this.sounds = monitorSound(this.sound, signal(true));
    this.reporter = new ConditionReporter((condition) => sendCondition({ ...condition, input: source }));
    call.sendStereo(true);
    // A slide that is smaller cannot be read.
    this.reduced = computed(() => (this.choice.value.kind === "camera" ? page.reduced.value : null));
    effect(() => void call.sendReduced(this.reduced.value));
    effect(() => void call.send("camera", this.picture.value));
    effect(() => void call.send("microphone", sentSound.value));
    effect(() => this.connect());
    effect(() => this.report());
    effect(() => {
      const wanted = state.value?.sources[source]?.codec_wanted ?? null;
      untracked(() => void call.sendCodec(wanted));
    });
  }

  /** Send it. Call it in the handler of a press: a screen can be shared only there. */
  async start(): Promise<void> {
    const { kind, sound } = this.choice.value;
    this.conflict.value = null;
    if (kind === "screen" && !(await this.screen.share(sound === "screen"))) {
      this.running.value = false;
      return;
    }
    batch(() => {
      this.choose({ started: true });
      this.running.value = true;
    });
    this.open();
  }

  /** Stop sending it, and close its devices. */
  stop(): void {
    batch(() => {
      this.choose({ started: false });
      this.withdraw();
    });
    this.release();
  }

  /** A camera that was sent before is sent again. A screen takes a press. */
  resume(): void {
    if (this.choice.value.started && this.choice.value.kind === "camera" && !this.running.value)
      void this.start();
  }

  /** Store a choice. While it is sent, another device is opened at once. */
  choose(part: Partial<InputChoice>): void {
    const chosen = { ...this.choice.value, ...part };
    // Only a screen has a sound of its own.
    if (chosen.kind === "camera" && chosen.sound === "screen") chosen.sound = "none";
    this.choice.value = chosen;
    this.page.choices.remember(this.source, this.choice.value);
    if (!this.running.value) return;
    if (part.camera !== undefined) void this.camera.choose();
    if (part.sound === undefined) return;
    if (isMicrophone(part.sound)) void this.microphone.choose();
    else this.microphone.release();
  }

  /** Another window may have changed the choice. What this window sends stays as it is. */
  adopt(): void {
    if (this.running.value || this.hasJoined) return;
    this.choice.value = this.page.choices.of(this.source, this.choice.value);
  }

  /** The devices of this computer have been listed again. */
  look(): void {
    if (!this.running.value) return;
    if (this.choice.value.kind === "camera") this.camera.look();
    if (isMicrophone(this.choice.value.sound)) this.microphone.look();
  }

  /** It is to be sent, and its device may come back without an event. */
  get waits(): boolean {
    if (!this.running.value) return false;
    const { kind, sound } = this.choice.value;
    return (kind === "camera" && this.camera.waits) || (isMicrophone(sound) && this.microphone.waits);
  }

  admission(status: Admission["status"]): void {
    const before = this.conflict.value;
    batch(() => {
      this.conflict.value = status === "admitted" ? null : status;
      if (status === "replaced") this.running.value = false;
    });
    if (status === "replaced") setTimeout(() => this.running.value || this.yield(), HANDOVER_MS);
    // The other page has left.
    if (status === "admitted" && before === "replaced") {
      this.adopt();
      this.resume();
    }
  }

  /** A new session: the server knows nothing of its devices yet, and may have forgotten that it waits. */
  welcomed(): void {
    // The server reports it anew.
    if (this.conflict.value === "contested") this.conflict.value = null;
    if (this.conflict.value === "waiting") setTimeout(() => this.ask(), REOFFER_DELAY_MS);
    this.reporter.welcomed();
  }

  /** The page is closed for good. */
  close(): void {
    this.call.close();
    // Also one that the person is still choosing.
    this.screen.stop();
    this.release();
  }

  /** Nobody wants to send it any more, so it does not wait for the desk either. */
  private withdraw(): void {
    batch(() => {
      this.running.value = false;
      this.conflict.value = null;
    });
    this.page.withdraw(this.source);
  }

  private open(): void {
    if (this.choice.value.kind === "camera") void this.camera.open();
    if (isMicrophone(this.choice.value.sound)) void this.microphone.open();
  }

  private release(): void {
    if (this.screen.track.value) this.screen.stop();
    this.camera.release();
    this.microphone.release();
  }

  private connect(): void {
    const conflict = this.conflict.value;
    const sends = this.running.value && this.page.joined.value && conflict !== "waiting";
    const options = { source: this.source, views: [], input: this.choice.value.kind };
    untracked(() => {
      if (sends) this.call.join(options);
      else if (conflict !== "replaced" && this.hasJoined) this.call.end();
      this.hasJoined = sends || (this.hasJoined && conflict === "replaced");
    });
  }

  /** Offer again what waits. */
  private ask(): void {
    if (this.conflict.value === "waiting") this.conflict.value = null;
  }

  private yield(): void {
    this.call.end();
    this.hasJoined = false;
    this.release();
    this.adopt();
  }

  private report(): void {
    const { kind, sound } = this.choice.value;
    const camera = kind === "screen" ? AS_DEVICE[this.screen.status.value] : this.camera.status.value;
    const ownSound = this.screen.sound.value ? "works" : "none";
    const microphone = isMicrophone(sound)
      ? this.microphone.status.value
      : sound === "screen"
        ? ownSound
        : "none";
    const condition = conditionOf(
      camera,
      microphone,
      false,
      this.call.path.check.value.path,
      // A film that is silent for a while is no fault, and no microphone that speaks too low.
      isMicrophone(sound) ? this.sounds.status.value : null,
      this.picture.value && this.call.path.limit.value,
      this.picture.value && this.reduced.value,
    );
    if (this.running.value) untracked(() => this.reporter.update(condition));
  }

  private input(kind: Kind, chosen: () => InputChoice["camera"]): Input {
    const { browser, devices, constraints, permitted } = this.page;
    return new Input(kind, {
      ask: (wanted) =>
        browser.media?.getUserMedia(wanted) ?? Promise.reject(new DOMException("", "NotFoundError")),
      chosen,
      constraints: () => constraints(kind),
      permitted: () => permitted(kind),
      standsIn: false,
      isIos: browser.isIos,
      userAgent: browser.userAgent,
      lost: () => void devices.list(),
    });
  }
}
