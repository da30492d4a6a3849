/**
 * The output device of this page's sound. The system's default output stands in for a chosen one that is missing, and
 * the page says so: silence in a hall is worse than sound from a laptop.
 */

import { computed, signal } from "@preact/signals";
import { type Device, type DevicePick, match } from "./picks";

export class Loudspeaker {
  /** Null before the first enumeration. */
  readonly devices = signal<readonly Device[] | null>(null);
  /** For `setSinkId`; empty is the system default. */
  readonly sink = computed(() => this.output().sink);
  /** The chosen loudspeaker while it cannot be used, else null. */
  readonly away = computed(() => this.output().away);
  /** The id of the device that the browser refused to play on. */
  private readonly refused = signal<string | null>(null);

  constructor(private readonly chosen: () => DevicePick | null) {}

  refuse(id: string): void {
    this.refused.value = id;
  }

  /** Try a refused device again, after a change. */
  retry(): void {
    this.refused.value = null;
  }

  private output(): { sink: string; away: DevicePick | null } {
    const pick = this.chosen();
    if (pick === null) return { sink: "", away: null };
    const found = match(pick, this.devices.value);
    if (found === "gone" || found === "unclear") return { sink: "", away: pick };
    const id = found === "unknown" ? pick.id : found.id;
    return this.refused.value === id ? { sink: "", away: pick } : { sink: id, away: null };
  }
}
