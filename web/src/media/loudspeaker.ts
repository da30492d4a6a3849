/**
 * Where the sound of this page goes. The machine's own loudspeaker always stands in for a chosen one that is away, and
 * the page says so: a hall that hears nothing is worse than one that hears a laptop.
 */

import { computed, signal } from "@preact/signals";
import { type Device, match, type Pick } from "./picks";

export class Loudspeaker {
  /** Null while the browser has not said. */
  readonly devices = signal<readonly Device[] | null>(null);
  /** The id to play on; empty is the machine's own choice. */
  readonly sink = computed(() => this.goes().sink);
  /** The chosen loudspeaker, if the sound cannot go there. */
  readonly away = computed(() => this.goes().away);
  /** The browser would not play on this one. */
  private readonly refused = signal<string | null>(null);

  constructor(private readonly chosen: () => Pick | null) {}

  refuse(id: string): void {
    this.refused.value = id;
  }

  /** Something has changed, and what was refused may be possible now. */
  retry(): void {
    this.refused.value = null;
  }

  private goes(): { sink: string; away: Pick | null } {
    const pick = this.chosen();
    if (pick === null) return { sink: "", away: null };
    const found = match(pick, this.devices.value);
    if (found === "gone" || found === "unclear") return { sink: "", away: pick };
    const id = found === "unknown" ? pick.id : found.id;
    return this.refused.value === id ? { sink: "", away: pick } : { sink: id, away: null };
  }
}
