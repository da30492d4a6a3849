/** The room console: the hall's picture, tally, camera and sound. Runs unattended. */

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { known, state, welcome } from "../link/session";
import type { PageMedia } from "../media/pagemedia";
import { isAutoplayBlocked } from "../media/sound/contexts";
import { Agenda, who } from "../parts/agenda";
import { AudienceCover } from "../parts/audience";
import { Banner } from "../parts/banner";
import { Button } from "../parts/button";
import { Channel } from "../parts/channel";
import { Cues } from "../parts/cues";
import { FlagButton } from "../parts/flag";
import { HallScreenButton, HallScreenNote, serveHallScreen } from "../parts/hallscreen";
import { Header } from "../parts/header";
import { InputChips, InputsButton, InputsPanel } from "../parts/inputs/panel";
import { OwnLine, useOwnLine } from "../parts/line";
import { LinePanel, LineStrip, useLineHistory } from "../parts/linepanel";
import { PathState, useLineTrial } from "../parts/linepath";
import { LipSync } from "../parts/lipsync";
import { Messages, MessagesOver, useChimes } from "../parts/messages";
import { MicSign } from "../parts/mic";
import { Modal } from "../parts/modal";
import { Outputs } from "../parts/outputs";
import { Program } from "../parts/program";
import { isForAudience, showToAudience, useAudience, useAwake } from "../parts/screen";
import { Ask, DeviceChoice, Mirror } from "../parts/setup";
import { Sound, startSound } from "../parts/sound";
import { useTallyInTab } from "../parts/tab";
import { TalkToDesk } from "../parts/talk";
import { Tally, TurnLine } from "../parts/tally";
import { Progress, TimeLeft } from "../parts/timeleft";
import { Toasts } from "../parts/toasts";
import { isUnattended, UnattendedNote } from "../parts/unattended";
import { ifKnown, micWords, nowWord, ownDevices, ownMic } from "../parts/words";
import { destinationOf, onAir, placeDoc, SLATE, sourceName, upNext } from "../show/agenda";
import { ownZone } from "../show/time";
import { texts } from "../texts";

/** Whether the device panel is open. */
const choosing = signal(false);

export function Room({ media }: { media: PageMedia }) {
  const me = welcome.value;
  const place = state.value && me ? placeDoc(state.value, me.id) : null;
  const zone = place?.timezone ?? ownZone();
  useAudience();
  useAwake();
  useOwnLine(media);
  useChimes(media);
  useTallyInTab(media);
  useLineHistory(media);
  useEffect(() => serveHallScreen(media), [media]);
  useEffect(() => {
    // A hall that was set up before joins again by itself.
    if (media.devices.choice.value.started || isUnattended) {
      media.enter();
      void media.devices.start();
      void media.devices.open();
      return;
    }
    choosing.value = true;
    void media.devices.openIfPermitted();
  }, [media]);
  // Programme and sound stay the same elements, so that the audience view does not restart them.
  const audience = isForAudience.value;
  return (
    <div class={`page room${audience ? " for-audience" : ""}`}>
      {!audience && (
        <Header zone={zone} place={place?.name ?? ""} media={media}>
          <Channel media={media} isPlayed={media.isChannelPlayed.value} />
        </Header>
      )}
      <main class="room-main">
        <div class="room-screen">
          <Program media={media} zone={zone} />
          {audience ? <AudienceCover media={media} /> : <OverProgram media={media} zone={zone} />}
        </div>
        {!audience && <NowStrip />}
      </main>
      {!audience && <Rail media={media} zone={zone} />}
      {choosing.value && !audience && <Setup media={media} />}
      {!audience && <LinePanel media={media} />}
      {!audience && <FurtherInputs media={media} />}
      <Sound media={media} />
      {!audience && <Toasts />}
      {!audience && <Banner media={media} zone={zone} />}
    </div>
  );
}

interface PartProperties {
  media: PageMedia;
  zone: string;
}

function OverProgram({ media, zone }: PartProperties) {
  return (
    <>
      <OwnLine media={media}>
        <HallScreenNote />
        <UnattendedNote media={media} />
      </OwnLine>
      <Messages zone={zone} />
      <Cues />
      {isAutoplayBlocked.value && (
        <Button testid="sound-button" class="sound-button" press={startSound}>
          {texts.value.tapForSound}
        </Button>
      )}
    </>
  );
}

