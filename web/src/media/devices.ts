/**
 * Camera, microphone and loudspeaker of this computer: the list, the choice and the faults.
 *
 * The choice is stored per link, so a hall's computer needs to be set up once. A chosen device is never replaced
 * silently. For a guest another device stands in at once, as a flat headset must not end a talk; the page and the desk
 * say so. In a hall a stand-in needs the technician's consent: a laptop's camera on air is worse than the slate.
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
import { isApplePhone } from "./browserkind";
import { type Choice, remember, remembered } from "./choice";
import { Input } from "./input";
import { RETURN_GRACE_MS } from "./interruption";
import { Permission, withOpenTimeout } from "./opening";
import { type Device, type DevicePick, faultOf, haveLabels, type Kind, NONE } from "./picks";
import { OutputDevice } from "./sound/outputdevice";
import { systemBlock } from "./systemblock";

const KINDS = ["camera", "microphone"] as const;
const OUTPUT_NAMES = ["speaker", "interpretation", "headphones"] as const;
export type OutputName = (typeof OUTPUT_NAMES)[number];
export const CAMERA_CONSTRAINTS = {
  width: { ideal: 1280 },
  height: { ideal: 720 },
  frameRate: { ideal: 30 },
};
/** Between two enumerations while a device is missing: some capture cards appear without an event. */
export const LIST_INTERVAL_MS = 3_000;

/** The browser's interfaces used here; tests replace them. */
export interface Browser {
  media: MediaDevices | undefined;
  permissions: Permissions | undefined;
  storage: Storage | undefined;
  /** A page that may have devices, where the browser has the interfaces for them. */
  isSecure: boolean;
  /** Says with `visibilitychange` when it is hidden or shown. */
  page: Pick<Document, "visibilityState" | "addEventListener"> | undefined;
  /** An Apple phone or tablet. */
  isIos: boolean;
  /** The browser's name. */
  userAgent: string;
}

export interface Habits {
  /** The storage key of this link's choice. */
  key: string;
  /** A person with a laptop or phone, as opposed to a hall with capture card and mixer. */
  isGuest: boolean;
  /** False: an interpreter, who is heard and not seen. The camera is never opened. */
  hasCamera?: boolean;
}

export class Devices {
  readonly choice: Signal<Choice>;
  readonly camera: Input;
  readonly microphone: Input;
  readonly speaker: OutputDevice;
  /** A hall's second output, for infrared, induction or headphones. */
  readonly interpretation: OutputDevice;
  /** A hall's third output: the technician's headphones, for talkback. */
  readonly headphones: OutputDevice;
  /** While the browser asks for permission or a device starts. */
  readonly opening = signal(false);
  /** The page was closed for good. */
  private isClosed = false;
  /** Camera and microphone were requested since the page was loaded. */
  readonly wasRequested = signal(false);
  /** The browser waits for the person's answer. */
  readonly isAsking = computed(
    () => this.opening.value && !KINDS.some((kind) => haveLabels(this[kind].devices.value ?? [])),
  );
  readonly tracks: Record<Kind, ReadonlySignal<MediaStreamTrack | null>>;
  /** The output devices; null before the first enumeration. */
  private readonly outputs = signal<readonly Device[] | null>(null);
  private readonly permissions: Record<Kind, Permission>;
  private returning: ReturnType<typeof setTimeout> | undefined;
  /** Whether a further input of this page waits for its device. */
  furtherWaits: () => boolean = () => false;
  /** What this page opens. */
  private readonly kinds: readonly Kind[];

