/**
 * The multiview: a tile per source with its picture, name, state and a Take button.
 *
 * The tiles are given plain values and documents, so that a patch draws those that it changes.
 */

import { looksOn, state } from "../../link/session";
import { codecName } from "../../media/codecs";
import type { PageMedia } from "../../media/pagemedia";
import { Button } from "../../parts/button";
import { Level } from "../../parts/meter";
import { TalkButton } from "../../parts/talk";
import { Video } from "../../parts/video";
import { barred, ifKnown, lightWord } from "../../parts/words";
import { placeDoc, placeOf, SLATE } from "../../show/agenda";
import type { Alarm } from "../../show/alarms";
import { deviceFaults } from "../../show/devices";
import { cannotTake } from "../../show/moves";
import { type SoundFault, soundFault } from "../../show/soundfaults";
import { views } from "../../show/views";
import { texts } from "../../texts";
import type { SourceDoc, State } from "../../wire";
import { faultWords, raised, reason } from "./alarms/alarms";
import { rests } from "./foresight/foresee";
import { Mark, shortcutOf, useMarkKeys } from "./mark";
import { Microphone } from "./override/microphone";
import { Pick, Picked } from "./override/picks";
import { usePreview } from "./preview";
import { send } from "./send";

export function Sources({ media }: { media: PageMedia }) {
  useMarkKeys();
  const show = state.value;
  if (!show) return null;
  const here = views.value.flatMap((id, place) => {
    const source = show.sources[id];
    return source && !isAway(id, source) ? [{ id, place, source }] : [];
  });
  const away = views.value.flatMap((id) => {
    const source = show.sources[id];
    return source && isAway(id, source) ? [{ id, source }] : [];
  });
  return (
    // As in the rundown, it is scrolled by the keyboard.
    <section
      class={`sources${density(here.length + 1)}`}
      aria-label={texts.value.sources}
      tabIndex={looksOn.value ? 0 : undefined}
    >
      {here.map(({ id, place, source }) => (
        <Tile
          key={id}
          id={id}
          place={place}
          source={source}
          alarm={raised.value.find((each) => each.source === id)?.where ?? null}
          bad={soundFault(show, id, source)}
          isTaken={show.show.taken === id}
          blocked={cannotTake(show, id, source, barred(), texts.value)}
          placeName={placeDoc(show, placeOf(id))?.name ?? source.name}
          media={media}
        />
      ))}
      <SlateTile show={show} />
      <Picked />
      {away.length > 0 && (
        <ul class="sources-away" aria-label={texts.value.notConnected}>
          {away.map(({ id, source }) => (
            <li key={id} data-testid={`tile-${id}`} data-state={source.state}>
              <span class="dot" aria-hidden="true" /> {source.name}
              <Mark kind="source" id={id} name={source.name} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** It is not there, and nobody waits for it: its name is enough. */
function isAway(id: string, { state, tally }: SourceDoc): boolean {
  return state === "absent" && tally === "off" && !raised.value.some((alarm) => alarm.source === id);
}

/** The size of the tiles: all must be in view. */
function density(tiles: number): string {
  if (tiles <= 6) return "";
  return tiles <= 8 ? " several" : tiles <= 15 ? " many" : " many crowd";
}

interface TileProperties {
  id: string;
  /** Its place in the list, from 0. */
  place: number;
  source: SourceDoc;
  /** Where it is missing. */
  alarm: Alarm["where"] | null;
  bad: SoundFault | null;
  isTaken: boolean;
  /** Why it cannot be taken. */
  blocked: string | null;
  placeName: string;
  media: PageMedia;
}

function Tile({ id, place, source, alarm, bad, isTaken, blocked, placeName, media }: TileProperties) {
  const t = texts.value;
  const { keep, isShown, lacks } = usePreview(source, media);
  const live = source.state === "live";
  return (
    <div
      class={`tile ${source.tally}${alarm ? ` missing-${alarm}` : ""}`}
      data-testid={`tile-${id}`}
      data-state={source.state}
      data-alarm={alarm ?? undefined}
    >
      <div class="tile-picture">
        <Video
          track={media.call.tracks.value.get(`view:${id}`)}
          testid={`view-${id}`}
          frames={keep}
          preview
        />
        {!isShown && <div class="absent">{live ? whyNotShown(media, lacks) : reason(source, t)}</div>}
        <Chips id={id} source={source} bad={bad} />
        <Microphone id={id} source={source} />
        <Level source={id} open={source.mic} />
        <Mark kind="source" id={id} name={source.name} keyName={shortcutOf(place)} />
        <Pick id={id} name={source.name} />
      </div>
      <div class="tile-line">
        <span class={`dot ${live ? "good" : source.state === "absent" ? "" : "bad"}`} aria-hidden="true" />
        <span class="tile-name" title={source.name}>
          {source.name}
        </span>
        {source.state !== "absent" && (
          <TalkButton
            media={media}
            to={[placeOf(id)]}
            testid={`tile-talk-${id}`}
            class="small tile-talk"
            label={t.talkback.short}
            hint={t.talkback.to(placeName)}
          />
        )}
        <Take isTaken={isTaken} id={id} name={source.name} blocked={blocked} />
      </div>
    </div>
  );
}

/** Why this page does not show the preview of a live source; null while it waits for it. */
function whyNotShown(media: PageMedia, lacks: string | null): string | null {
  const t = texts.value;
  if (lacks) return t.cannotShowShort(codecName(lacks));
  return media.load.given.value.includes("previews") ? t.load.paused : null;
}

interface ChipsProperties {
  id: string;
  source: SourceDoc;
  bad: SoundFault | null;
}

function Chips({ id, source, bad }: ChipsProperties) {
  const t = texts.value;
  const faults = deviceFaults(source);
  const { limit = null, reduced = null } = (source.state === "live" && source.devices) || {};
  const limited = reduced ? "cpu" : limit;
  return (
    <div class="tile-chips">
      {source.tally !== "off" && (
        <span class={`chip ${source.tally}`}>{ifKnown(lightWord(source.tally))}</span>
      )}
      {source.armed && source.tally !== "on-air" && source.state === "live" && (
        <span class="chip ready" data-testid="ready">
          {t.ready}
        </span>
      )}
      {faults.length > 0 && (
        <span class="chip fault" data-testid={`devices-${id}`}>
          {faults.map((fault) => faultWords(fault, t)).join(" · ")}
        </span>
      )}
      {limited && (
        <span
          class="chip fault"
          data-testid={`limit-${id}`}
          data-limit={limited}
          data-reduced={reduced}
          title={
            reduced ? `${t.load.there[reduced].what} ${t.load.thereRemedy}` : t.limits.there[limited].remedy
          }
        >
          {reduced ? t.load.there[reduced].chip : t.limits.there[limited].what}
        </span>
      )}
      {bad && (
        <span
          class="chip fault"
          data-testid={`sound-${id}`}
          data-fault={bad}
          title={t.sound.there[bad].remedy}
        >
          {t.sound.there[bad].what}
        </span>
      )}
    </div>
  );
}

/** The slate, which can always be taken. */
function SlateTile({ show }: { show: State }) {
  const t = texts.value;
  const on = show.program.source === SLATE;
  const blocked = barred() ?? (on ? t.blocked.onAir(t.slate) : null);
  return (
    <div class={`tile ${on ? "on-air" : "off"}`} data-testid="tile-slate">
      <div class="tile-picture tile-slate">
        <span>{show.event.title}</span>
        <div class="tile-chips">{on && <span class="chip on-air">{ifKnown(t.onAir)}</span>}</div>
      </div>
      <div class="tile-line">
        <span class="dot good" aria-hidden="true" />
        <span class="tile-name">{t.slate}</span>
        <Take isTaken={show.show.taken === SLATE} id={SLATE} name={t.slate} blocked={blocked} />
      </div>
    </div>
  );
}

interface TakeProperties {
  isTaken: boolean;
  id: string;
  name: string;
  blocked: string | null;
}

/** Takes a source, or releases it if it is taken. */
function Take({ isTaken, id, name, blocked }: TakeProperties) {
  const t = texts.value;
  if (!isTaken)
    return (
      <Button
        testid={`take-${id}`}
        class="small"
        blocked={blocked}
        hint={t.takeHint(name)}
        rests={rests(() => ({ type: "take", source: id }))}
        press={() => void send({ type: "take", source: id })}
      >
        {t.take}
      </Button>
    );
  return (
    <Button
      testid="release-button"
      class="small taken"
      blocked={barred()}
      hint={t.releaseHint}
      press={() => void send({ type: "release" })}
    >
      {t.release}
    </Button>
  );
}
