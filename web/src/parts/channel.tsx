/** The choice of what this page listens to: the floor or a channel; what it carries now; the floor under it. */

import { state } from "../link/session";
import type { PageMedia } from "../media/pagemedia";
import { MIN_UNDER_DB } from "../media/sound/mix";
import { boothName, type ChannelStatus } from "../show/channels";
import { nameOfLanguage, texts } from "../texts";
import type { State } from "../wire";
import { LevelSlider } from "./levelslider";
import { said } from "./said";

/** The step below the quietest level is off. */
const STEP_DB = 2;
const FLOOR = "";

/** Nothing for an event without channels. `isPlayed`: an output of this page plays the channel. */
export function Channel({ media, isPlayed = true }: { media: PageMedia; isPlayed?: boolean }) {
  const show = state.value;
  if (!show || show.event.languages.length === 0) return null;
  const t = texts.value;
  const { listening } = media;
  const status = listening.status.value;
  const isUnheard = listening.channel.value !== null && !isPlayed;
  const text = isUnheard ? t.channel.notPlayed : statusWords(show, status);
  const isMissed = status.kind === "unfed" && status.needed;
  return (
    <div
      class={`channel ${status.kind}${isMissed ? " missed" : ""}`}
      data-testid="channel"
      data-status={status.kind}
    >
      <span class="channel-label" aria-hidden="true">
        {t.channel.label}
      </span>
      <ChannelSelect media={media} />
      {isPlayed && listening.channel.value !== null && <UnderLevel media={media} />}
      <span class="channel-status" {...said} title={text} data-testid="channel-status">
        {text}
      </span>
    </div>
  );
}

export function ChannelSelect({ media }: { media: PageMedia }) {
  const t = texts.value;
  const { listening } = media;
  return (
    <select
      class="channel-select"
      data-testid="channel-select"
      aria-label={t.channel.label}
      title={t.channel.label}
      value={listening.channel.value ?? FLOOR}
      onChange={(event) => listening.choose(event.currentTarget.value || null)}
    >
      <option value={FLOOR}>{t.channel.floor}</option>
      {state.value?.event.languages.map((language) => (
        <option key={language} value={language} lang={language}>
          {nameOfLanguage(language)}
        </option>
      ))}
    </select>
  );
}

/** How loud the floor stays under the interpretation. */
function UnderLevel({ media }: { media: PageMedia }) {
  const t = texts.value;
  const { listening } = media;
  const db = listening.underDb.value;
  const text = db < MIN_UNDER_DB ? t.channel.underOff : t.channel.under(db);
  return (
    <div class="channel-under" title={text}>
      <span>{t.channel.floor}</span>
      <LevelSlider
        testid="floor-level"
        label={t.channel.underLabel}
        words={text}
        range={[MIN_UNDER_DB - STEP_DB, 0]}
        step={STEP_DB}
        value={db}
        set={(level) => listening.setUnder(level)}
      />
    </div>
  );
}

/** What a channel carries now, in words. */
export function statusWords(show: State, status: ChannelStatus): string {
  const t = texts.value.channel;
  const spoken = nameOfLanguage(show.show.floor);
  switch (status.kind) {
    case "floor":
      return t.isFloor(spoken);
    case "spoken":
      return t.spoken(spoken);
    case "interpreted":
      return t.interpreted(boothName(show, status.booth));
    case "unfed":
      return status.needed ? t.unfed : t.notNeeded;
  }
}