  constructor(
    private readonly browser: Browser,
    private readonly habits: Habits,
  ) {
    const choice = remembered(browser.storage, habits.key, habits.isGuest);
    const hasCamera = habits.hasCamera ?? true;
    this.kinds = hasCamera ? KINDS : ["microphone"];
    this.choice = signal(hasCamera ? choice : { ...choice, camera: { id: NONE, label: "" } });
    const output = (name: OutputName, otherwise: "" | null) =>
      new OutputDevice(this.outputs, () => this.choice.value[name], otherwise);
    this.speaker = output("speaker", "");
    this.interpretation = output("interpretation", null);
    this.headphones = output("headphones", null);
    this.camera = this.input("camera");
    this.microphone = this.input("microphone");
    this.tracks = { camera: this.camera.track, microphone: this.microphone.track };
    this.permissions = { camera: this.permission("camera"), microphone: this.permission("microphone") };
    effect(() => this.settle());
    browser.media?.addEventListener("devicechange", () => {
      this.retryOutputs();
      void this.refresh();
    });
    browser.page?.addEventListener("visibilitychange", () => this.shown());
    setInterval(() => this.waits() && void this.refresh(true), LIST_INTERVAL_MS);
  }

  /** The browser has no interface for devices although the page is secure: as inside some apps. */
  get isWithoutDevices(): boolean {
    return this.browser.isSecure && !this.browser.media;
  }

  /** Store a choice, and open the device if it is another one. */
  async choose(part: Partial<Choice>): Promise<void> {
    const before = this.choice.value;
    batch(() => {
      this.choice.value = { ...before, ...part };
      // The open device would also match "default", though it was just deselected.
      for (const kind of KINDS) if (part[kind] === null && before[kind] !== null) this[kind].release();
    });
    remember(this.browser.storage, this.habits.key, this.choice.value);
    for (const name of OUTPUT_NAMES) if (name in part) this[name].retry();
    if ("camera" in part) await this.camera.choose();
    if ("microphone" in part) await this.microphone.choose();
    if ((part.processing ?? before.processing) !== before.processing)
      await this.microphone.open({ fresh: true });
  }

  /** Join was pressed: from now on this computer reconnects by itself. */
  async start(): Promise<void> {
    if (!this.choice.value.started) await this.choose({ started: true });
  }

  /** Open camera and microphone, both at once, so that the person is asked once. */
  async open(): Promise<void> {
    const { media } = this.browser;
    this.wasRequested.value = true;
    if (!media) {
      for (const kind of this.kinds) this[kind].refuse(this.isWithoutDevices ? "failed" : "insecure");
      return;
    }
    if (this.opening.value || this.isClosed) return;
    this.opening.value = true;
    await this.list();
    await this.ask(media);
    await this.list();
    this.retryOutputs();
    this.opening.value = false;
  }

  /** Close camera and microphone, and open none again: the page may not send any more. */
  close(): void {
    this.isClosed = true;
    for (const kind of KINDS) this[kind].release();
  }

  /** Try a faulty device again. */
  async again(kind: Kind): Promise<void> {
    // If both were denied, one question for both.
    if (KINDS.every((each) => this[each].fault.value === "denied")) await this.open();
    else await this[kind].open({ fresh: true });
  }

  /** Open them if that needs no question: the browser should ask only after a button was pressed. */
  async openIfPermitted(): Promise<void> {
    const states = await Promise.all(this.kinds.map((kind) => this.permissions[kind].state()));
    if (states.every((state) => state === "granted")) await this.open();
  }

