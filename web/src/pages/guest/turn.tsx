/** The guest's turn: the time until then, an alarm a minute before, the time left on air, and thanks. */

import { known, now, state, welcome } from "../../link/session";
import type { PageMedia } from "../../media/pagemedia";
import { Button } from "../../parts/button";
import { isBlocked } from "../../parts/linepath";
import { said } from "../../parts/said";
import { lightOf } from "../../parts/tally";
import { Figures, NOTHING, Progress, TimeLeft } from "../../parts/timeleft";
import { ifKnown, micWords, ownDevices, ownMic, reasonWords } from "../../parts/words";
import { placeDoc, placeOf } from "../../show/agenda";
import type { GuestPhase, Turn as NextTurn } from "../../show/guest/phase";
import { reasonOf } from "../../show/light";
import { clockLength, countdown, ownZone, timeOn, wall } from "../../show/time";
import { language, texts } from "../../texts";
import { Ready } from "./checklist";

interface Properties {
  media: PageMedia;
  phase: GuestPhase;
  leave: () => void;
}

export function Turn({ media, phase, leave }: Properties) {
  const t = texts.value;
  const feeds = media.feeding.value;
  const light = feeds === null ? "off" : lightOf([feeds]);
  const isOnAir = phase.kind === "on-air" || phase.kind === "overtime";
  const show = state.value;
  const reason = show && feeds !== null ? reasonOf(show, feeds, ownDevices(media)) : null;
  const why = known.value ? reasonWords(reason) : "";
  const due = phase.kind === "due";
  const mic = ownMic(media);
  const atDoor = feeds !== null && show?.sources[feeds]?.waits === true;
  // The phase's own words say enough.
  const isPlain =
    (atDoor && isSent(media)) || phase.kind === "soon" || (phase.kind === "thanks" && mic === "closed");
  return (
    <div
      class={`turn ${light === "unknown" ? "unknown" : phase.kind === "waiting" ? "waiting-room" : phase.kind}`}
      data-testid="tally"
      data-tally={light === "unknown" ? light : isOnAir ? "on-air" : "off"}
      data-phase={phase.kind}
    >
      <div class="turn-head" {...said}>
        <span class="turn-word">
          {isOnAir && <span class="tally-mark" aria-hidden="true" />}
          {ifKnown(headOf(phase))}
        </span>
        {atDoor && (
          <span class="turn-note" data-testid="at-door">
            {t.admission.guestAtDoor}
          </span>
        )}
        {why && !due && (
          <span class="turn-note" data-testid="tally-why">
            {why}
          </span>
        )}
        {!isPlain && (
          <span class="turn-note" data-testid="mic-state" data-mic={mic}>
            {audience(media, isOnAir)}
          </span>
        )}
      </div>
      <Body media={media} phase={phase} why={why} leave={leave} />
    </div>
  );
}

export function headOf(phase: GuestPhase): string {
  const t = texts.value;
  switch (phase.kind) {
    case "soon":
      return t.guest.soon;
    case "due":
      return t.youAreDue;
    case "on-air":
      return t.youAreOnAir;
    case "overtime":
      return t.guest.overtime;
    case "thanks":
      return phase.wasOn ? t.youWereOn : t.guest.over;
    default:
      return t.greenRoom;
  }
}

function Body({ media, phase, why, leave }: Properties & { why: string }) {
  const t = texts.value;
  switch (phase.kind) {
    case "due":
      return (
        <div class="turn-none" data-testid="tally-why">
          {why}
        </div>
      );
    case "on-air":
      return (
        <>
          {phase.left === null ? <div class="turn-none" /> : <TimeLeft />}
          {phase.left !== null && <Progress />}
        </>
      );
    case "overtime": {
      const clock = `+${clockLength(phase.over / 1000)}`;
      return <Figures left={{ clock, word: t.guest.overtimeBy, tone: "over" }} />;
    }
    case "soon":
      return (
        <>
          <Soon left={phase.left} />
          <Ready media={media} />
        </>
      );
    case "thanks":
      return (
        <>
          <span class="turn-note">{t.guest.stay}</span>
          <Button testid="leave-button" class="big" press={leave}>
            {t.guest.leave}
          </Button>
        </>
      );
    case "waiting":
      return <Waiting phase={phase} />;
    case "check":
      return null;
  }
}

function Soon({ left }: { left: number | null }) {
  const t = texts.value.guest;
  // A time that has come, or a moderator's mark: it may be at any moment.
  if (left === null || left <= 0)
    return <Figures left={{ clock: NOTHING.clock, word: t.anyMoment, tone: "calm" }} testid="turn-in" />;
  return <Figures left={{ clock: countdown(left), word: t.soonIn, tone: "calm" }} testid="turn-in" />;
}

function Waiting({ phase: { turn, at, left, again } }: { phase: GuestPhase & { kind: "waiting" } }) {
  const t = texts.value;
  const show = state.value;
  if (!show) return null;
  if (turn === null) return <div class="turn-none">{t.noTurn}</div>;
  const zone = placeDoc(show, welcome.value?.id ?? "")?.timezone ?? ownZone();
  if (left === null) {
    const word =
      at === null ? t.guest.timeUnknown : t.plannedFor(timeOn(at, now.value, zone, language.value));
    return (
      <>
        <Figures left={{ ...NOTHING, word }} testid="turn-in" />
        <After turn={turn} />
      </>
    );
  }
  const when = at === null ? "" : ` · ${wall(at, zone)}`;
  const word = `${again ? t.guest.untilAgain : t.youAreOnIn}${when}`;
  return (
    <>
      <Figures left={{ clock: countdown(left), word, tone: "calm" }} testid="turn-in" />
      <After turn={turn} />
    </>
  );
}

/** The item that comes before, by which people know where the event is. */
function After({ turn: { after } }: { turn: NextTurn }) {
  const show = state.value;
  if (!show || !after) return null;
  const place = placeDoc(show, placeOf(after.source))?.name ?? "";
  return (
    <span class="turn-after" data-testid="turn-after">
      {texts.value.guest.after(after.title, place)}
    </span>
  );
}

/** Picture and sound of the guest arrive, and the note at the door says who sees them. */
function isSent(media: PageMedia): boolean {
  const { camera, microphone } = media.devices.tracks;
  return (
    media.feeding.value !== null && !isBlocked(media) && camera.value !== null && microphone.value !== null
  );
}

/** Who sees and hears the guest now. */
function audience(media: PageMedia, onAirNow: boolean): string {
  const t = texts.value;
  const feeds = media.feeding.value;
  if (feeds === null) return t.admission.notFeeding;
  if (isBlocked(media)) return t.nobodySees;
  const mic = ownMic(media);
  if (mic !== "closed" || onAirNow) return micWords(mic);
  const { camera, microphone } = media.devices.tracks;
  if (!camera.value) return microphone.value ? t.nobodyHears : t.nobodySees;
  const show = state.value;
  const places = show?.sources[feeds]?.returned_to ?? [];
  const names = places.map((id) => (show && placeDoc(show, id)?.name) ?? id).join(", ");
  return ifKnown(names ? t.youAreReturn(names) : t.onlyModerators);
}
