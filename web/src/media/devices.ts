/**
 * Camera, microphone and loudspeaker of this machine: which there are, which are chosen, and what keeps them away.
 *
 * The choice is remembered per link, so that a hall's machine that was set up once comes back by itself. What was chosen
 * is never replaced without a word. At a guest's another device stands in at once, since a headset whose battery is flat
 * must not end a talk, and the page and the desk say so. At a hall nothing stands in by itself: a laptop's camera on the
 * programme is worse than the slate. Its technician may say that another device is to be used meanwhile.
 */

import {
  batch,
  computed,
  effect,
  type ReadonlySignal,
  type Signal,
  signal,
  untracked,
} from "@preact/signals";
import { type Choice, remember, remembered } from "./choice";
import { Input } from "./input";
import { Loudspeaker } from "./loudspeaker";
import { answered, Permission } from "./opening";
import { areNamed, type Device, faultOf, type Kind, NONE, type Pick } from "./picks";

const KINDS = ["camera", "microphone"] as const;
const WANTED = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
/** Between two looks at what there is while something is missing: some capture cards come without an event. */
export const LOOK_EVERY_MS = 3_000;

/** The parts of the browser that this uses. */
export interface Browser {
  media: MediaDevices | undefined;
  permissions: Permissions | undefined;
  storage: Storage | undefined;
}

export interface Habits {
  /** Names the link that the choice is remembered for. */
  key: string;
  /** A person in front of a laptop or phone, not a hall with capture card and mixer. */
  isGuest: boolean;
}

export class Devices {
  readonly choice: Signal<Choice>;
  readonly camera: Input;
  readonly microphone: Input;
  readonly speaker: Loudspeaker;
  /** While the browser asks for permission or a device starts. */
  readonly opening = signal(false);
  /** Camera and microphone have been asked for since the page was loaded. */
  readonly asked = signal(false);
  /** While the browser waits for the person's answer. */
  readonly isAsking = computed(
    () => this.opening.value && !KINDS.some((kind) => areNamed(this[kind].devices.value ?? [])),
  );
  readonly tracks: Record<Kind, ReadonlySignal<MediaStreamTrack | null>>;
  private readonly permissions: Record<Kind, Permission>;

  constructor(
    private readonly browser: Browser,
    private readonly habits: Habits,
  ) {
    this.choice = signal(remembered(browser.storage, habits.key, habits.isGuest));
    this.speaker = new Loudspeaker(() => this.choice.value.speaker);
    this.camera = this.input("camera");
    this.microphone = this.input("microphone");
    this.tracks = { camera: this.camera.track, microphone: this.microphone.track };
    this.permissions = { camera: this.permission("camera"), microphone: this.permission("microphone") };
    effect(() => this.settle());
    browser.media?.addEventListener("devicechange", () => {
      this.speaker.retry();
      void this.refresh();
    });
    setInterval(() => this.waits() && void this.refresh(true), LOOK_EVERY_MS);
  }

  /** Remember a choice, and open the device anew if it is another. */
  async choose(part: Partial<Choice>): Promise<void> {
    const before = this.choice.value;
    batch(() => {
      this.choice.value = { ...before, ...part };
      // What is open would do for the machine's own choice as well, and is just what somebody wants to be rid of.
      for (const kind of KINDS) if (part[kind] === null && before[kind] !== null) this[kind].release();
    });
    remember(this.browser.storage, this.habits.key, this.choice.value);
    if ("speaker" in part) this.speaker.retry();
    if ("camera" in part) await this.camera.choose();
    if ("microphone" in part) await this.microphone.choose();
    if ((part.processing ?? before.processing) !== before.processing)
      await this.microphone.open({ fresh: true });
  }

  /** Start was pressed: from now on this machine comes back by itself. */
  async start(): Promise<void> {
    if (!this.choice.value.started) await this.choose({ started: true });
  }

  /** Open camera and microphone. Asks for both at once, since people are then asked once. */
  async open(): Promise<void> {
    const { media } = this.browser;
    this.asked.value = true;
    if (!media) {
      for (const kind of KINDS) this[kind].refuse("insecure");
      return;
    }
    if (this.opening.value) return;
    this.opening.value = true;
    await this.list();
    await this.ask(media);
    await this.list();
    this.speaker.retry();
    this.opening.value = false;
  }

  /** Try a device again that was kept away. */
  async again(kind: Kind): Promise<void> {
    // Who is to be asked for both is asked once.
    if (KINDS.every((each) => this[each].fault.value === "denied")) await this.open();
    else await this[kind].open({ fresh: true });
  }

  /** Open both if the browser hands them out without asking: a question is better asked when someone pressed a button. */
  async openIfPermitted(): Promise<void> {
    const states = await Promise.all(KINDS.map((kind) => this.permissions[kind].state()));
    if (states.every((state) => state === "granted")) await this.open();
  }

