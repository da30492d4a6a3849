/**
 * The seat of this page: its microphone switch, cough key, hand-over and channel.
 *
 * Switching on waits for the server: the page never says ON AIR by itself. Switching off acts here at once, and the
 * server follows: nobody is heard who believes to be off.
 */

import { computed, effect, signal, untracked } from "@preact/signals";
import { type CommandBody, command, known, online, onWelcome, state, welcome } from "../../link/session";
import type { PageMedia } from "../../media/pagemedia";
import { toastRefusal } from "../../parts/toasts";
import {
  boothDoc,
  handoverOf,
  partnerOf,
  type SwitchState,
  seatDoc,
  seatName,
  switchState,
} from "../../show/booth";
import type { BoothDoc } from "../../wire";

/** A press that is not answered by then says so. */
export const ANSWER_EXPECTED_MS = 1_000;
const NOBODY: BoothDoc = { to: null, output: null, relay: null, seats: {}, asks: null, handover_ends: null };

/** Show the refusal of a command that failed. */
export function send(body: CommandBody): Promise<boolean> {
  return command(body).then(
    () => true,
    (error) => {
      toastRefusal(error);
      return false;
    },
  );
}

export class SeatControl {
  readonly booth = welcome.value?.id ?? "";
  readonly seat = computed(() => seatName(this.media.source.value ?? ""));
  readonly doc = computed(() => (state.value ? boothDoc(state.value, this.booth) : NOBODY));
  readonly own = computed(() => seatDoc(this.doc.value, this.seat.value));
  readonly partner = computed(() => partnerOf(this.doc.value, this.seat.value));
  readonly partnerIsOn = computed(() => {
    const partner = this.partner.value;
    return partner !== null && seatDoc(this.doc.value, partner).open;
  });
  readonly handover = computed(() => handoverOf(this.doc.value, this.seat.value));
  /** The cough key is held down. */
  readonly coughs = signal(false);
  /** Switched off here; cleared once the server has switched off, too. */
  readonly closes = signal(false);
  /** The last press of the switch has not been answered. */
  readonly waits = signal(false);
  /** It should have been answered by now. */
  readonly isLate = signal(false);
  /** Muted by this page. Talkback mutes as well, by itself. */
  readonly mutes = computed(() => this.coughs.value || this.closes.value);
  /** Null while nothing is known yet. */
  readonly now = computed<SwitchState | null>(() => {
    const { microphone } = this.media.devices;
    return (
      state.value &&
      switchState(state.value, this.booth, this.seat.value, {
        works: microphone.track.value !== null && microphone.status.value !== "interrupted",
        isElsewhere: this.media.isFedElsewhere.value,
        muted: this.mutes.value || this.media.talkback.silencesProgramme.value,
      })
    );
  });
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly media: PageMedia) {
    effect(() => {
      media.muted.value = this.mutes.value;
    });
    effect(() => {
      if (!this.own.value.open && known.value) this.closes.value = false;
    });
    // The server may not have received that this seat was switched off.
    onWelcome(() => this.closes.peek() && this.own.peek().open && void this.switch(false));
  }

  /** Press the switch. A page that another one replaced must not switch that one off. */
  toggle(): void {
    if (this.media.isFedElsewhere.peek()) return;
    if (this.waits.peek() && !this.isLate.peek()) return;
    void this.switch(this.closes.peek() ? false : !this.own.peek().open);
  }

  /** Switch the microphone on or off. */
  async switch(open: boolean): Promise<void> {
    if (open && !online.peek()) {
      this.late();
      return;
    }
    if (!open) this.closes.value = true;
    await this.interpret(open, this.doc.peek().to);
  }

  /** Speak into this channel from now on; null: by the floor's language. */
  async into(channel: string | null): Promise<void> {
    await this.interpret(this.own.peek().open && !this.closes.peek(), channel);
  }

  /** Ask the other seat to take over, or stop asking; a seat that is asked, or closed, takes over. */
  async handOver(): Promise<void> {
    const { kind } = this.handover.peek();
    if (kind === "both") return;
    if (kind === "asking") await this.ask(this.seat.peek(), false);
    else if (this.own.peek().open && this.partner.peek() !== null) await this.ask(this.seat.peek(), true);
    else if (!this.own.peek().open && this.partnerIsOn.peek()) await this.switch(true);
  }

  /** The seat that is asked does not take over now. */
  async decline(): Promise<void> {
    const handover = this.handover.peek();
    if (handover.kind === "asked") await this.ask(handover.by, false);
  }

  private async ask(seat: string, ask: boolean): Promise<void> {
    await send({ type: "handover", booth: this.booth, seat, ask });
  }

  private async interpret(open: boolean, to: string | null): Promise<void> {
    clearTimeout(this.timer);
    this.waits.value = true;
    this.isLate.value = false;
    const timer = setTimeout(() => this.late(), ANSWER_EXPECTED_MS);
    this.timer = timer;
    await send({ type: "interpret", booth: this.booth, seat: this.seat.peek(), open, to });
    if (this.timer !== timer) return; // there was another press since
    clearTimeout(timer);
    untracked(() => {
      this.waits.value = this.isLate.value = false;
    });
  }

  private late(): void {
    this.isLate.value = true;
  }
}
