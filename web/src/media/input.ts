/** One camera or microphone: opened by one getUserMedia at a time, watched, and reopened when it is back. */

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { reopensUnmuted } from "./interruption";
import { DeviceHung, withOpenTimeout } from "./opening";
import {
  type Device,
  type DevicePick,
  faultOf,
  haveLabels,
  type InputFault,
  type InputStatus,
  type Kind,
  match,
  NONE,
  type Plan,
  planFor,
  resolveAlias,
  standInFor,
} from "./picks";
import { type SystemBlock, systemBlock } from "./systemblock";

/** What an input needs from its page. */
export interface InputContext {
  ask: (constraints: MediaStreamConstraints) => Promise<MediaStream>;
  chosen: () => DevicePick | null;
  constraints: () => MediaTrackConstraints;
  /** Resolves once the person has answered the browser's question. */
  permitted: () => Promise<void>;
  /** Whether another device replaces a missing one without anybody's consent. */
  standsIn: boolean;
  /** The device's track ended: enumerate again. */
  lost: () => void;
  /** An Apple phone or tablet. */
  isIos: boolean;
  /** The browser's name. */
  userAgent: string;
}

/** A track that ends so soon after opening is left to the next enumeration, or opening would loop. */
const REOPEN_GUARD_MS = 5_000;
const FAULTS: readonly InputStatus[] = ["denied", "missing", "busy", "lost", "hung", "insecure", "failed"];
/** Faults that may pass without a `devicechange` event. */
const RETRYABLE: readonly InputStatus[] = ["missing", "lost", "busy", "failed", "stand-in"];

export class Input {
  /** Null before the first enumeration. */
  readonly devices = signal<readonly Device[] | null>(null);
  readonly track = signal<MediaStreamTrack | null>(null);
  readonly status: ReadonlySignal<InputStatus>;
  readonly fault: ReadonlySignal<InputFault | null>;
  /** No device has the id of the chosen one, and several have its label. */
  readonly isUnclear = computed(() => this.meaning() === "unclear");
  /** A stand-in that a person may accept; null if none is needed, or one is in use. */
  readonly offer = computed(() => {
    const chosen = this.context.chosen();
    const meaning = this.meaning();
    const isAway = meaning === "gone" || meaning === "unclear";
    return chosen && isAway && !this.track.value ? standInFor(chosen, this.devices.value) : null;
  });

  /** The operating system keeps the device from the browser, as far as the last fault shows. */
  readonly blockedBySystem = signal<SystemBlock>(null);

  private readonly result = signal<InputStatus>("opening");
  /** The system has muted the track, for example during a phone call. */
  private readonly interrupted = signal(false);
  private interruptedAt = 0;
  /** Somebody accepted a stand-in until the chosen device is back. */
  private meanwhile = false;
  /** The chosen device has been open before. */
  private wasThere = false;
  private openedAt = 0;
  /** The open device, as listed when it was opened. */
  private listed: Device | undefined;
  /** Counts the requests; the result of an older one is discarded. */
  private turn = 0;
  private running: Promise<void> | null = null;
  private offered: MediaStreamTrack | null = null;
  private fresh = false;
  private quiet = false;

  constructor(
    readonly kind: Kind,
    private readonly context: InputContext,
  ) {
    this.status = computed(() =>
      this.track.value && this.interrupted.value ? "interrupted" : this.result.value,
    );
    this.fault = computed(() =>
      FAULTS.includes(this.status.value) ? (this.status.value as InputFault) : null,
    );
  }

  /** Another device was chosen. */
  choose(): Promise<void> {
    this.meanwhile = this.wasThere = false;
    return this.open();
  }

  /** Close the device. */
  release(): void {
    this.turn += 1;
    this.drop();
  }

  /** Use another device until the chosen one is back. */
  useMeanwhile(): Promise<void> {
    this.meanwhile = true;
    return this.open();
  }

  /**
   * Open the chosen device. `offered` is an open track to use if it is of that device. `fresh` reopens a device that is
   * open already.
   */
  open({ offered = null, fresh = false, quiet = false }: OpenOptions = {}): Promise<void> {
    this.turn += 1;
    this.offered?.stop();
    this.offered = offered;
    this.fresh ||= fresh;
    this.quiet = quiet;
    if (!quiet && !this.track.value) this.result.value = "opening";
    // One at a time: many cameras cannot be opened twice, and two results may arrive in the wrong order.
    this.running ??= this.run().finally(() => (this.running = null));
    return this.running;
  }

  /** Set this fault without asking the browser. */
  refuse(fault: InputFault): void {
    this.turn += 1;
    this.blockedBySystem.value = null;
    this.drop();
    this.result.value = fault;
  }

  /** After an enumeration: change over if a better device can be opened. */
  look(): void {
    const status = this.result.value;
    if (this.running || status === "opening" || status === "insecure" || status === "denied") return;
    const track = this.track.value;
    if (track && this.hasGone()) {
      this.drop();
      this.result.value = "lost";
    } else if (track && this.fits(track, this.plan()) && !this.hasMoved()) return;
    // Without any device getUserMedia would only fail.
    if (this.devices.value?.length !== 0) void this.open({ quiet: true });
  }

  /** The page is shown again for a while, and the system should have given the device back. */
  returned(): void {
    if (this.status.value === "interrupted" && !this.running) void this.open({ fresh: true, quiet: true });
  }

  /** The device that is open, with an alias resolved. */
  current(): Device | null {
    const listed = this.listedNow();
    return listed ? resolveAlias(listed, this.devices.value ?? []) : null;
  }

