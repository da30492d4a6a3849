/** Before the booth: the seat, the headset and a check of both. */

import { type Signal, useSignal } from "@preact/signals";
import { state, welcome } from "../../link/session";
import type { PageMedia } from "../../media/pagemedia";
import { Button } from "../../parts/button";
import { useLineTrial } from "../../parts/linepath";
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
  whoFills,
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
  useLineTrial(media);
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
  const choices = seatsNow();
  const full = whoFills(choices, seatCount());
  const wanted = seat.value ?? proposal(media, choices);
  // In a full booth there is no place for a name of one's own.
  const chosen = full && !choices.some((choice) => choice.seat === wanted) ? "" : wanted;
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
        <Seats choices={choices} full={full} chosen={chosen} seat={seat} />
      </section>
      <section>
        <Headset media={media} />
        <Button
          testid="enter-button"
          class="primary big"
          blocked={chosen === "" ? (full ? t.fullHint : t.seatHint) : null}
          press={sit}
        >
          {t.enter}
        </Button>
      </section>
    </main>
  );
}

function seatCount(): number {
  return (state.value && boothPlan(state.value, welcome.value?.id ?? "")?.seats) ?? 1;
}

function seatsNow(): SeatChoice[] {
  return state.value ? seatChoices(boothDoc(state.value, welcome.value?.id ?? ""), seatCount()) : [];
}

/** The seat of before, if it is free; else the first free one, else one whose line is lost; none in a full booth. */
function proposal(media: PageMedia, choices: readonly SeatChoice[]): string {
  if (choices.length === 0 || whoFills(choices, seatCount())) return "";
  const before = seatName(media.source.value ?? "");
  const isUsed = choices.some(({ seat, status }) => seat === before && status !== "free");
  if (before && media.joinedBefore && !isUsed) return before;
  const first = (wanted: SeatChoice["status"]) => choices.find(({ status }) => status === wanted)?.seat;
  return first("free") ?? first("lost") ?? "1";
}

interface SeatsProperties {
  choices: readonly SeatChoice[];
  /** Those who fill the booth, if it is full. */
  full: readonly string[] | null;
  chosen: string;
  seat: Signal<string | null>;
}

function Seats({ choices, full, chosen, seat }: SeatsProperties) {
  const t = texts.value.interpreter;
  const typed = useSignal("");
  const isTyping = useSignal(false);
  if (choices.length === 0) return null;
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
            checked={(full !== null || !isTyping.value) && name === chosen}
            onChange={() => choose(name)}
          />
          <strong>{name}</strong>
          <span class="muted">{t.seats[status]}</span>
        </label>
      ))}
      {!full && (
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
      )}
      <p class="console-seat-note" data-testid="seat-note">
        {full && chosen === "" ? t.full(full) : note(choices, chosen)}
      </p>
      <p class="muted">{full ? t.fullHint : t.seatHint}</p>
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
