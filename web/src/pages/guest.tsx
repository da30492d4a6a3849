/** The guest's page: check picture and sound, wait in the green room, be on air. Made for a phone first. */

import { signal } from "@preact/signals";
import { known, now, state, welcome } from "../link/session";
import type { PageMedia } from "../media/pagemedia";
import { isAutoplayBlocked } from "../media/sound/contexts";
import { Agenda } from "../parts/agenda";
import { Banner } from "../parts/banner";
import { Button } from "../parts/button";
import { Channel } from "../parts/channel";
import { Cues, FlagButton } from "../parts/cues";
import { hasTrouble } from "../parts/devicenotes";
import { Header } from "../parts/header";
import { OwnLine, useOwnLine } from "../parts/line";
import { isBlocked, useLineTrial } from "../parts/linepath";
import { Messages } from "../parts/messages";
import { Program } from "../parts/program";
import { useAwake } from "../parts/screen";
import { Ask, DeviceChoice, Mirror, useReentry } from "../parts/setup";
import { Sound, startSound } from "../parts/sound";
import { TalkToDesk } from "../parts/talk";
import { lastLight, lightOf } from "../parts/tally";
import { Figures, NOTHING, Progress, TimeLeft } from "../parts/timeleft";
import { Toasts } from "../parts/toasts";
import { ifKnown, micWords, ownDevices, ownMic, reasonWords } from "../parts/words";
import { beginOf, nextTurn, placeDoc, shows } from "../show/agenda";
import { coming, overdueStart } from "../show/coming";
import { reasonOf } from "../show/light";
import { city, countdown, ownZone, timeOn, wall } from "../show/time";
import { language, texts } from "../texts";

const choosing = signal(false);

export function Guest({ media }: { media: PageMedia }) {
  useAwake();
  useOwnLine(media);
  useReentry(media);
  const me = welcome.value;
  const place = state.value && me ? placeDoc(state.value, me.id) : null;
  const zone = place?.timezone ?? ownZone();
  return (
    <div class="page guest">
      <Header zone={zone} place={city(zone)} media={media}>
        {media.joined.value && <Channel media={media} />}
      </Header>
      {media.joined.value ? <GreenRoom media={media} zone={zone} /> : <Check media={media} zone={zone} />}
      <Banner media={media} zone={zone} />
    </div>
  );
}

function Check({ media, zone }: { media: PageMedia; zone: string }) {
  useLineTrial(media);
  const t = texts.value;
  const { tracks, opening, wasRequested, isAsking } = media.devices;
  const camera = tracks.camera.value !== null;
  const microphone = tracks.microphone.value !== null;
  const label = camera
    ? microphone
      ? t.join
      : t.joinWithoutMicrophone
    : microphone
      ? t.joinWithoutCamera
      : t.joinWithNothing;
  const join = (): void => {
    startSound();
    media.enter();
  };
  if (!wasRequested.value || isAsking.value)
    return (
      <main class="guest-check guest-ask">
        <Messages zone={zone} />
        <section class="guest-mirror">
          <h1>{t.checkTitle(welcome.value?.name ?? "")}</h1>
          <Ask media={media} hint={t.guestAskHint} />
        </section>
      </main>
    );
  return (
    <main class="guest-check">
      <Messages zone={zone} />
      <section class="guest-mirror">
        <h1>{t.checkTitle(welcome.value?.name ?? "")}</h1>
        <p class="muted">{t.checkHint}</p>
        <Mirror media={media} testid="own-preview" mirrored />
        <p class="muted">{t.levelHint}</p>
      </section>
      <section class="guest-devices">
        <DeviceChoice media={media} />
        <Button
          testid="join-button"
          class="primary big"
          blocked={opening.value ? t.opening : null}
          press={join}
        >
          {opening.value ? t.opening : label}
        </Button>
      </section>
    </main>
  );
}

