/**
 * A chosen output device.
 *
 * For the loudspeakers the system's default device stands in for a chosen one that is missing, and the page says so:
 * silence in a hall is worse than sound from a laptop. Nothing stands in for the other outputs: interpretation and
 * talkback must not come out of the loudspeakers of a hall.
 */

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { type Device, type DevicePick, match } from "../picks";

export class OutputDevice {
  /** For `setSinkId`; empty is the system default, null no device. */
  readonly sink = computed(() => this.output().sink);
  /** The chosen device while it cannot be used, else null. */
  readonly away = computed(() => this.output().away);
  /** The id of the device that the browser refused to play on. */
  private readonly refused = signal<string | null>(null);

  /** `otherwise`: the device where none is chosen, or the chosen one is missing. */
  constructor(
    readonly devices: ReadonlySignal<readonly Device[] | null>,
    private readonly chosen: () => DevicePick | null,
    private readonly otherwise: "" | null,
  ) {}

  refuse(id: string): void {
    this.refused.value = id;
  }

  /** Try a refused device again, after a change. */
  retry(): void {
    this.refused.value = null;
  }

  private output(): { sink: string | null; away: DevicePick | null } {
    const pick = this.chosen();
    const none = { sink: this.otherwise, away: pick };
    if (pick === null) return none;
    const found = match(pick, this.devices.value);
    if (found === "gone" || found === "unclear") return none;
    const id = found === "unknown" ? pick.id : found.id;
    return this.refused.value === id ? none : { sink: id, away: null };
  }
}
