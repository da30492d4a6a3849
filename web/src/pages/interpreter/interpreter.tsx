/** The interpreters' page: a seat in a booth, made to be worked by keyboard. */

import { computed, signal, useComputed } from "@preact/signals";
import type { Ref } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { state } from "../../link/session";
import { ownBrowser } from "../../media/devices";
import type { PageMedia } from "../../media/pagemedia";
import { BoothSound, VOLUME_STEP_DB } from "../../media/sound/boothsound";
import { isAutoplayBlocked } from "../../media/sound/contexts";
import { Banner } from "../../parts/banner";
import { Button } from "../../parts/button";
import { Cues } from "../../parts/cues";
import { hasTrouble } from "../../parts/devicenotes";
import { FlagButton, toggleFlag } from "../../parts/flag";
import { Header } from "../../parts/header";
import { OwnLine, useOwnLine } from "../../parts/line";
import { dismiss, Messages, unread, useChimes } from "../../parts/messages";
import { Meter } from "../../parts/meter";
import { Program } from "../../parts/program";
import { useAwake } from "../../parts/screen";
import { useReentry } from "../../parts/setup";
import { Sound, startSound } from "../../parts/sound";
import { TalkToDesk } from "../../parts/talk";
import { Toasts } from "../../parts/toasts";
import { boothPlan } from "../../show/booth";
import { isTalkedTo } from "../../show/channels";
import { city, ownZone } from "../../show/time";
import { texts } from "../../texts";
import { Cough } from "./cough";
import { CueKeys, giveCue } from "./cues";
import { Entrance } from "./entrance";
import { Headset } from "./headset";
import { KeyList } from "./keylist";
import { KEYS, type Presses, useBoothKeys } from "./keys";
import { Listening } from "./listening";
import { Now } from "./now";
import { Outgoing } from "./outgoing";
import { HandoverButton, HandoverNote, Partner } from "./partner";
import { SeatControl } from "./seatcontrol";
import { Switch } from "./switch";

/** The panel over the page. */
const panel = signal<"headset" | "keys" | null>(null);

export function Interpreter({ media }: { media: PageMedia }) {
  const zone = ownZone();
  useAwake();
  useOwnLine(media);
  useChimes(media);
  const sound = useMemo(() => new BoothSound(ownBrowser().storage), []);
  const control = useMemo(() => new SeatControl(media), [media]);
  const enter = useMemo(
    () => () => {
      startSound();
      media.enter();
      void media.devices.start();
    },
    [media],
  );
  useReentry(media);
  return (
    <div class={`page console${media.joined.value ? "" : " console-before"}`}>
      <Header zone={zone} place={city(zone)} media={media}>
        {media.joined.value && (
          <Button testid="keys-button" class="quiet console-keys-button" press={() => (panel.value = "keys")}>
            {texts.value.interpreter.keys} <kbd>{KEYS.keys}</kbd>
          </Button>
        )}
      </Header>
      {media.joined.value ? (
        <Console control={control} zone={zone} sound={sound} />
      ) : (
        <Entrance media={media} zone={zone} enter={enter} />
      )}
      <Banner media={media} zone={zone} />
      <Toasts />
    </div>
  );
}

interface ConsoleProperties {
  control: SeatControl;
  zone: string;
  sound: BoothSound;
}