  /** Whether to enumerate again now and then. */
  get waits(): boolean {
    return RETRYABLE.includes(this.result.value);
  }

  private async run(): Promise<void> {
    let turn: number;
    do {
      turn = this.turn;
      await this.attempt(turn);
    } while (turn !== this.turn);
  }

  private async attempt(turn: number): Promise<void> {
    const plan = this.plan();
    const { offered, fresh, quiet } = this;
    this.offered = null;
    this.fresh = this.quiet = false;
    if (typeof plan === "string") {
      offered?.stop();
      this.drop();
      this.result.value = plan === "missing" && this.wasThere ? "lost" : plan;
      return;
    }
    const open = offered ?? (fresh || this.hasMoved() ? null : this.track.value);
    if (open && this.fits(open, plan)) {
      this.keep(open, plan);
      return;
    }
    offered?.stop();
    // A stand-in sends on until the chosen device is open. But many cameras cannot be opened twice.
    if (!quiet || this.hasMoved()) this.drop();
    const work = this.ask(plan);
    try {
      const track = await withOpenTimeout(work, this.permitted());
      if (turn === this.turn) this.keep(track, plan);
      else track?.stop();
    } catch (error) {
      this.fail(error, turn);
      if (error instanceof DeviceHung) this.awaitLate(work, turn, plan);
    }
  }

  private async ask(plan: Exclude<Plan, string>): Promise<MediaStreamTrack | null> {
    const device = plan.id === undefined ? {} : { deviceId: { exact: plan.id } };
    const wanted = { ...this.context.constraints(), ...device };
    const stream = await this.context.ask(this.kind === "camera" ? { video: wanted } : { audio: wanted });
    return stream.getTracks()[0] ?? null;
  }

  /** A device may answer after the timeout: its track is then used, or stopped if outdated. */
  private awaitLate(work: Promise<MediaStreamTrack | null>, turn: number, plan: Exclude<Plan, string>): void {
    work.then(
      (track) => {
        if (turn === this.turn) this.keep(track, plan);
        else track?.stop();
      },
      (error) => this.fail(error, turn),
    );
  }

  /** The request of this turn has failed. A stand-in may still be open. */
  private fail(error: unknown, turn: number): void {
    if (turn !== this.turn || this.track.value) return;
    this.result.value = faultOf(error);
    const isListed = (this.devices.value?.length ?? 0) > 0;
    this.blockedBySystem.value = systemBlock(error, this.context.userAgent, isListed);
  }

  private keep(track: MediaStreamTrack | null, plan: Exclude<Plan, string>): void {
    if (track !== this.track.value) {
      this.drop();
      if (track) this.watch(track);
      this.track.value = track;
      this.openedAt = performance.now();
      this.listed = this.listedNow();
    }
    this.result.value = track ? plan.status : "failed";
    if (track && plan.status === "works") {
      this.wasThere = true;
      this.meanwhile = false;
    }
  }

  private watch(track: MediaStreamTrack): void {
    this.interrupt(track.muted);
    track.onmute = () => this.interrupt(true);
    track.onunmute = () => {
      const lasted = performance.now() - this.interruptedAt;
      this.interrupt(false);
      if (reopensUnmuted({ kind: this.kind, lasted, isIos: this.context.isIos }))
        void this.open({ fresh: true, quiet: true });
    };
    track.onended = () => {
      this.drop();
      this.result.value = "lost";
      if (performance.now() - this.openedAt > REOPEN_GUARD_MS) this.context.lost();
    };
  }

  private interrupt(isMuted: boolean): void {
    if (isMuted && !this.interrupted.value) this.interruptedAt = performance.now();
    this.interrupted.value = isMuted;
  }

  private drop(): void {
    const track = this.track.value;
    if (!track) return;
    track.onended = track.onmute = track.onunmute = null;
    track.stop();
    this.track.value = null;
    this.interrupted.value = false;
  }

  private plan(): Plan {
    return planFor(this.context.chosen(), this.devices.value, this.context.standsIn || this.meanwhile);
  }

  private meaning(): ReturnType<typeof match> | null {
    const chosen = this.context.chosen();
    return chosen === null || chosen.id === NONE ? null : match(chosen, this.devices.value);
  }

  /** Whether this track is of the planned device. */
  private fits(track: MediaStreamTrack, plan: Plan): boolean {
    if (typeof plan === "string" || track.readyState === "ended") return false;
    const { deviceId } = track.getSettings();
    return plan.id === undefined || deviceId === undefined || deviceId === plan.id;
  }

  private listedNow(): Device | undefined {
    const id = this.track.value?.getSettings().deviceId;
    return this.devices.value?.find((device) => device.id === id);
  }

  /** The open device is not listed any more, though its track has not ended. */
  private hasGone(): boolean {
    const isNamed = haveLabels(this.devices.value ?? []);
    const isAlone = this.devices.value?.length === 0;
    return this.listed !== undefined && (isNamed || isAlone) && this.listedNow() === undefined;
  }

  /** The system default is another device by now. */
  private hasMoved(): boolean {
    const now = this.listedNow();
    return this.listed !== undefined && now !== undefined && now.group !== this.listed.group;
  }

  private permitted(): Promise<void> {
    return haveLabels(this.devices.value ?? []) ? Promise.resolve() : this.context.permitted();
  }
}

interface OpenOptions {
  offered?: MediaStreamTrack | null;
  fresh?: boolean;
  /** Do not show `opening`: the old fault stays until the attempt succeeds. */
  quiet?: boolean;
}
