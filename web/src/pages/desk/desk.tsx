/** The moderator's desk: the item on air and its clock, the rundown, all sources, and the controls. */

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { looksOn, now, state } from "../../link/session";
import type { PageMedia } from "../../media/pagemedia";
import type { Recipients } from "../../media/talkback";
import { who } from "../../parts/agenda";
import { Banner } from "../../parts/banner";
import { Button } from "../../parts/button";
import { Channel } from "../../parts/channel";
import { Cues } from "../../parts/cues";
import { Header } from "../../parts/header";
import { Program } from "../../parts/program";
import { Sound, startSound } from "../../parts/sound";
import { TalkButton, useTalkKey } from "../../parts/talk";
import { Progress, TimeLeft } from "../../parts/timeleft";
import { Toasts } from "../../parts/toasts";
import { ifKnown, punctuality, reasonWords } from "../../parts/words";
import { onAir, sourceName, upNext } from "../../show/agenda";
import { overdueStart } from "../../show/coming";
import { reasonOf } from "../../show/light";
import { ANOTHER_DAY_S, city, instant, SLIGHT_DELAY_S, timeOn, wall } from "../../show/time";
import { language, texts } from "../../texts";
import type { State } from "../../wire";
import { Alarms, useAlarms } from "./alarms/alarms";
import { Connected } from "./connected";
import { Controls } from "./controls";
import { JoinLinksPanel } from "./joinlinks/button";
import { Languages } from "./languages/channels";
import { Messages } from "./messages";
import { CardNotes } from "./notes";
import { OutcomeNote } from "./outcome";
import { ReloadSheet } from "./reload";
import { Rundown } from "./rundown";
import { undo } from "./send";
import { Sources } from "./sources";
import { Stats } from "./stats";

/** Off at first: the desk is beside a stage, where its loudspeaker would be heard. */
const listening = signal(false);

export function Desk({ media }: { media: PageMedia }) {
  useEffect(() => media.enter(), [media]);
  useAlarms();
  useTalkKey(media, "k", toAll);
  const show = state.value;
  const zone = show?.event.timezone ?? "UTC";
  const t = texts.value;
  const listen = (): void => {
    listening.value = !listening.value;
    startSound();
  };
  return (
    <div class="page desk">
      <Header zone={zone} place={city(zone)}>
        {show && <Punctuality show={show} />}
        <TalkButton
          media={media}
          to="all"
          testid="talk-all"
          class="quiet"
          label={t.talkback.toAll}
          keyName="K"
        />
        <Channel media={media} isPlayed={listening.value} />
        <Button testid="sound-button" class="quiet" pressed={listening.value} press={listen}>
          {listening.value ? t.soundOn : t.soundOff}
        </Button>
      </Header>
      <main class="desk-left">
        {looksOn.value && (
          <p class="looks-on" role="note" data-testid="looks-on">
            {t.looksOn}
          </p>
        )}
        {show && <OnAir show={show} />}
        <div class="hand">
          <Controls />
          <OutcomeNote undo={() => void undo()} />
        </div>
        <Rundown />
        <Messages />
        <Stats />
      </main>
      <aside class="desk-right">
        <div class="desk-program">
          <Program media={media} zone={zone} />
          {show && <Alarms show={show} media={media} />}
          {show && <Source show={show} />}
        </div>
        <Sources media={media} />
        <div class="desk-lists">
          <Languages media={media} />
          <Connected media={media} />
        </div>
      </aside>
      <Sound media={media} on={listening.value} />
      <Cues />
      <ReloadSheet />
      <JoinLinksPanel />
      <Toasts />
      <Banner media={media} zone={zone} />
    </div>
  );
}

function toAll(): Recipients {
  return "all";
}

/** The phase of the show, early or late in words, and the expected end. */
function Punctuality({ show }: { show: State }) {
  const t = texts.value;
  const { offset_s: offset, ends, held } = show.show;
  const phase = held ? "held" : show.show.phase;
  const end = instant(ends);
  return (
    <div class="standing">
      <span class={`phase ${phase}`} data-testid="phase" data-phase={show.show.phase}>
        {ifKnown(t.phases[phase])}
      </span>
      {overdueStart(show, now.value) === null ? (
        <span
          class={offset > SLIGHT_DELAY_S ? "late" : offset < -SLIGHT_DELAY_S ? "early" : "muted"}
          data-testid="offset"
        >
          {punctuality(offset)}
        </span>
      ) : (
        <span class="muted" data-testid="offset">
          {isDelay(offset) && t.lateIfStarted(offset)}
        </span>
      )}
      {end !== null && (
        <span class="muted">
          {t.expectedEnd} <span class="tabular">{wall(end, show.event.timezone)}</span>
        </span>
      )}
    </div>
  );
}

function isDelay(offset: number): boolean {
  return offset >= SLIGHT_DELAY_S && offset < ANOTHER_DAY_S;
}

function OnAir({ show }: { show: State }) {
  const t = texts.value;
  const item = onAir(show);
  const next = upNext(show);
  const zone = show.event.timezone;
  const due = overdueStart(show, now.value);
  const waits = due !== null && t.waitsForStart(timeOn(due, now.value, zone, language.value));
  return (
    <section class="on-air-card">
      <div class="on-air-item">
        <div class={`now-label${item ? " live" : ""}`}>
          {ifKnown(item ? t.onAir : waits || t.phases[show.show.phase])}
        </div>
        <div class="on-air-title" data-testid="now-title" lang={(item ?? next)?.language}>
          {item?.title ?? (show.show.phase === "running" ? t.betweenItems : (next?.title ?? ""))}
        </div>
        <div class="muted">{item ? who(show, item) : next ? who(show, next) : ""}</div>
        <CardNotes item={item ?? next} />
      </div>
      <TimeLeft zone={zone} instead={due === null ? null : t.phases.before} />
      <Progress />
    </section>
  );
}

/** The source on air and, if the agenda does not say so, why. */
function Source({ show }: { show: State }) {
  const t = texts.value;
  const { source, reason, with: beside } = show.program;
  const names = [source, ...beside].map((id) => sourceName(show, id, t.slate)).join(" + ");
  return (
    <div class="desk-source" data-testid="program-source" data-source={source} data-reason={reason}>
      <span class="chip on-air">{t.programme}</span> {names}
      {reason === "take" && <span class="chip taken">{t.taken}</span>}
      {reason === "fallback" && (
        <span class="chip fallback">{reasonWords(reasonOf(show, source, null))}</span>
      )}
    </div>
  );
}
