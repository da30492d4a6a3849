/** Before the booth: the seat, the headset and a check of both. */

import { type Signal, useSignal } from "@preact/signals";
import { state, welcome } from "../../link/session";
import type { PageMedia } from "../../media/pagemedia";
import { Button } from "../../parts/button";
import { Messages } from "../../parts/messages";
import { Ask } from "../../parts/setup";
import {
  boothDoc,
  boothPlan,
  cleanSeat,
  type SeatChoice,
  seatChoices,
  seatName,
  seatSource,
} from "../../show/booth";
import { texts } from "../../texts";
import { Headset } from "./headset";

/** The choice of an own name. */
const OWN = "/";

interface Properties {
  media: PageMedia;
  zone: string;
  enter: () => void;
}

export function Entrance({ media, zone, enter }: Properties) {
  const t = texts.value.interpreter;
  const { devices } = media;
  const seat = useSignal<string | null>(null);
  if (!devices.wasRequested.value || devices.isAsking.value)
    return (
      <main class="console-entrance console-ask">
        <Messages zone={zone} />
        <section>
          <h1>{t.hello(welcome.value?.name ?? "")}</h1>
          <Ask media={media} hint={t.askHint} words={t} />
        </section>
      </main>
    );
  const chosen = seat.value ?? proposal(media);
  const sit = (): void => {
    media.feed(seatSource(welcome.value?.id ?? "", chosen));
    enter();
  };
  return (
    <main class="console-entrance">
      <Messages zone={zone} />
      <section>
        <h1>{t.hello(welcome.value?.name ?? "")}</h1>
        <p class="muted">{t.enterHint}</p>
        <Seats chosen={chosen} seat={seat} />
      </section>
      <section>
        <Headset media={media} />
        <Button
          testid="enter-button"
          class="primary big"
          blocked={chosen === "" ? t.seatHint : null}
          press={sit}
        >
          {t.enter}
        </Button>
      </section>
    </main>
  );
}

/** The seat of before, if it is free; else the first free one, else the first of all. */
function proposal(media: PageMedia): string {
  const show = state.value;
  const id = welcome.value?.id ?? "";
  if (!show) return "";
  const choices = seatChoices(boothDoc(show, id), boothPlan(show, id)?.seats ?? 1);
  const before = seatName(media.source.value ?? "");
  const isUsed = choices.some(({ seat, status }) => seat === before && status !== "free");
  if (before && media.joinedBefore && !isUsed) return before;
  const first = (wanted: SeatChoice["status"]) => choices.find(({ status }) => status === wanted)?.seat;
  return first("free") ?? first("lost") ?? first("taken") ?? "1";
}

function Seats({ chosen, seat }: { chosen: string; seat: Signal<string | null> }) {
  const t = texts.value.interpreter;
  const id = welcome.value?.id ?? "";
  const typed = useSignal("");
  const isTyping = useSignal(false);
  const show = state.value;
  if (!show) return null;
  const choices = seatChoices(boothDoc(show, id), boothPlan(show, id)?.seats ?? 1);
  const choose = (name: string): void => {
    isTyping.value = name === OWN;
    seat.value = name === OWN ? cleanSeat(typed.value) : name;
  };
  return (
    <fieldset class="console-seats">
      <legend>{t.seat}</legend>
      {choices.map(({ seat: name, status }) => (
        <label key={name} class={`console-seat ${status}`}>
          <input
            type="radio"
            name="seat"
            data-testid={`seat-${name}`}
            checked={!isTyping.value && name === chosen}
            onChange={() => choose(name)}
          />
          <strong>{name}</strong>
          <span class="muted">{t.seats[status]}</span>
        </label>
      ))}
      <label class="console-seat">
        <input
          type="radio"
          name="seat"
          data-testid="seat-own"
          checked={isTyping.value}
          onChange={() => choose(OWN)}
        />
        <input
          type="text"
          data-testid="seat-name"
          aria-label={t.seatName}
          placeholder={t.ownSeat}
          maxLength={80}
          value={typed.value}
          onFocus={() => choose(OWN)}
          onInput={(event) => {
            typed.value = event.currentTarget.value;
            choose(OWN);
          }}
        />
      </label>
      <p class="console-seat-note" data-testid="seat-note">
        {note(choices, chosen)}
      </p>
      <p class="muted">{t.seatHint}</p>
    </fieldset>
  );
}

/** What entering this seat would do, or who sits in the booth. */
function note(choices: readonly SeatChoice[], chosen: string): string {
  const t = texts.value.interpreter;
  const status = choices.find(({ seat }) => seat === chosen)?.status ?? "free";
  if (status === "taken") return t.seatTakenHint(chosen);
  if (status === "lost") return t.seatLostHint(chosen);
  const here = choices.filter((choice) => choice.status === "taken").map(({ seat }) => seat);
  return here.length > 0 ? t.here(here.join(" · ")) : t.nobodyHere;
}
