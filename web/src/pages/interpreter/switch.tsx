/** The microphone switch: the largest thing on the page. Its state has a colour, a word, a shape and a reason. */

import { known, state } from "../../link/session";
import { ignoreRepeat } from "../../parts/button";
import { MicSign } from "../../parts/mic";
import { width } from "../../parts/tally";
import type { SwitchState } from "../../show/booth";
import { boothName } from "../../show/channels";
import { nameOfLanguage, texts } from "../../texts";
import { KEYS } from "./keys";
import type { SeatControl } from "./seatcontrol";

export function Switch({ control }: { control: SeatControl }) {
  const t = texts.value.interpreter;
  const now = control.now.value;
  if (!now) return <div class="console-switch" />;
  const look = known.value ? now.kind : "unknown";
  const word = t.switches[now.kind];
  const text = known.value ? word : texts.value.lastKnown(word);
  const takesOver = now.kind === "off" && control.partnerIsOn.value;
  const isOn = control.own.value.open;
  const action = isOn ? t.turnOff : takesOver ? t.takeOver : t.turnOn;
  return (
    <button
      type="button"
      class={`console-switch ${look} ${group(now)}`}
      data-testid="console-switch"
      data-state={now.kind}
      data-known={known.value ? "yes" : "no"}
      aria-pressed={isOn}
      onClick={() => control.toggle()}
      onKeyDown={ignoreRepeat}
    >
      <span class="console-switch-word" style={{ "--chars": width(text) }}>
        <span class="unseen">{`${t.microphone}: `}</span>
        <span class="console-mark" aria-hidden="true" />
        {text}
      </span>
      <span class="console-switch-why">{why(now, control)}</span>
      <span class="console-switch-action" data-testid="switch-action">
        {control.isLate.value && <strong data-testid="switch-late">{t.noAnswerYet}</strong>}
        {!control.isLate.value && now.kind !== "elsewhere" && (
          <>
            <MicSign mic={isOn ? "open" : "closed"} /> {action} <kbd>{KEYS.switch}</kbd>
          </>
        )}
      </span>
    </button>
  );
}

/** Three looks besides on air, muted and off: open, but nobody hears it. */
function group({ kind }: SwitchState): string {
  return kind === "off" || kind === "on-air" || kind === "muted" ? "" : "unheard";
}

/** Where the sound goes, or why it goes nowhere. */
function why(now: SwitchState, control: SeatControl): string {
  const t = texts.value.interpreter;
  if (!known.value) return t.offline;
  switch (now.kind) {
    case "on-air":
      return t.into(nameOfLanguage(now.channel));
    case "off":
      return control.partnerIsOn.value ? t.partnerSpeaks(control.partner.value ?? "") : t.nobodySpeaks;
    case "muted":
      if (control.coughs.value) return t.coughHint;
      return control.media.talkback.silencesProgramme.value ? t.talkHint : t.closingHint;
    case "floor":
      return t.why.floor(nameOfLanguage(now.channel));
    case "other-booth":
      return t.why["other-booth"](state.value ? boothName(state.value, now.booth) : now.booth);
    default:
      return t.why[now.kind];
  }
}
