/** The viewers' page: picture, sound and what comes next. */

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { state } from "../link/session";
import type { PageMedia } from "../media/pagemedia";
import { isAutoplayBlocked } from "../media/sound/contexts";
import { who } from "../parts/agenda";
import { AudienceCover } from "../parts/audience";
import { Banner } from "../parts/banner";
import { Button } from "../parts/button";
import { Channel } from "../parts/channel";
import { Header } from "../parts/header";
import { LoadNote } from "../parts/line";
import { isBlocked, PathNote } from "../parts/linepath";
import { Program } from "../parts/program";
import { said } from "../parts/said";
import { isForAudience, showToAudience, useAudience, useAwake } from "../parts/screen";
import { Sound, startSound } from "../parts/sound";
import { ProgressForAudience, TimeLeftForAudience } from "../parts/timeleft";
import { nowWord } from "../parts/words";
import { beginOf, fromNowOn } from "../show/agenda";
import { city, ownZone, wall } from "../show/time";
import { texts } from "../texts";
import { Day } from "./agenda/day";

const STRIP_ITEMS = 4;

/** The day's agenda is beside the picture. On an upright phone it always is, below. */
const withDay = signal(false);

export function Viewer({ media }: { media: PageMedia }) {
  const zone = ownZone();
  useAudience();
  useAwake();
  useEffect(() => media.enter(), [media]);
  const audience = isForAudience.value;
  const t = texts.value;
  return (
    <div class={`page viewer${audience ? " for-audience" : withDay.value ? " with-day" : ""}`}>
      {!audience && (
        <Header zone={zone} place={city(zone)}>
          <Channel media={media} />
          <Button testid="fullscreen-button" class="quiet" hint="F" press={showToAudience}>
            {t.fullScreen} <kbd>F</kbd>
          </Button>
        </Header>
      )}
      <main class="viewer-screen">
        <Program media={media} zone={zone} />
        {audience ? (
          <AudienceCover media={media} />
        ) : (
          <div class="line-notes" {...said}>
            {isBlocked(media) ? <PathNote media={media} /> : <LoadNote media={media} />}
          </div>
        )}
        {!audience && isAutoplayBlocked.value && (
          <Button testid="sound-button" class="sound-button" press={startSound}>
            {t.tapForSound}
          </Button>
        )}
      </main>
      {!audience && (
        <footer class="strip">
          <ProgressForAudience />
          <TimeLeftForAudience zone={zone} />
          <Strip zone={zone} />
          <Button
            testid="day-button"
            class="quiet day-button"
            pressed={withDay.value}
            press={() => (withDay.value = !withDay.value)}
          >
            {t.day.show}
          </Button>
        </footer>
      )}
      {!audience && state.value && <Day show={state.value} />}
      <Sound media={media} />
      {!audience && <Banner media={media} zone={zone} />}
    </div>
  );
}

/** The item on air and the next ones, side by side. */
function Strip({ zone }: { zone: string }) {
  const show = state.value;
  if (!show) return <ol class="strip-items" />;
  return (
    <ol class="strip-items">
      {fromNowOn(show, STRIP_ITEMS).map((item) => {
        const at = beginOf(show, item);
        return (
          <li key={item.id} class={`strip-item ${item.status}`} data-testid={`agenda-row-${item.id}`}>
            <span class="now-label tabular">
              {item.status === "on-air" ? nowWord() : at === null ? "" : wall(at, zone)}
            </span>
            <span class="strip-title" lang={item.language}>
              {item.title}
            </span>
            <span class="muted strip-who">{who(show, item)}</span>
          </li>
        );
      })}
    </ol>
  );
}
