/** The guest's page: check picture and sound, wait in the green room, be on air. Made for a phone first. */

import { signal } from "@preact/signals";
import { known, state, status, welcome } from "../../link/session";
import { canShare } from "../../media/inputs/screen";
import type { PageMedia } from "../../media/pagemedia";
import { isAutoplayBlocked } from "../../media/sound/contexts";
import { Agenda } from "../../parts/agenda";
import { Banner } from "../../parts/banner";
import { Button } from "../../parts/button";
import { Channel } from "../../parts/channel";
import { Cues } from "../../parts/cues";
import { hasTrouble } from "../../parts/devicenotes";
import { FlagButton } from "../../parts/flag";
import { Header } from "../../parts/header";
import { closeInputs, InputChips, InputsButton, InputsPanel } from "../../parts/inputs/panel";
import { OwnLine, useOwnLine } from "../../parts/line";
import { useLineTrial } from "../../parts/linepath";
import { Messages, MessagesOver, useChimes } from "../../parts/messages";
import { Modal } from "../../parts/modal";
import { Program } from "../../parts/program";
import { useAwake } from "../../parts/screen";
import { Ask, DeviceChoice, Mirror, useReentry } from "../../parts/setup";
import { Sound, startSound } from "../../parts/sound";
import { TalkToDesk } from "../../parts/talk";
import { Toasts } from "../../parts/toasts";
import { placeDoc } from "../../show/agenda";
import type { GuestPhase } from "../../show/guest/phase";
import { city, ownZone } from "../../show/time";
import { texts } from "../../texts";
import { FlipButton, isMirrored, LookHere } from "./camera";
import { Checklist, useHeard } from "./checklist";
import { phaseOf, useFollowers } from "./phase";
import { Turn } from "./turn";
import { TurnOver } from "./turnover";
import { Volume } from "./volume";

const choosing = signal(false);

function closePanels(): void {
  choosing.value = false;
  closeInputs();
}

export function Guest({ media }: { media: PageMedia }) {
  const hasLeft = status.value === "left";
  useAwake(!hasLeft);
  useOwnLine(media);
  useChimes(media);
  useReentry(media);
  useHeard(media);
  useFollowers(media, closePanels);
  const me = welcome.value;
  const place = state.value && me ? placeDoc(state.value, me.id) : null;
  const zone = place?.timezone ?? ownZone();
  if (hasLeft) return <Left />;
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

function Left() {
  const t = texts.value.guest;
  return (
    <main class="page guest-left" data-testid="left">
      <h1>{t.left}</h1>
      <p>{t.leftHint}</p>
      <Button testid="come-back-button" class="big" press={() => location.reload()}>
        {t.comeBack}
      </Button>
    </main>
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
        <Mirror media={media} testid="own-preview" mirrored={isMirrored(media)}>
          <FlipButton media={media} />
        </Mirror>
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
  const phase = phaseOf(media);
  const { kind } = phase;
  return (
    <main class="guest-room" data-phase={known.value ? kind : "unknown"}>
      {kind === "soon" && <LookHere media={media} />}
      <div class="guest-screen">
        <Messages zone={zone} />
        <Program media={media} zone={zone} />
        <OwnLine media={media} />
        <Cues />
        <div class="guest-self">
          <Mirror media={media} testid="own-preview" mirrored={isMirrored(media)}>
            <FlipButton media={media} />
            <InputChips media={media} />
          </Mirror>
        </div>
        {!isAutoplayBlocked.value && (
          <Volume media={media} mayBeOff={kind === "waiting" || kind === "thanks"} />
        )}
        {isAutoplayBlocked.value && (
          <Button testid="sound-button" class="sound-button" press={startSound}>
            {t.tapForSound}
          </Button>
        )}
      </div>
      <Turn media={media} phase={phase} leave={() => media.leaveForGood()} />
      {kind === "waiting" && <Checklist media={media} />}
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
        {canShare(navigator.mediaDevices) && <ShareSlides media={media} class="big share-slides" />}
      </div>
      <Agenda zone={zone} place={me} />
      {choosing.value && <Devices media={media} phase={phase} />}
      <InputsPanel media={media} title={t.inputs.shareScreen} hint={t.inputs.shareHint}>
        <TurnOver phase={phase} />
      </InputsPanel>
      <Sound media={media} />
      <Toasts />
    </main>
  );
}

/** On a phone there is no room for it beside the other buttons, and phones cannot share: the panel says so. */
function ShareSlides({ media, class: name = "" }: { media: PageMedia; class?: string }) {
  const { shareScreen, shareHint, unsupported } = texts.value.inputs;
  if (media.inputs.list.value.length === 0) return null;
  if (!canShare(navigator.mediaDevices)) return <p class="muted">{unsupported}</p>;
  return <InputsButton media={media} words={shareScreen} hint={shareHint} class={name} />;
}

function Devices({ media, phase }: { media: PageMedia; phase: GuestPhase }) {
  const t = texts.value;
  const done = (): void => {
    choosing.value = false;
  };
  return (
    <Modal testid="devices" label={t.deviceTitle} closed={done}>
      <TurnOver phase={phase} />
      <h1>{t.deviceTitle}</h1>
      <DeviceChoice media={media} />
      <ShareSlides media={media} />
      <MessagesOver />
      <Button testid="done-button" class="primary big" press={done}>
        {t.done}
      </Button>
    </Modal>
  );
}
