/**
 * Talkback from this page: a word to the desk, or from it, that the audience does not hear.
 *
 * The microphone is opened once, when a button is first held, and then stays open without being heard, so that a word is
 * heard at once. A desk has a microphone of its own. A guest and an interpreter have one microphone, which
 * some devices open only once: its track is cloned, and while they talk the programme does not carry it. A hall's sound
 * comes from a mixer, so its technician chooses another microphone, and the programme goes on.
 */

import { computed, effect, type ReadonlySignal, signal, untracked } from "@preact/signals";
import { online, sendTalk } from "../link/session";
import type { Role } from "../wire";
import type { Call } from "./call";
import type { Devices } from "./devices";
import { Input } from "./input";
import { Permission } from "./opening";
import { type InputFault, NONE } from "./picks";

/** Whom this page talks to: ids of places and booths, or all. From others than the desk it goes to the desk. */
export type Recipients = readonly string[] | "all";

/** Where a page's talkback microphone comes from. */
type Kind = "own" | "programme" | "unchosen";

const CONSTRAINTS = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

export class Talkback {
  /** Whom this page talks to now; null: nobody. */
  readonly to = signal<Recipients | null>(null);
  /** A button is held, but the microphone is not open yet. */
  readonly isOpening = signal(false);
  /** A hall has to choose a microphone first. */
  readonly isUnchosen = computed(() => this.kind.value === "unchosen");
  readonly fault: ReadonlySignal<InputFault | null>;
  /** The programme's microphone is also that for talkback. */
  readonly sharesMicrophone = computed(() => this.kind.value === "programme");
  /** The programme must not carry this page's microphone now. */
  readonly silencesProgramme = computed(() => this.to.value !== null && this.sharesMicrophone.value);
  private readonly kind: ReadonlySignal<Kind>;
  /** The microphone, where it is not the programme's. */
  readonly input: Input;
  private readonly clone = signal<MediaStreamTrack | null>(null);
  private readonly track = computed(() =>
    this.kind.value === "programme" ? this.clone.value : this.input.track.value,
  );
  /** Somebody has talked from this page, so its microphone stays open. */
  private readonly wasUsed = signal(false);
  private held: Recipients | null = null;

  constructor(
    role: Role,
    call: Call,
    private readonly devices: Devices,
    media: MediaDevices | undefined,
    permissions: Permissions | undefined,
  ) {
    const permission = new Permission(permissions, "microphone", () => undefined);
    const chosen = () => devices.choice.value.talkMicrophone;
    this.input = new Input("microphone", {
      ask: (constraints) =>
        media?.getUserMedia(constraints) ?? Promise.reject(new DOMException("", "NotFoundError")),
      chosen,
      constraints: () => CONSTRAINTS,
      permitted: () => permission.given(),
      standsIn: role === "moderator",
      lost: () => undefined,
      isIos: false, // it is opened for each use
      userAgent: navigator.userAgent,
    });
    this.kind = computed(() => {
      if (role === "moderator") return "own";
      if (role !== "venue") return "programme";
      const pick = chosen();
      if (pick === null || pick.id === NONE) return "unchosen";
      return pick.id === devices.microphone.track.value?.getSettings().deviceId ? "programme" : "own";
    });
    this.fault = computed(() =>
      this.kind.value === "programme" ? devices.microphone.fault.value : this.input.fault.value,
    );
    effect(() => this.follow());
    effect(() => {
      const track = this.track.value;
      if (track) track.enabled = this.to.value !== null;
      void call.send("talkback", track);
    });
    // Another microphone was chosen, or a chosen one is back.
    effect(() => {
      this.input.devices.value = devices.microphone.devices.value;
      const isOpen = this.wasUsed.value && this.kind.value === "own" && chosen() !== undefined;
      untracked(() => isOpen && this.input.look());
    });
    const end = () => this.release();
    effect(() => {
      if (!online.value) untracked(end);
    });
    addEventListener("blur", end);
    addEventListener("pagehide", end);
    document.addEventListener("visibilitychange", () => document.hidden && end());
  }

  /** A button or key is held: talk to these until `release`. Returns why the microphone could not be opened. */
  async press(to: Recipients): Promise<InputFault | null> {
    if (this.held !== null || !online.value || this.kind.value === "unchosen") return null;
    this.held = to;
    this.wasUsed.value = true;
    if (this.track.value === null) {
      this.isOpening.value = true;
      if (this.kind.value === "own") {
        await this.input.open();
        void this.devices.list();
      } else if (!this.devices.microphone.track.value) await this.devices.microphone.open();
      this.isOpening.value = false;
    }
    if (this.track.value === null) return this.fault.value;
    // The browser may have asked for permission, and the button was released for that.
    if (this.held === to && sendTalk(to, true)) this.to.value = to;
    return null;
  }

  /** Open the desk's microphone before a button is held: only then does the browser name all of them. */
  async prepare(): Promise<void> {
    this.wasUsed.value = true;
    await this.input.open();
    await this.devices.list();
  }

  release(): void {
    this.held = null;
    const to = this.to.value;
    if (to === null) return;
    this.to.value = null;
    sendTalk(to, false);
  }

  /** Keep a clone of the programme's microphone, once it was used. A clone of a closed device would hold the device. */
  private follow(): void {
    const original =
      this.wasUsed.value && this.kind.value === "programme" && this.devices.microphone.track.value;
    untracked(() => {
      this.clone.value?.stop();
      const clone = original ? original.clone() : null;
      if (clone) clone.enabled = false;
      this.clone.value = clone;
    });
  }
}
