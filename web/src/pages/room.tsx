/** The room console: what a hall sees, whether it is on air, and its own camera and sound. Runs unattended. */

import { signal } from "@preact/signals";
import { useCallback, useEffect, useRef } from "preact/hooks";
import { now, state, welcome } from "../link/session";
import type { Studio } from "../media/studio";
import { Agenda, who } from "../parts/agenda";
import { Banner } from "../parts/banner";
import { Button } from "../parts/button";
import { Header } from "../parts/header";
import { OwnLine, useOwnLine } from "../parts/line";
import { Messages } from "../parts/messages";
import { Program } from "../parts/program";
import { isFull, toggleFull, useAwake, useFullScreen } from "../parts/screen";
import { DeviceChoice, Mirror } from "../parts/setup";
import { blocked, Sound, unblock } from "../parts/sound";
import { Tally } from "../parts/tally";
import { Progress, TimeLeft } from "../parts/timeleft";
import { destinationOf, onAir, placeDoc, SLATE, sourceName, upNext } from "../show/agenda";
import { ownZone, wall } from "../show/time";
import { texts } from "../texts";

/** Whether the panel for the devices is open. */
const choosing = signal(false);

export function Room({ studio }: { studio: Studio }) {
  const me = welcome.value;
  const place = state.value && me ? placeDoc(state.value, me.id) : null;
  const zone = place?.timezone ?? ownZone();
  const screen = useRef<HTMLDivElement>(null);
  const element = useCallback(() => screen.current, []);
  useFullScreen(element);
  useAwake();
  useOwnLine(studio);
  useEffect(() => {
    // Set up once, a hall's machine comes back by itself.
    if (studio.devices.choice.value.started) {
      studio.enter();
      void studio.devices.open();
      return;
    }
    choosing.value = true;
    void studio.devices.openIfPermitted();
  }, [studio]);
  const source = studio.source.value ?? me?.id ?? "";
  const feeds = studio.feeding.value !== null;
  return (
    <div class="page room">
      <Header zone={zone} place={place?.name ?? ""} studio={studio} />
      <main class="room-main">
        <div class="room-screen" ref={screen}>
          <Program studio={studio} zone={zone} />
          <OwnLine studio={studio} />
          {isFull.value && <Overlay source={source} feeds={feeds} place={me?.id ?? ""} zone={zone} />}
          <Messages zone={zone} />
          {blocked.value && (
            <Button testid="sound-button" class="sound-button" press={unblock}>
              {texts.value.tapForSound}
            </Button>
          )}
        </div>
        <NowStrip />
      </main>
      <aside class="room-rail">
        <Tally source={source} feeds={feeds} place={me?.id ?? ""} />
        <Mirror studio={studio} testid="own-preview" explain>
          <Microphone source={studio.feeding.value ?? ""} />
        </Mirror>
        <Agenda zone={zone} place={me?.id ?? null} />
        <div class="room-buttons">
          <Button testid="devices-button" press={() => (choosing.value = true)}>
            {texts.value.deviceButton}
          </Button>
          <Button testid="fullscreen-button" hint="F" press={() => toggleFull(screen.current)}>
            {texts.value.fullScreen} <kbd>F</kbd>
          </Button>
        </div>
      </aside>
      {choosing.value && <Setup studio={studio} />}
      <Sound studio={studio} />
      <Banner studio={studio} />
    </div>
  );
}

/** What the people in the hall may see of all this: the light and the clock. */
interface OverlayProperties {
  source: string;
  feeds: boolean;
  place: string;
  zone: string;
}

function Overlay({ source, feeds, place, zone }: OverlayProperties) {
  return (
    <div class="overlay">
      <Tally source={source} feeds={feeds} place={place} testid="overlay-tally" />
      <div class="overlay-clock">
        <TimeLeft testid="overlay-time-left" zone={zone} />
        <span class="tabular">{wall(now.value, zone)}</span>
      </div>
    </div>
  );
}

function Microphone({ source }: { source: string }) {
  const t = texts.value;
  const open = state.value?.sources[source]?.mic === true;
  return (
    <div class={`mic-state${open ? " open" : ""}`} data-testid="mic-state">
      <span class="mic-mark" aria-hidden="true" />
      {open ? t.microphoneOpen : t.microphoneClosed}
    </div>
  );
}

/** What runs now and what comes, large enough for the back of a control desk. */
function NowStrip() {
  const show = state.value;
  const me = welcome.value;
  if (!show || !me) return <div class="now-strip" />;
  const t = texts.value;
  const item = onAir(show);
  const next = upNext(show);
  const sight = destinationOf(show, me);
  const seen = [sight?.source, sight?.second]
    .flatMap((source) => (source && source !== SLATE ? [sourceName(show, source, t.slate)] : []))
    .join(" + ");
  return (
    <div class="now-strip">
      <Progress />
      <div class="now-item">
        <div class="now-label">{item ? t.now : t.phases[show.show.phase]}</div>
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
        <div class="now-who muted">{seen && (sight?.is_return ? t.youSeeReturn(seen) : t.youSee(seen))}</div>
      </div>
      <TimeLeft zone={placeDoc(show, me.id)?.timezone ?? ownZone()} />
    </div>
  );
}

function Setup({ studio }: { studio: Studio }) {
  const t = texts.value;
  const { devices } = studio;
  const first = !devices.choice.value.started;
  const start = (): void => {
    choosing.value = false;
    unblock();
    studio.enter();
    void devices.choose({ started: true });
    if (!devices.tracks.camera.value && !devices.tracks.microphone.value) void devices.open();
  };
  return (
    <div class="veil">
      <section
        class="panel setup"
        role="dialog"
        aria-modal="true"
        aria-label={t.deviceTitle}
        data-testid="setup"
      >
        <div>
          <h1>{first ? welcome.value?.name : t.deviceTitle}</h1>
          <p class="muted">{first && !devices.cameras.value.length ? t.permissionHint : t.deviceHint}</p>
          <Mirror studio={studio} testid="setup-preview" />
        </div>
        <div class="setup-side">
          <DeviceChoice studio={studio} />
          <Button testid={first ? "start-button" : "done-button"} class="primary big" press={start}>
            {first ? t.start : t.done}
          </Button>
        </div>
      </section>
    </div>
  );
}
