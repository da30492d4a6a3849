/** One camera or microphone: opened one call at a time, watched while it runs, taken again when it comes back. */

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { answered, Hung } from "./opening";
import {
  areNamed,
  behind,
  type Device,
  type Fault,
  faultOf,
  type Kind,
  match,
  NONE,
  type Pick,
  type Plan,
  planFor,
  type Status,
  standInOf,
} from "./picks";

/** What an input needs of the page around it. */
export interface Surroundings {
  ask: (constraints: MediaStreamConstraints) => Promise<MediaStream>;
  chosen: () => Pick | null;
  constraints: () => MediaTrackConstraints;
  /** Resolves once the browser does not ask the person any more. */
  permitted: () => Promise<void>;
  /** Whether another device may take the place of a chosen one without anybody asking for it. */
  standsIn: boolean;
  /** The device went by itself: look what there is now. */
  lost: () => void;
}

/** A device that goes again so soon after it was opened is left to the next look, so that nothing spins. */
const SOON_MS = 5_000;
const FAULTS: readonly Status[] = ["denied", "missing", "busy", "lost", "hung", "insecure", "failed"];
/** Looking again may help with these, though no event may say so. */
const PASSING: readonly Status[] = ["missing", "lost", "busy", "failed", "stand-in"];

export class Input {
  /** Null while the browser has not said. */
  readonly devices = signal<readonly Device[] | null>(null);
  readonly track = signal<MediaStreamTrack | null>(null);
  readonly status: ReadonlySignal<Status>;
  readonly fault: ReadonlySignal<Fault | null>;
  /** Several devices have the name of the chosen one, and none its id. */
  readonly isUnclear = computed(() => this.meaning() === "unclear");
  /** What could be used while the chosen one is away; null where it is there, or something stands in by itself. */
  readonly offer = computed(() => {
    const chosen = this.around.chosen();
    const meaning = this.meaning();
    const isAway = meaning === "gone" || meaning === "unclear";
    return chosen && isAway && !this.track.value ? standInOf(chosen, this.devices.value) : null;
  });

  private readonly result = signal<Status>("opening");
  /** The system has muted the track, as it does during a phone call. */
  private readonly interrupted = signal(false);
  /** Somebody said that another device may be used until the chosen one is back. */
  private meanwhile = false;
  /** The chosen device has been open before. */
  private wasThere = false;
  private openedAt = 0;
  /** How the open device was listed when it was opened. */
  private listed: Device | undefined;
  /** Counts what was asked for; what an older opening brings is not wanted any more. */
  private turn = 0;
  private running: Promise<void> | null = null;
  private offered: MediaStreamTrack | null = null;
  private fresh = false;
  private quiet = false;

  constructor(
    readonly kind: Kind,
    private readonly around: Surroundings,
  ) {
    this.status = computed(() =>
      this.track.value && this.interrupted.value ? "interrupted" : this.result.value,
    );
    this.fault = computed(() => (FAULTS.includes(this.status.value) ? (this.status.value as Fault) : null));
  }

  /** Another device was chosen. */
  choose(): Promise<void> {
    this.meanwhile = this.wasThere = false;
    return this.open();
  }

  /** What is open is not wanted any more. */
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
   * Open what is chosen. `offered` is a track that is open already and is used if it fits. `fresh`: even if the right
   * device is open it is opened anew.
   */
  open({ offered = null, fresh = false, quiet = false }: Opening = {}): Promise<void> {
    this.turn += 1;
    this.offered?.stop();
    this.offered = offered;
    this.fresh ||= fresh;
    this.quiet = quiet;
    if (!quiet && !this.track.value) this.result.value = "opening";
    // One at a time: many cameras cannot be opened twice, and of two answers the later one need not be the newer.
    this.running ??= this.run().finally(() => (this.running = null));
    return this.running;
  }

  /** Say so without asking the browser. */
  refuse(fault: Fault): void {
    this.turn += 1;
    this.drop();
    this.result.value = fault;
  }

