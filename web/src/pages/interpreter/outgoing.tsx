/** From which language into which channel the booth interprets, and the choice of the channel by hand. */

import { known, state } from "../../link/session";
import { Button } from "../../parts/button";
import { boothPlan, directionOf, listenersOf } from "../../show/booth";
import { boothName } from "../../show/channels";
import { nameOfLanguage, texts } from "../../texts";
import { KEYS } from "./keys";
import type { SeatControl } from "./seatcontrol";

export function Outgoing({ control }: { control: SeatControl }) {
  const t = texts.value.interpreter;
  const show = state.value;
  if (!show) return null;
  const { from, into, relay, byHand } = directionOf(show, control.booth);
  const languages = boothPlan(show, control.booth)?.languages ?? [];
  const listeners = listenersOf(show, control.booth);
  const hears =
    relay === null
      ? t.youHearFloor(nameOfLanguage(from))
      : t.youHearRelay(nameOfLanguage(from), boothName(show, relay));
  return (
    <section class="console-outgoing" aria-label={t.channel}>
      <div class={`console-direction${known.value ? "" : " unknown"}`} data-testid="direction">
        <span lang={from}>{nameOfLanguage(from)}</span>
        <span class="console-arrow" aria-hidden="true">
          →
        </span>
        <span class="console-into" lang={into ?? undefined}>
          {into === null ? t.noChannel : nameOfLanguage(into)}
        </span>
      </div>
      <div class="console-hears">
        <span class={relay === null ? "muted" : "console-relay"} data-testid="hears">
          {hears}
        </span>
        <span class="tabular" data-testid="listeners">
          {t.listeners(listeners.count)}
          {listeners.where && <span class="muted"> {listeners.where}</span>}
        </span>
      </div>
      <div class="console-channels">
        {languages.map((channel, n) => (
          <Button
            key={channel}
            testid={`channel-${channel}`}
            class={byHand && show.booths[control.booth]?.to === channel ? "chosen" : ""}
            pressed={show.booths[control.booth]?.to === channel}
            press={() => void control.into(channel)}
          >
            <span lang={channel}>{nameOfLanguage(channel)}</span>{" "}
            <kbd>{n === 0 ? KEYS.channelA : KEYS.channelB}</kbd>
          </Button>
        ))}
        <Button
          testid="channel-auto"
          class={byHand ? "" : "chosen"}
          pressed={!byHand}
          hint={t.byItselfHint}
          press={() => void control.into(null)}
        >
          {t.byItself} <kbd>{KEYS.auto}</kbd>
        </Button>
      </div>
    </section>
  );
}