  /**
   * What a started hall sends is its choice, also where that was the machine's own: after that nothing else is sent for
   * it without a word. Start may be pressed before the devices are open.
   */
  private settle(): void {
    if (this.habits.isGuest || !this.choice.value.started) return;
    for (const kind of KINDS) {
      const open = this.choice.value[kind] === null && this.tracks[kind].value && this[kind].current();
      if (open) untracked(() => void this.choose({ [kind]: { id: open.id, label: open.label } }));
    }
  }

  private async ask(media: MediaDevices): Promise<void> {
    const states = await Promise.all(KINDS.map((kind) => this.permissions[kind].state()));
    const isAsked = KINDS.every(
      (kind, n) => states[n] === "prompt" && !areNamed(this[kind].devices.value ?? []),
    );
    const wantsBoth = KINDS.every((kind) => this.choice.value[kind]?.id !== NONE);
    const offered: Partial<Record<Kind, MediaStreamTrack | undefined>> = {};
    let saidNo = new Set<Kind>();
    if (isAsked && wantsBoth) {
      const work = media.getUserMedia(this.constraintsOfBoth());
      try {
        const both = await answered(
          work,
          Promise.all(KINDS.map((kind) => this.permissions[kind].given())).then(() => undefined),
        );
        [offered.camera] = both.getVideoTracks();
        [offered.microphone] = both.getAudioTracks();
        // Their names are known from now on, and so whether these are the chosen ones.
        await this.list();
      } catch (error) {
        // What comes too late is not needed: each is asked for alone now, since one of the two keeps both away.
        work.then(
          (late) => stop(late),
          () => undefined,
        );
        if (faultOf(error) === "denied") saidNo = await this.refusedKinds();
      }
    }
    await Promise.all(
      KINDS.map((kind) =>
        saidNo.has(kind) ? this[kind].refuse("denied") : this[kind].open({ offered: offered[kind] ?? null }),
      ),
    );
  }

  /** Someone who has just said no to both is not asked twice more; who is not permitted one only, is for the other. */
  private async refusedKinds(): Promise<Set<Kind>> {
    const states = await Promise.all(KINDS.map((kind) => this.permissions[kind].state()));
    return new Set(KINDS.filter((_, n) => states[n] === "prompt" && states[1 - n] !== "denied"));
  }

  private input(kind: Kind): Input {
    const media = this.browser.media;
    return new Input(kind, {
      ask: (constraints) =>
        media?.getUserMedia(constraints) ?? Promise.reject(new DOMException("", "NotFoundError")),
      chosen: () => this.choice.value[kind],
      constraints: () => (kind === "camera" ? WANTED : this.sound()),
      permitted: () => this.permissions[kind].given(),
      standsIn: this.habits.isGuest,
      lost: () => void this.refresh(),
    });
  }

  private permission(kind: Kind): Permission {
    return new Permission(this.browser.permissions, kind, (state) => {
      if (state === "granted" && this[kind].fault.value === "denied") void this.open();
      else if (this.asked.value) void this.refresh();
    });
  }

  private sound(): MediaTrackConstraints {
    const { processing } = this.choice.value;
    return { echoCancellation: processing, noiseSuppression: processing, autoGainControl: processing };
  }

  /** The chosen ones are asked for if they are there. Their names, by which they may be found, are not known yet. */
  private constraintsOfBoth(): MediaStreamConstraints {
    const { camera, microphone } = this.choice.value;
    const ideal = (pick: Pick | null) => (pick ? { deviceId: { ideal: pick.id } } : {});
    return { video: { ...WANTED, ...ideal(camera) }, audio: { ...this.sound(), ...ideal(microphone) } };
  }

  private async list(): Promise<void> {
    const all = await this.browser.media?.enumerateDevices().catch(() => null);
    if (!all) return;
    const of = (kind: MediaDeviceKind): Device[] =>
      all.filter((d) => d.kind === kind).map((d) => ({ id: d.deviceId, label: d.label, group: d.groupId }));
    this.camera.devices.value = of("videoinput");
    this.microphone.devices.value = of("audioinput");
    this.speaker.devices.value = of("audiooutput");
  }

  /** Something was plugged in or out. */
  private async refresh(onlyWaiting = false): Promise<void> {
    await this.list();
    for (const kind of KINDS) if (!onlyWaiting || this[kind].waits) this[kind].look();
  }

  private waits(): boolean {
    return this.asked.value && (this.speaker.away.value !== null || KINDS.some((kind) => this[kind].waits));
  }
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** The browser that this page is in. */
export function ownBrowser(): Browser {
  const { mediaDevices: media, permissions } = navigator;
  try {
    return { media, permissions, storage: localStorage };
  } catch {
    return { media, permissions, storage: undefined }; // Storage is switched off.
  }
}
