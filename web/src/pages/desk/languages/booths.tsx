/** The booths at the desk: their seats, into which channel they speak, relay and hand-over. */

import type { PageMedia } from "../../../media/pagemedia";
import { Button } from "../../../parts/button";
import { TalkButton } from "../../../parts/talk";
import { barred } from "../../../parts/words";
import { isOccupied } from "../../../show/booth";
import { shownFault } from "../../../show/soundfaults";
import { nameOfLanguage, texts } from "../../../texts";
import type { BoothDoc, BoothPlanDoc, SeatDoc, State } from "../../../wire";
import { send } from "../send";

interface Properties {
  show: State;
  media: PageMedia;
}

export function Booths({ show, media }: Properties) {
  return (
    <ul class="booths" aria-label={texts.value.languages.booths}>
      {show.event.booths.map((plan) => (
        <Booth key={plan.id} plan={plan} booth={show.booths[plan.id]} media={media} />
      ))}
    </ul>
  );
}

interface BoothProperties {
  plan: BoothPlanDoc;
  booth: BoothDoc | undefined;
  media: PageMedia;
}

function Booth({ plan, booth, media }: BoothProperties) {
  const t = texts.value.languages;
  const seats = Object.entries(booth?.seats ?? {});
  return (
    <li class="booth" data-testid={`booth-${plan.id}`} data-output={booth?.output ?? ""}>
      <strong>{plan.name}</strong>
      <span class="booth-output">
        {booth?.output ? `→ ${nameOfLanguage(booth.output)}` : ""}
        {booth?.relay && ` · ${t.relay(nameOfLanguage(booth.relay))}`}
        {booth?.handover_ends && ` · ${t.handsOver}`}
      </span>
      {seats.length === 0 && <span class="muted">{t.nobodyThere}</span>}
      {seats.map(([name, seat]) => (
        <Seat key={name} plan={plan} booth={booth} name={name} seat={seat} />
      ))}
      {booth?.asks && <span class="chip fallback">{t.asks(booth.asks)}</span>}
      <Output plan={plan} booth={booth} />
      <TalkButton
        media={media}
        to={[plan.id]}
        testid={`talk-${plan.id}`}
        class="small"
        label={texts.value.talkback.short}
        whom={plan.name}
        hint={texts.value.talkback.to(plan.name)}
        blocked={isOccupied(booth) ? null : texts.value.blocked.emptyBooth}
      />
    </li>
  );
}

interface SeatProperties {
  plan: BoothPlanDoc;
  booth: BoothDoc | undefined;
  name: string;
  seat: SeatDoc;
}

function Seat({ plan, booth, name, seat }: SeatProperties) {
  const t = texts.value.languages;
  const words = seat.state === "stalled" ? t.soundInterrupted : texts.value.sourceStates[seat.state];
  const state = seat.state === "live" ? "" : ` (${words})`;
  const fault = shownFault(seat.sound, seat.open, false);
  const hint = seat.open ? t.closeHint(name) : t.openHint(name);
  const order = { type: "interpret", booth: plan.id, seat: name, to: booth?.to ?? null } as const;
  return (
    <span class="seat" data-testid={`seat-${plan.id}-${name}`} data-open={seat.open}>
      <span class={`dot ${seat.open ? (seat.state === "live" ? "good" : "worst") : ""}`} aria-hidden="true" />
      {t.seat(name)}
      {state}
      {fault && (
        <span
          class="chip fault"
          data-testid={`seat-sound-${plan.id}-${name}`}
          data-fault={fault}
          title={texts.value.sound.there[fault].remedy}
        >
          {texts.value.sound.there[fault].what}
        </span>
      )}
      <Button
        testid={`seat-toggle-${plan.id}-${name}`}
        class="small"
        blocked={barred()}
        hint={hint}
        press={() => void send({ ...order, open: !seat.open })}
      >
        {seat.open ? t.close : t.open}
      </Button>
    </span>
  );
}

const BY_ITSELF = "";

/** Into which channel an open booth speaks. */
function Output({ plan, booth }: { plan: BoothPlanDoc; booth: BoothDoc | undefined }) {
  const t = texts.value.languages;
  const open = Object.entries(booth?.seats ?? {}).find(([, seat]) => seat.open);
  if (!open) return null;
  const [seat] = open;
  return (
    <select
      class="booth-to"
      data-testid={`to-${plan.id}`}
      aria-label={t.speaksInto}
      title={barred() ?? t.speaksInto}
      value={booth?.to ?? BY_ITSELF}
      disabled={barred() !== null}
      onChange={(event) =>
        void send({
          ...{ type: "interpret", booth: plan.id, seat, open: true },
          to: event.currentTarget.value || null,
        })
      }
    >
      <option value={BY_ITSELF}>{t.byItself}</option>
      {plan.languages.map((language) => (
        <option key={language} value={language} lang={language}>
          {nameOfLanguage(language)}
        </option>
      ))}
    </select>
  );
}