function Rail({ media, zone }: PartProperties) {
  const t = texts.value;
  const place = welcome.value?.id ?? "";
  return (
    <aside class="room-rail">
      <Tally
        source={media.source.value ?? place}
        feeds={media.feeding.value !== null}
        place={place}
        devices={ownDevices(media)}
      />
      <Mirror media={media} testid="own-preview">
        <InputChips media={media} />
        <Microphone media={media} />
      </Mirror>
      <div class="room-agenda">
        <TurnLine place={place} />
        <Agenda zone={zone} place={place} />
      </div>
      <LineStrip />
      <div class="room-buttons">
        <Button testid="devices-button" press={() => (choosing.value = true)}>
          {t.deviceButton}
        </Button>
        <HallScreenButton />
        <Button testid="fullscreen-button" hint={t.fullScreenHint} press={showToAudience}>
          {t.fullScreen} <kbd>F</kbd>
        </Button>
        <TalkToDesk media={media} choose={() => (choosing.value = true)} />
        <FlagButton />
        <InputsButton media={media} words={t.inputs.button} hint={t.inputs.buttonHint} />
      </div>
    </aside>
  );
}

function FurtherInputs({ media }: { media: PageMedia }) {
  const t = texts.value.inputs;
  return <InputsPanel media={media} title={t.title} hint={t.hint} />;
}

function Microphone({ media }: { media: PageMedia }) {
  const mic = ownMic(media);
  return (
    <div class={`mic-state ${known.value ? mic : "unknown"}`} data-testid="mic-state" data-mic={mic}>
      <MicSign mic={mic} />
      {micWords(mic)}
    </div>
  );
}

/** The item on air and the next, large enough to read across a control room. */
function NowStrip() {
  const show = state.value;
  const me = welcome.value;
  if (!show || !me) return <div class="now-strip" />;
  const t = texts.value;
  const item = onAir(show);
  const next = upNext(show);
  const destination = destinationOf(show, me);
  const names = (destination?.pictures ?? [])
    .flatMap((source) => (source !== SLATE ? [sourceName(show, source, t.slate)] : []))
    .join(" + ");
  return (
    <div class="now-strip">
      <Progress />
      <div class="now-item">
        <div class="now-label">{item ? nowWord() : ifKnown(t.phases[show.show.phase])}</div>
        <div class="now-title" data-testid="now-title" lang={item?.language}>
          {item?.title ?? (show.show.phase === "running" ? t.betweenItems : "")}
        </div>
        <div class="now-who muted">{item ? who(show, item) : ""}</div>
      </div>
      <div class="now-item next-item">
        <div class="now-label">{t.nextUp}</div>
        <div class="now-next" lang={next?.language}>
          {next?.title ?? t.nothingElse}
        </div>
        <div class="now-who muted">
          {names && (destination?.is_return ? t.youSeeReturn(names) : t.youSee(names))}
        </div>
      </div>
      <TimeLeft zone={placeDoc(show, me.id)?.timezone ?? ownZone()} />
    </div>
  );
}

/** The device panel. At first it asks for permission, then shows the choice; nothing is sent before Join. */
function Setup({ media }: { media: PageMedia }) {
  const t = texts.value;
  const { devices } = media;
  const isFirst = !devices.choice.value.started;
  useLineTrial(media);
  const close = (): void => {
    choosing.value = false;
  };
  const closed = isFirst ? null : close;
  const start = (): void => {
    close();
    startSound();
    media.enter();
    void devices.start();
  };
  if (!devices.wasRequested.value || devices.isAsking.value)
    return (
      <Modal testid="setup" label={welcome.value?.name ?? ""} closed={closed}>
        <h1>{welcome.value?.name}</h1>
        <Ask media={media} hint={t.roomAskHint} />
      </Modal>
    );
  return (
    <Modal testid="setup" label={t.deviceTitle} class="panel setup" closed={closed}>
      <div>
        <h1>{isFirst ? welcome.value?.name : t.deviceTitle}</h1>
        <p class="muted">{isFirst ? t.joinHintRoom : t.deviceHint}</p>
        <Mirror media={media} testid="setup-preview" />
        <p class="muted">{t.levelHint}</p>
        <PathState media={media} />
      </div>
      <div>
        <DeviceChoice media={media} showsPath={false} />
        <Outputs media={media} />
        <LipSync
          camera={devices.tracks.camera.value}
          microphone={devices.tracks.microphone.value}
          closedHint={t.sound.lipSync.needsBoth}
          soundDelay={devices.choice.value.soundDelay}
          setDelay={(soundDelay) => void devices.choose({ soundDelay })}
        />
      </div>
      <MessagesOver />
      <Button testid={isFirst ? "start-button" : "done-button"} class="primary big" press={start}>
        {isFirst ? t.hall.join : t.done}
      </Button>
    </Modal>
  );
}