function GreenRoom({ media, zone }: { media: PageMedia; zone: string }) {
  const t = texts.value;
  const me = welcome.value?.id ?? "";
  const { muted } = media;
  return (
    <main class="guest-room">
      <div class="guest-screen">
        <Messages zone={zone} />
        <Program media={media} zone={zone} />
        <OwnLine media={media} />
        <Cues />
        <div class="guest-self">
          <Mirror media={media} testid="own-preview" mirrored />
        </div>
        {isAutoplayBlocked.value && (
          <Button testid="sound-button" class="sound-button" press={startSound}>
            {t.tapForSound}
          </Button>
        )}
      </div>
      <Turn me={me} media={media} />
      <div class="guest-buttons">
        <Button
          testid="mute-button"
          class={muted.value ? "danger big" : "big"}
          pressed={muted.value}
          press={() => (muted.value = !muted.value)}
        >
          {muted.value ? t.unmute : t.mute}
        </Button>
        <Button
          testid="devices-button"
          class={hasTrouble(media) ? "big attention" : "big"}
          press={() => (choosing.value = true)}
        >
          {t.deviceButton}
        </Button>
        <TalkToDesk media={media} class="big" />
        <FlagButton class="big" />
      </div>
      <Agenda zone={zone} place={me} />
      {choosing.value && <Devices media={media} />}
      <Sound media={media} />
      <Toasts />
    </main>
  );
}

/** The guest's turn: on air, due but not arriving, or the time until then. */
function Turn({ me, media }: { me: string; media: PageMedia }) {
  const t = texts.value;
  const feeds = media.feeding.value;
  const light = feeds === null ? "off" : lightOf([feeds]);
  const onAirNow = feeds !== null && lastLight([feeds]) === "on-air";
  const show = state.value;
  const reason = show && feeds !== null ? reasonOf(show, feeds, ownDevices(media)) : null;
  const why = known.value ? reasonWords(reason) : "";
  const due = reason?.kind === "due";
  const atDoor = feeds !== null && show?.sources[feeds]?.waits === true;
  return (
    <output
      class={`turn ${light === "unknown" ? "unknown" : onAirNow ? "on-air" : "waiting-room"}`}
      data-testid="tally"
      data-tally={light === "unknown" ? light : onAirNow ? "on-air" : "off"}
    >
      <div class="turn-head">
        <span class="turn-word">
          {onAirNow && <span class="tally-mark" aria-hidden="true" />}
          {ifKnown(onAirNow ? t.youAreOnAir : due ? t.youAreDue : t.greenRoom)}
        </span>
        {atDoor && (
          <span class="turn-note" role="status" data-testid="at-door">
            {t.admission.guestAtDoor}
          </span>
        )}
        {why && !due && (
          <span class="turn-note" data-testid="tally-why">
            {why}
          </span>
        )}
        {!(atDoor && isSent(media)) && (
          <span class="turn-note" data-testid="mic-state" data-mic={ownMic(media)}>
            {audience(media, onAirNow)}
          </span>
        )}
      </div>
      {onAirNow ? (
        <TimeLeft />
      ) : due ? (
        <div class="turn-none" data-testid="tally-why">
          {why}
        </div>
      ) : (
        <Waiting me={me} />
      )}
      {onAirNow && <Progress />}
    </output>
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

function Waiting({ me }: { me: string }) {
  const show = state.value;
  if (!show) return null;
  const t = texts.value;
  const turn = nextTurn(show, me);
  if (!turn) {
    const was = show.items.some((item) => item.status === "done" && shows(item, me));
    return <div class="turn-none">{was ? t.youWereOn : t.noTurn}</div>;
  }
  const at = beginOf(show, turn);
  const left = at === null ? 0 : at - now.value;
  const zone = placeDoc(show, me)?.timezone ?? ownZone();
  const begins = coming(show, now.value);
  const isKnown =
    overdueStart(show, now.value) === null || (turn.status === "next" && begins?.kind === "soon");
  if (at !== null && !isKnown) {
    const word = t.plannedFor(timeOn(at, now.value, zone, language.value));
    return <Figures left={{ ...NOTHING, word }} testid="turn-in" />;
  }
  const clock = left > 0 ? countdown(left) : "0:00";
  const when = at === null ? "" : ` · ${wall(at, zone)}`;
  const word = `${left > 0 ? t.youAreOnIn : t.youAreOnSoon}${when}`;
  return <Figures left={{ clock, word, tone: "calm" }} testid="turn-in" />;
}

function Devices({ media }: { media: PageMedia }) {
  const t = texts.value;
  return (
    <div class="veil">
      <section class="panel" role="dialog" aria-modal="true" aria-label={t.deviceTitle}>
        <h1>{t.deviceTitle}</h1>
        <DeviceChoice media={media} />
        <Button testid="done-button" class="primary big" press={() => (choosing.value = false)}>
          {t.done}
        </Button>
      </section>
    </div>
  );
}