function Console({ control, zone, sound }: ConsoleProperties) {
  const t = texts.value;
  const { media } = control;
  const floor = useRef<HTMLSelectElement>(null);
  const presses = useMemo(() => pressesOf(control, sound, floor), [control, sound]);
  const cough = useMemo(() => (held: boolean) => (control.coughs.value = held), [control]);
  useBoothKeys(presses, cough);
  const hearing = useComputed(() => ({
    isOnRelay: control.doc.value.relay !== null,
    hearsPartner: !control.own.value.open && control.partnerIsOn.value,
    isTalkedTo: state.value !== null && isTalkedTo(state.value, control.booth),
  }));
  useEffect(() => {
    media.sound.follow(sound.plans(hearing, media.devices));
  }, [media, sound, hearing]);
  return (
    <>
      <main class="console-main">
        <div class="console-screen">
          <Messages zone={zone} />
          <Program media={media} zone={zone} />
          <OwnLine media={media} />
          <Cues />
          <div class="console-notes-over">
            <HandoverNote control={control} />
          </div>
          {isAutoplayBlocked.value && (
            <Button testid="sound-button" class="sound-button" press={startSound}>
              {t.tapForSound}
            </Button>
          )}
        </div>
        <Now zone={zone} floor={floor} />
        <Listening control={control} sound={sound} />
      </main>
      <aside class="console-rail">
        <Outgoing control={control} />
        <div class="console-speak">
          <Switch control={control} />
          <Meter loudness={media.sounds.loudness} />
          <Cough control={control} />
          <HandoverButton control={control} />
        </div>
        <Partner control={control} />
        <CueKeys />
        <div class="console-tools">
          <TalkToDesk media={media} />
          <FlagButton keyName={KEYS.flag} />
          <Button
            testid="devices-button"
            class={hasTrouble(media) ? "attention" : ""}
            press={() => (panel.value = "headset")}
          >
            {t.interpreter.devices}
          </Button>
        </div>
      </aside>
      {panel.value !== null && <Panel control={control} />}
      <Sound media={media} />
    </>
  );
}

function pressesOf(control: SeatControl, sound: BoothSound, floor: Ref<HTMLSelectElement>): Presses {
  const languages = computed(() =>
    state.value ? (boothPlan(state.value, control.booth)?.languages ?? []) : [],
  );
  const into = (n: number) => () => {
    const channel = languages.peek()[n];
    if (channel !== undefined) void control.into(channel);
  };
  const louder = (name: "floor" | "partner", by: number) => () =>
    sound.set({ [name]: sound.levels.peek()[name] + by });
  const list = floor as { current: HTMLSelectElement | null };
  return {
    switch: () => control.toggle(),
    handover: () => void control.handOver(),
    later: () => {
      if (panel.peek() !== null) panel.value = null;
      else void control.decline();
    },
    channelA: into(0),
    channelB: into(1),
    auto: () => void control.into(null),
    slower: () => void giveCue("slower"),
    louder: () => void giveCue("louder"),
    repeat: () => void giveCue("repeat"),
    floor: () => list.current?.focus(),
    volumeUp: louder("floor", VOLUME_STEP_DB),
    volumeDown: louder("floor", -VOLUME_STEP_DB),
    partnerUp: louder("partner", VOLUME_STEP_DB),
    partnerDown: louder("partner", -VOLUME_STEP_DB),
    flag: toggleFlag,
    read: () => {
      const [latest] = unread();
      if (latest) dismiss(latest);
    },
    keys: () => (panel.value = panel.peek() === "keys" ? null : "keys"),
  };
}

/** The headset, or the keys. The switch stays in reach by its key. */
function Panel({ control }: { control: SeatControl }) {
  const t = texts.value.interpreter;
  const isHeadset = panel.value === "headset";
  const title = isHeadset ? t.devices : t.keys;
  const close = (): void => {
    panel.value = null;
  };
  return (
    <div class="veil">
      <section class="panel" role="dialog" aria-modal="true" aria-label={title} data-testid="console-panel">
        <h1>{title}</h1>
        {isHeadset ? <Headset media={control.media} /> : <KeyList />}
        <div class="console-panel-buttons">
          {isHeadset && (
            <Button
              testid="leave-seat"
              blocked={control.own.value.open ? t.changeSeatBlocked : null}
              press={() => {
                close();
                control.media.exit();
              }}
            >
              {t.changeSeat}
            </Button>
          )}
          <Button testid="done-button" class="primary" press={close}>
            {texts.value.done} <kbd>{KEYS.later}</kbd>
          </Button>
        </div>
      </section>
    </div>
  );
}