  /** There may be other devices now: change over if something better can be opened. */
  look(): void {
    const status = this.result.value;
    if (this.running || status === "opening" || status === "insecure" || status === "denied") return;
    const track = this.track.value;
    if (track && this.hasGone()) {
      this.drop();
      this.result.value = "lost";
    } else if (track && this.fits(track, this.plan()) && !this.hasMoved()) return;
    // Without any device there is nothing to ask the browser for.
    if (this.devices.value?.length !== 0) void this.open({ quiet: true });
  }

  /** The device that is open, by its own name and not as the machine's choice. */
  current(): Device | null {
    const listed = this.listedNow();
    return listed ? behind(listed, this.devices.value ?? []) : null;
  }

  /** Whether to look again now and then. */
  get waits(): boolean {
    return PASSING.includes(this.result.value);
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
    // What stands in sends on until the chosen one is there; but many cameras cannot be opened twice.
    if (!quiet || this.hasMoved()) this.drop();
    const work = this.ask(plan);
    try {
      const track = await answered(work, this.permitted());
      if (turn === this.turn) this.keep(track, plan);
      else track?.stop();
    } catch (error) {
      if (turn === this.turn && !this.track.value) this.result.value = faultOf(error);
      if (error instanceof Hung) this.awaitLate(work, turn, plan);
    }
  }

  private async ask(plan: Exclude<Plan, string>): Promise<MediaStreamTrack | null> {
    const device = plan.id === undefined ? {} : { deviceId: { exact: plan.id } };
    const wanted = { ...this.around.constraints(), ...device };
    const stream = await this.around.ask(this.kind === "camera" ? { video: wanted } : { audio: wanted });
    return stream.getTracks()[0] ?? null;
  }

  /** A device that did not answer in time may do so later; what comes then is used, or let go. */
  private awaitLate(work: Promise<MediaStreamTrack | null>, turn: number, plan: Exclude<Plan, string>): void {
    work.then(
      (track) => {
        if (turn === this.turn) this.keep(track, plan);
        else track?.stop();
      },
      (error) => {
        if (turn === this.turn && !this.track.value) this.result.value = faultOf(error);
      },
    );
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
    this.interrupted.value = track.muted;
    track.onmute = () => (this.interrupted.value = true);
    track.onunmute = () => (this.interrupted.value = false);
    track.onended = () => {
      this.drop();
      this.result.value = "lost";
      if (performance.now() - this.openedAt > SOON_MS) this.around.lost();
    };
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
    return planFor(this.around.chosen(), this.devices.value, this.around.standsIn || this.meanwhile);
  }

  private meaning(): ReturnType<typeof match> | null {
    const chosen = this.around.chosen();
    return chosen === null || chosen.id === NONE ? null : match(chosen, this.devices.value);
  }

  /** Whether this track is of the device that is to be open. */
  private fits(track: MediaStreamTrack, plan: Plan): boolean {
    if (typeof plan === "string" || track.readyState === "ended") return false;
    const { deviceId } = track.getSettings();
    return plan.id === undefined || deviceId === undefined || deviceId === plan.id;
  }

  private listedNow(): Device | undefined {
    const id = this.track.value?.getSettings().deviceId;
    return this.devices.value?.find((device) => device.id === id);
  }

  /** The open device is not there any more, though its track has not noticed. */
  private hasGone(): boolean {
    const isNamed = areNamed(this.devices.value ?? []);
    const isAlone = this.devices.value?.length === 0;
    return this.listed !== undefined && (isNamed || isAlone) && this.listedNow() === undefined;
  }

  /** The machine's own choice is another device by now. */
  private hasMoved(): boolean {
    const now = this.listedNow();
    return this.listed !== undefined && now !== undefined && now.group !== this.listed.group;
  }

  private permitted(): Promise<void> {
    return areNamed(this.devices.value ?? []) ? Promise.resolve() : this.around.permitted();
  }
}

interface Opening {
  offered?: MediaStreamTrack | null;
  fresh?: boolean;
  /** Say nothing of the attempt: what was wrong before stays said until it is better. */
  quiet?: boolean;
}
