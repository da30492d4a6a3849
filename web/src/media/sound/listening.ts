/** What this page listens to: the channel and the level of the floor under it, remembered on this computer. */

import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { state } from "../../link/session";
import { type ChannelStatus, channelFor, channelStatus } from "../../show/channels";
import { DEFAULT_UNDER_DB, gainOf, MIN_PROGRAMME_DB } from "./mix";

const UNDER_KEY = "schalte.floor-level";
const VOLUME_KEY = "schalte.programme-level";

/** A channel chosen by a person; undefined: nobody has chosen yet. */
type ChosenChannel = string | null | undefined;

export class Listening {
  /** The channel that this page listens to; null is the floor. */
  readonly channel: ReadonlySignal<string | null>;
  readonly status: ReadonlySignal<ChannelStatus>;
  /** The level of the floor under an interpretation in dB. */
  readonly underDb: Signal<number>;
  /** The same as a gain. */
  readonly under = computed(() => gainOf(this.underDb.value));
  /** The volume of the programme in dB; 0 is as it comes. */
  readonly volumeDb: Signal<number>;
  /** The same as a gain. */
  readonly volume = computed(() => gainOf(this.volumeDb.value));
  /** The programme is not played; talkback is. Forgotten with the page. */
  readonly isPaused = signal(false);
  private readonly chosen = signal<ChosenChannel>(undefined);
  /** The key of the stored channel. Per event: another one has other languages. */
  private readonly key = computed(() => `schalte.channel.${state.value?.event.title ?? ""}`);
  private readonly remembered = computed<ChosenChannel>(() => {
    const stored = read(this.storage, this.key.value);
    return stored === null ? undefined : stored === "" ? null : stored;
  });

  /** `proposed`: the language of the channel to begin with; null: the floor. */
  constructor(
    private readonly storage: Storage | undefined,
    proposed: () => string | null,
  ) {
    this.underDb = signal(Number(read(storage, UNDER_KEY) ?? DEFAULT_UNDER_DB));
    this.volumeDb = signal(withinVolumes(Number(read(storage, VOLUME_KEY))));
    this.channel = computed(() => {
      const languages = state.value?.event.languages ?? [];
      const chosen = this.chosen.value === undefined ? this.remembered.value : this.chosen.value;
      if (chosen === null || languages.length === 0) return null;
      return (chosen !== undefined && channelFor(languages, chosen)) || channelFor(languages, proposed());
    });
    this.status = computed(() =>
      state.value ? channelStatus(state.value, this.channel.value) : { kind: "floor" },
    );
  }

  /** Listen to this channel from now on; null is the floor. */
  choose(channel: string | null): void {
    this.chosen.value = channel;
    write(this.storage, this.key.peek(), channel ?? "");
  }

  /** Set the level of the floor under an interpretation. */
  setUnder(db: number): void {
    this.underDb.value = db;
    write(this.storage, UNDER_KEY, String(db));
  }

  /** Set the volume of the programme. */
  setVolume(db: number): void {
    this.volumeDb.value = withinVolumes(db);
    write(this.storage, VOLUME_KEY, String(this.volumeDb.peek()));
  }
}

function withinVolumes(db: number): number {
  return Number.isFinite(db) ? Math.min(0, Math.max(MIN_PROGRAMME_DB, db)) : 0;
}

function read(storage: Storage | undefined, key: string): string | null {
  try {
    return storage?.getItem(key) ?? null;
  } catch {
    return null;
  }
}

function write(storage: Storage | undefined, key: string, value: string): void {
  try {
    storage?.setItem(key, value);
  } catch {
    // Storage is switched off: the choice lasts as long as the page.
  }
}
