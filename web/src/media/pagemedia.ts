/** All media of this page: the call and the devices, joined. */

import { batch, computed, effect, signal, untracked } from "@preact/signals";
import { Refusal } from "../link/pending";
import { doubt, leave, offer, onAdmission, online, onWelcome, state, tell } from "../link/session";
import { views } from "../show/views";
import type { Admission, Welcome } from "../wire";
import { Call } from "./call";
import { ConditionReporter, conditionOf } from "./condition";
import { Devices, ownBrowser } from "./devices";
import { wake } from "./level";

/** The server changes over within this; until then a page that was replaced sends on. */
const CHANGE_OVER = 2_500;
/** A page that waited asks again so long after it lost the server: after a restart the one that fed comes first. */
const ASK_AGAIN = 3_000;

/** How this page stands beside another one that feeds, or wants to feed, its source. */
export interface Standing {
  status: Exclude<Admission["status"], "admitted">;
  by: Admission["by"];
}

export class PageMedia {
  readonly call = new Call({
    offer: (sdp, source) => offer(sdp, source).catch((error) => this.refused(error)),
    leave,
    doubt,
    ready: () => online.value,
  });
  readonly devices: Devices;
  /** The input of this place that this page feeds; null for those who only look on. */
  readonly source = signal<string | null>(null);
  /** This page has joined, or means to as soon as it can. */
  readonly joined = signal(false);
  /** Muted by the person in front of it. The show has microphones of its own to open and close. */
  readonly muted = signal(false);
  /** Null while no other page matters. */
  readonly standing = signal<Standing | null>(null);
  /** The source that this page feeds, or offers to; null while it waits for another page or was replaced by one. */
  readonly feeding = computed(() =>
    this.standing.value === null || this.standing.value.status === "contested" ? this.source.value : null,
  );
  /** Another page feeds the source of this one. */
  readonly isFedElsewhere = computed(() => this.feeding.value !== this.source.value);
  /** How the devices of this page stand, for the desk. */
  readonly condition = computed(() =>
    conditionOf(this.devices.camera.status.value, this.devices.microphone.status.value, this.muted.value),
  );
  private readonly key: string;

  constructor(welcome: Welcome) {
    this.key = `schalte.${welcome.role}.${welcome.id}`;
    this.devices = new Devices(ownBrowser(), {
      key: `${this.key}.devices`,
      isGuest: welcome.role === "guest",
    });
    const kept = read(`${this.key}.source`);
    this.source.value = welcome.sources.find((source) => source === kept) ?? welcome.sources[0] ?? null;
    const { camera, microphone } = this.devices.tracks;
    effect(() => void this.call.send("video", camera.value));
    effect(() => {
      if (microphone.value) microphone.value.enabled = !this.muted.value;
      void this.call.send("audio", microphone.value);
    });
    const teller = new ConditionReporter(tell);
    if (this.source.value !== null) {
      effect(() => {
        const condition = this.condition.value;
        untracked(() => teller.note(condition));
      });
      onWelcome(() => teller.welcomed());
    }
    onWelcome((heard, before) => {
      if (heard.peer !== before?.peer) this.call.renew();
      else this.call.mend();
      // Who waits or contests is told anew.
      if (this.standing.value?.status === "contested") this.standing.value = null;
      if (before && this.standing.value?.status === "waiting") setTimeout(() => this.ask(), ASK_AGAIN);
    });
    onAdmission(({ status, source, by }) => {
      if (source !== this.source.value) return;
      this.standing.value = status === "admitted" ? null : { status, by };
    });
    // Another input of this place, or a source more to be seen in small, takes a new connection.
    effect(() => {
      const part = { source: this.feeding.value, views: views.value };
      if (!this.joined.value) return;
      const replaced = untracked(() => this.standing.value?.status === "replaced");
      untracked(() => this.call.join(part, replaced ? CHANGE_OVER : 0));
    });
    // A receiver has not the codec that this page sends in, or the last such has gone.
    effect(() => {
      const source = this.feeding.value;
      const wanted = source === null ? null : (state.value?.sources[source]?.codec_wanted ?? null);
      untracked(() => void this.call.prefer(wanted));
    });
    addEventListener("pagehide", () => this.call.close());
  }

  /** Whether this tab had joined before it was reloaded. */
  get joinedBefore(): boolean {
    return read(`${this.key}.joined`) === "yes";
  }

  /** Join with what the link permits. Best called in a gesture, since browsers then permit sound. */
  enter(): void {
    wake();
    this.joined.value = true;
    write(`${this.key}.joined`, "yes");
  }

  /** Offer the source although another page feeds it: one of this browser gives way, for another the desk decides. */
  takeOver(): void {
    this.standing.value = null;
  }

  private ask(): void {
    if (this.standing.value?.status === "waiting") this.takeOver();
  }

  private refused(error: unknown): never {
    const code = error instanceof Refusal ? error.problem.code : null;
    // Without the source, the programme is to be seen meanwhile.
    if (code === "waiting" && this.feeding.value !== null)
      this.standing.value = { status: "waiting", by: "machine" };
    throw error;
  }

  /** Feed another input of this place. */
  feed(source: string): void {
    batch(() => {
      this.standing.value = null;
      this.source.value = source;
    });
    write(`${this.key}.source`, source);
  }
}

// Kept for the tab, not for the machine: two tabs of one machine may feed two inputs of one hall.

function read(key: string): string | null {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string): void {
  try {
    sessionStorage.setItem(key, value);
  } catch {
    // Storage is switched off: after a reload the person has to choose again.
  }
}
