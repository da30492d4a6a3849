/** The moderator's desk: the item on air and its clock, the rundown, all sources, and the controls. */

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { looksOn, now, state } from "../../link/session";
import type { PageMedia } from "../../media/pagemedia";
import type { Recipients } from "../../media/talkback";
import { Banner } from "../../parts/banner";
import { Button } from "../../parts/button";
import { Channel } from "../../parts/channel";
import { Cues } from "../../parts/cues";
import { Header } from "../../parts/header";
import { singleKeys } from "../../parts/singlekeys";
import { Sound, startSound } from "../../parts/sound";
import { TalkButton, useTalkKey } from "../../parts/talk";
import { Toasts } from "../../parts/toasts";
import { ifKnown, punctuality } from "../../parts/words";
import { overdueStart } from "../../show/coming";
import { ANOTHER_DAY_S, city, instant, SLIGHT_DELAY_S, wall } from "../../show/time";
import { texts } from "../../texts";
import type { State } from "../../wire";
import { Alarms, useAlarms } from "./alarms/alarms";
import { Connected } from "./connected";
import { Controls } from "./controls";
import { Consequence } from "./foresight/line";
import { JoinLinksPanel } from "./joinlinks/button";
import { useDeskKeys } from "./keys/deskkeys";
import { KeyList, KeysButton } from "./keys/list";
import { Languages } from "./languages/channels";
import { Messages } from "./messages/messages";
import { NextItem } from "./monitors/next";
import { Programme } from "./monitors/programme";
import { OutcomeNote } from "./outcome";
import { Overridden } from "./override/overridden";
import { useHere } from "./people/here";
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
  useDeskKeys();
  useHere();
  useTalkKey(media, "k", toAll);
  const show = state.value;
  const zone = show?.event.timezone ?? "UTC";
  const t = texts.value;
  const listen = (): void => {
    listening.value = !listening.value;
    startSound();
  };
  return (
    <div class={`page desk${singleKeys.value ? "" : " no-keys"}`}>
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
        <KeysButton />
      </Header>
      <Overridden />
      <main class="desk-left">
        {looksOn.value && (
          <p class="looks-on" role="note" data-testid="looks-on">
            {t.looksOn}
          </p>
        )}
        <div class="monitors">
          <Programme media={media} zone={zone} />
          <NextItem media={media} />
        </div>
        <div class="hand">
          <Controls />
          <Consequence />
          <OutcomeNote undo={() => void undo()} />
        </div>
        <Rundown />
        <Stats />
      </main>
      <aside class="desk-right">
        <div>
          {show && <Alarms show={show} media={media} />}
          <p class="all-well">
            <span class="dot good" aria-hidden="true" /> {t.monitors.allWell}
          </p>
        </div>
        <Sources media={media} />
        <Messages />
        <div class="desk-lists">
          <Languages media={media} />
          <Connected media={media} />
        </div>
      </aside>
      <Sound media={media} on={listening.value} />
      <Cues />
      <ReloadSheet />
      <JoinLinksPanel />
      <KeyList />
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
