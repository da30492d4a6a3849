/**
 * What an interpreter hears: the floor or a relay with a tone control, the partner, talkback, and a limiter over all.
 *
 * The settings are remembered on this computer: a level that jumps between two sessions hurts.
 */

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Devices } from "../devices";
import { limiter } from "./limiter";
import { gainOf, type Mix, underTalkback } from "./mix";
import type { Chains } from "./mixer";
import type { OutputPlans } from "./pagesound";
import { MAX_TONE_DB, toneControl } from "./tone";

/** The range of both volumes in dB; below it is off. Above 0 for a quiet hall: the limiter comes after it. */
export const MIN_VOLUME_DB = -40;
export const MAX_VOLUME_DB = 12;
/** One press of a key changes a volume by so much, in dB. */
export const VOLUME_STEP_DB = 2;
const KEY = "schalte.booth-sound";

/** Levels in dB. */
export interface BoothLevels {
  floor: number;
  partner: number;
  bass: number;
  treble: number;
}

const DEFAULTS: BoothLevels = { floor: 0, partner: -6, bass: 0, treble: 0 };

/** Who is heard now. */
export interface BoothHearing {
  /** The booth hears another channel instead of the floor. */
  isOnRelay: boolean;
  /** This seat is closed, and its partner's is open. */
  hearsPartner: boolean;
  isTalkedTo: boolean;
}

/** The gain of a volume in dB; 0 at the lower end. */
function volume(db: number): number {
  return db <= MIN_VOLUME_DB ? 0 : db <= 0 ? gainOf(db) : 10 ** (db / 20);
}

/** The mix of an interpreter's headphones. */
export function boothMix(hearing: BoothHearing, levels: Pick<BoothLevels, "floor" | "partner">): Mix {
  const floor = volume(levels.floor);
  const heard: Mix = {
    floor: hearing.isOnRelay ? 0 : floor,
    interpretation: hearing.isOnRelay ? floor : 0,
    partner: hearing.hearsPartner ? volume(levels.partner) : 0,
    talkback: 1,
  };
  return underTalkback(heard, hearing.isTalkedTo);
}

/** `levels` with each value within its range. */
export function withinRange(levels: Partial<BoothLevels>): BoothLevels {
  const within = (value: unknown, otherwise: number, least: number, most: number): number =>
    typeof value === "number" && Number.isFinite(value) ? Math.min(most, Math.max(least, value)) : otherwise;
  return {
    floor: within(levels.floor, DEFAULTS.floor, MIN_VOLUME_DB, MAX_VOLUME_DB),
    partner: within(levels.partner, DEFAULTS.partner, MIN_VOLUME_DB, MAX_VOLUME_DB),
    bass: within(levels.bass, DEFAULTS.bass, -MAX_TONE_DB, MAX_TONE_DB),
    treble: within(levels.treble, DEFAULTS.treble, -MAX_TONE_DB, MAX_TONE_DB),
  };
}

export class BoothSound {
  readonly levels = signal<BoothLevels>(DEFAULTS);
  private readonly chains: Chains;

  constructor(private readonly storage: Storage | undefined) {
    this.levels.value = withinRange(read(storage));
    const tone = toneControl(computed(() => this.levels.value));
    this.chains = { floor: tone, interpretation: tone, all: limiter };
  }

  set(part: Partial<BoothLevels>): void {
    this.levels.value = withinRange({ ...this.levels.peek(), ...part });
    try {
      this.storage?.setItem(KEY, JSON.stringify(this.levels.peek()));
    } catch {
      // Storage is switched off: the levels last as long as the page.
    }
  }

  /** The output plans of the page. */
  plans(hearing: ReadonlySignal<BoothHearing>, { speaker }: Devices): ReadonlySignal<OutputPlans> {
    return computed(() => ({
      main: { mix: boothMix(hearing.value, this.levels.value), device: speaker, chains: this.chains },
    }));
  }
}

function read(storage: Storage | undefined): Partial<BoothLevels> {
  try {
    return JSON.parse(storage?.getItem(KEY) ?? "{}") as Partial<BoothLevels>;
  } catch {
    return {}; // Storage is switched off or holds something else
  }
}
