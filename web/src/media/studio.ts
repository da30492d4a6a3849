/** All media of this page: the call and the devices, joined. */

import { effect, signal, untracked } from "@preact/signals";
import { doubt, leave, offer, online, onWelcome } from "../link/session";
import { views } from "../show/views";
import type { Welcome } from "../wire";
import { Call } from "./call";
import { Devices } from "./devices";
import { wake } from "./level";

export class Studio {
  readonly call = new Call({ offer, leave, doubt, ready: () => online.value });
  readonly devices: Devices;
  /** The input of this place that this page feeds; null for those who only look on. */
  readonly source = signal<string | null>(null);
  /** This page has joined, or means to as soon as it can. */
  readonly joined = signal(false);
  /** Muted by the person in front of it. The show has microphones of its own to open and close. */
  readonly muted = signal(false);
  private readonly key: string;

  constructor(welcome: Welcome) {
    this.key = `schalte.${welcome.role}.${welcome.id}`;
    this.devices = new Devices(`${this.key}.devices`);
    const kept = read(`${this.key}.source`);
    this.source.value = welcome.sources.find((source) => source === kept) ?? welcome.sources[0] ?? null;
    const { camera, microphone } = this.devices.tracks;
    effect(() => void this.call.send("video", camera.value));
    effect(() => {
      if (microphone.value) microphone.value.enabled = !this.muted.value;
      void this.call.send("audio", microphone.value);
    });
    onWelcome((heard, before) => {
      if (heard.peer !== before?.peer) this.call.renew();
      else this.call.mend();
    });
    // Another input of this place, or a source more to be seen in small, takes a new connection.
    effect(() => {
      const part = { source: this.source.value, views: views.value };
      if (this.joined.value) untracked(() => this.call.join(part));
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

  /** Feed another input of this place. */
  feed(source: string): void {
    this.source.value = source;
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