  /**
   * Once a hall has started, its open default devices become its choice, so that no other device silently replaces them.
   * Join may be pressed before the devices are open.
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
      (kind, n) => states[n] === "prompt" && !haveLabels(this[kind].devices.value ?? []),
    );
    const wantsBoth = KINDS.every((kind) => this.choice.value[kind]?.id !== NONE);
    const offered: Partial<Record<Kind, MediaStreamTrack | undefined>> = {};
    let saidNo = new Set<Kind>();
    if (isAsked && wantsBoth) {
      const work = media.getUserMedia(this.constraintsOfBoth());
      try {
        const both = await withOpenTimeout(
          work,
          Promise.all(KINDS.map((kind) => this.permissions[kind].given())).then(() => undefined),
        );
        [offered.camera] = both.getVideoTracks();
        [offered.microphone] = both.getAudioTracks();
        // Labels are available now, and so whether these are the chosen devices.
        await this.list();
      } catch (error) {
        // One of the two blocks both, so each is requested alone now, and a late result is stopped.
        work.then(
          (late) => stop(late),
          () => undefined,
        );
        // A person has not been asked where the system blocks the browser.
        const isOwnNo =
          faultOf(error) === "denied" && systemBlock(error, this.browser.userAgent, true) === null;
        if (isOwnNo) saidNo = await this.refusedKinds();
      }
    }
    // Closed while the browser asked.
    if (this.isClosed) {
      for (const kind of KINDS) offered[kind]?.stop();
      return;
    }
    await Promise.all(
      KINDS.map((kind) =>
        saidNo.has(kind) ? this[kind].refuse("denied") : this[kind].open({ offered: offered[kind] ?? null }),
      ),
    );
  }

  /** The kinds just denied: a person who refused both is not asked again, but one denied kind does not block the other. */
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
      constraints: () => (kind === "camera" ? CAMERA_CONSTRAINTS : this.sound()),
      permitted: () => this.permissions[kind].given(),
      standsIn: this.habits.isGuest,
      lost: () => void this.refresh(),
      isIos: this.browser.isIos,
      userAgent: this.browser.userAgent,
    });
  }

  private permission(kind: Kind): Permission {
    return new Permission(this.browser.permissions, kind, (state) => {
      if (state === "granted" && this[kind].fault.value === "denied") void this.open();
      else if (this.wasRequested.value) void this.refresh();
    });
  }

  /** How a microphone is opened. */
  sound(): MediaTrackConstraints {
    const { processing } = this.choice.value;
    const filters = {
      echoCancellation: processing,
      noiseSuppression: processing,
      autoGainControl: processing,
    };
    // The left and right of a mixer; a microphone is as the browser opens it.
    return processing ? filters : { ...filters, channelCount: { ideal: 2 } };
  }

  /** Prefers the chosen devices by id. Their labels, by which they may be found, are not known yet. */
  private constraintsOfBoth(): MediaStreamConstraints {
    const { camera, microphone } = this.choice.value;
    const ideal = (pick: DevicePick | null) => (pick ? { deviceId: { ideal: pick.id } } : {});
    return {
      video: { ...CAMERA_CONSTRAINTS, ...ideal(camera) },
      audio: { ...this.sound(), ...ideal(microphone) },
    };
  }

  /** Enumerate the devices. Until the page may use one, the browser gives neither their names nor their ids. */
  async list(): Promise<void> {
    const all = await this.browser.media?.enumerateDevices().catch(() => null);
    if (!all) return;
    const of = (kind: MediaDeviceKind): Device[] =>
      all.filter((d) => d.kind === kind).map((d) => ({ id: d.deviceId, label: d.label, group: d.groupId }));
    this.camera.devices.value = of("videoinput");
    this.microphone.devices.value = of("audioinput");
    this.outputs.value = of("audiooutput");
  }

  /** The page was shown again, or hidden. A phone call, and on iOS any other app, takes the devices meanwhile. */
  private shown(): void {
    clearTimeout(this.returning);
    if (this.browser.page?.visibilityState !== "visible" || !this.wasRequested.value) return;
    void this.refresh();
    this.returning = setTimeout(() => {
      for (const kind of this.kinds) this[kind].returned();
    }, RETURN_GRACE_MS);
  }

  /** Something was plugged in or out. */
  private async refresh(onlyWaiting = false): Promise<void> {
    await this.list();
    if (this.isClosed) return;
    for (const kind of KINDS) if (!onlyWaiting || this[kind].waits) this[kind].look();
  }

  private waits(): boolean {
    const isAway = OUTPUT_NAMES.some((name) => this[name].away.value !== null);
    return (
      this.wasRequested.value && (isAway || this.furtherWaits() || KINDS.some((kind) => this[kind].waits))
    );
  }

  private retryOutputs(): void {
    for (const name of OUTPUT_NAMES) this[name].retry();
  }
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** The browser of this page. */
export function ownBrowser(): Browser {
  const { mediaDevices: media, permissions, userAgent, maxTouchPoints } = navigator;
  const isIos = isApplePhone(userAgent, maxTouchPoints);
  const browser = { media, permissions, isSecure: isSecureContext, page: document, isIos, userAgent };
  try {
    return { ...browser, storage: localStorage };
  } catch {
    return { ...browser, storage: undefined }; // Storage is switched off.
  }
}
