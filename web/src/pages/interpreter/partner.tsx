/** The other seat, and the hand-over. */

import { now } from "../../link/session";
import { Button } from "../../parts/button";
import { said, saidAtOnce } from "../../parts/said";
import { HANDOVER_MS, seatDoc } from "../../show/booth";
import { texts } from "../../texts";
import { KEYS } from "./keys";
import type { SeatControl } from "./seatcontrol";

/** Who sits in the other seat. */
export function Partner({ control }: { control: SeatControl }) {
  const t = texts.value.interpreter;
  const name = control.partner.value;
  const seat = name === null ? null : seatDoc(control.doc.value, name);
  const look = seat === null || seat.state !== "live" ? "away" : seat.open ? "open" : "live";
  return (
    <div class={`console-partner ${look}`} data-testid="partner" data-state={look}>
      <span data-testid="own-seat">
        <span class="muted">{t.you}</span> <strong>{control.seat.value}</strong>
      </span>
      <span>
        <span class="muted">{name === null ? t.partner : ""}</span> <strong>{name}</strong>{" "}
        <span class="console-partner-state">{t.partnerStates[look]}</span>
      </span>
    </div>
  );
}

/** The button beside the cough key: ask, withdraw, or take over. */
export function HandoverButton({ control }: { control: SeatControl }) {
  const t = texts.value.interpreter;
  const { kind } = control.handover.value;
  const isOn = control.own.value.open;
  const partner = control.partner.value;
  const takesOver = !isOn && control.partnerIsOn.value;
  const blocked =
    kind === "both"
      ? t.bothOn
      : partner === null
        ? t.handoverAlone
        : isOn || takesOver
          ? null
          : t.handoverOff;
  return (
    <Button
      testid="handover-button"
      class={kind === "asking" ? "chosen" : ""}
      hint={t.handoverHint}
      blocked={blocked}
      press={() => void control.handOver()}
    >
      {kind === "asking" ? t.withdraw : takesOver ? t.takeOver : t.handover} <kbd>{KEYS.handover}</kbd>
    </Button>
  );
}

/** Large over the picture: somebody asks, somebody is asked, or both are heard. */
export function HandoverNote({ control }: { control: SeatControl }) {
  const t = texts.value.interpreter;
  const handover = control.handover.value;
  switch (handover.kind) {
    case "none":
      return null;
    case "asking":
      return (
        <div class="console-note" {...said} data-testid="handover-asking">
          <strong>{t.asking(control.partner.value ?? "")}</strong>
        </div>
      );
    case "asked":
      return (
        <div class="console-note asked" {...saidAtOnce} data-testid="handover-asked">
          <strong>{t.asks(handover.by)}</strong>
          <div class="console-note-buttons">
            <Button testid="accept-button" class="primary" press={() => void control.switch(true)}>
              {t.accept} <kbd>{KEYS.switch}</kbd>
            </Button>
            <Button testid="later-button" press={() => void control.decline()}>
              {t.later} <kbd>{KEYS.later}</kbd>
            </Button>
          </div>
        </div>
      );
    case "both": {
      const left = Math.max(0, Math.min(HANDOVER_MS, handover.ends - now.value));
      const seconds = Math.ceil(left / 1_000);
      return (
        <div class="console-note both" data-testid="handover-both">
          <strong {...saidAtOnce}>{t.bothOn}</strong>
          <span class="console-note-count tabular" data-testid="handover-count">
            {seconds}
          </span>
          <span>{handover.older ? t.youGoOff(seconds) : t.partnerGoesOff(handover.partner, seconds)}</span>
          <span class="console-note-bar" aria-hidden="true">
            <span style={{ transform: `scaleX(${left / HANDOVER_MS})` }} />
          </span>
        </div>
      );
    }
  }
}
