/** The stage display, readable from the stage: clock, time left, items and messages. No picture, no sound. */

import { state } from "../link/session";
import { Banner } from "../parts/banner";
import { Button } from "../parts/button";
import { Clock } from "../parts/clock";
import { Cues } from "../parts/cues";
import { StageMessages } from "../parts/messages";
import {
  canFullScreen,
  isForAudience,
  isFullScreen,
  showToAudience,
  toggleAudience,
  useAudience,
  useAwake,
} from "../parts/screen";
import { Progress, TimeLeft, timeLeft } from "../parts/timeleft";
import { ifKnown, nowWord } from "../parts/words";
import { beginOf, onAir, upNext } from "../show/agenda";
import { city, ownZone, wall } from "../show/time";
import { texts } from "../texts";

export function Stage() {
  useAudience();
  useAwake();
  const show = state.value;
  const t = texts.value;
  const item = show && onAir(show);
  const next = show && upNext(show);
  const at = show && next && beginOf(show, next);
  const zone = ownZone();
  return (
    // A double click anywhere does the same as the key F.
    <main
      class={`page stage tone-${timeLeft().tone}${isFullScreen.value ? " full" : ""}`}
      onDblClick={toggleAudience}
    >
      <h1 class="unseen">{t.roles.stage}</h1>
      <div class="stage-clock">
        <Clock zone={zone} name={city(zone)} />
      </div>
      <TimeLeft zone={zone} />
      <Progress />
      <div class="stage-items">
        <div>
          <div class="now-label">{item ? nowWord() : ifKnown(show ? t.phases[show.show.phase] : "")}</div>
          <div class="stage-title" lang={item?.language}>
            {item?.title ?? ""}
          </div>
          <div class="muted stage-who">{item?.speaker}</div>
        </div>
        <div>
          <div class="now-label">
            {t.nextUp} {at !== null && <span class="tabular">{wall(at, zone)}</span>}
          </div>
          <div class="stage-title" lang={next?.language}>
            {next?.title ?? t.nothingElse}
          </div>
          <div class="muted stage-who">{next?.speaker}</div>
        </div>
      </div>
      <StageMessages zone={zone} />
      <Cues />
      {isForAudience.value && canFullScreen && !isFullScreen.value && (
        <Button testid="full-again-button" class="quiet full-again" press={showToAudience}>
          {t.clickForFull}
        </Button>
      )}
      <Banner media={null} zone={zone} />
    </main>
  );
}
