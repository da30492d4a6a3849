/** The holding card: what stands where a picture would, and says what comes and when. Never black. */

import { known, now, state } from "../link/session";
import { codecName } from "../media/codecs";
import { onAir, sourceName, upNext } from "../show/agenda";
import { coming } from "../show/coming";
import { city, countdown, sameClock, timeOn, wall } from "../show/time";
import { language, texts } from "../texts";
import type { State } from "../wire";
import { isForAudience } from "./screen";
import { asPlanned } from "./words";

interface Properties {
  /** The zone of the people in front of this screen. */
  zone: string;
  /** The source whose picture should be here but is not; null if the slate is on air. */
  missing: string | null;
  /** The codec of that picture, if this browser has not got it. */
  lacks?: string | null;
}

export function Slate({ zone, missing: absent, lacks = null }: Properties) {
  const show = state.value;
  if (!show) return null;
  // An audience cannot change the browser, and must not be told that the picture is about to come.
  const missing = lacks !== null && isForAudience.value ? null : absent;
  return (
    <div class={`slate${missing === null ? "" : " coming"}`} data-testid="slate">
      <div class="slate-event">{show.event.title}</div>
      {missing !== null && lacks !== null ? (
        <Lacking name={sourceName(show, missing, texts.value.slate)} codec={lacks} />
      ) : (
        <div class="slate-headline">{headline(show, missing)}</div>
      )}
      {/* A picture that is about to come is no occasion to tell what comes after it. */}
      {(missing === null || !known.value) && <Coming show={show} zone={zone} />}
    </div>
  );
}

/** This browser will never show that picture: what to do instead of waiting. */
function Lacking({ name, codec }: { name: string; codec: string }) {
  const t = texts.value;
  return (
    <>
      <div class="slate-headline" role="alert" data-testid="cannot-show">
        {t.cannotShow(name, codecName(codec))}
      </div>
      <div class="slate-when">{t.cannotShowHint}</div>
    </>
  );
}

function headline(show: State, missing: string | null): string {
  const t = texts.value;
  if (!known.value) return t.standBy;
  if (missing !== null) return t.pictureComing(sourceName(show, missing, t.slate));
  if (show.show.phase === "before") return t.welcome;
  if (show.show.phase === "ended") return t.farewell;
  const item = onAir(show);
  if (!item) return t.backSoon;
  if (show.program.reason === "fallback") return t.reconnecting(sourceName(show, item.source, t.slate));
  return show.program.reason === "agenda" ? item.title : t.backSoon;
}

/** What comes next, when in both zones, and how long that is. The lines are there even when they are empty. */
function Coming({ show, zone }: { show: State; zone: string }) {
  const t = texts.value;
  const item = upNext(show);
  const next = coming(show, now.value);
  if (!item || next === null) return <div class="slate-next" />;
  const home = show.event.timezone;
  const at = next.at;
  const isPlan = next.kind === "waits" && at !== null;
  return (
    <div class="slate-next">
      <div class="slate-label">{asPlanned(t.nextUp)}</div>
      <div class="slate-title" lang={item.language}>
        {item.title}
      </div>
      <div class="slate-when tabular">
        {at !== null && (isPlan ? t.plannedFor(timeOn(at, now.value, zone, language.value)) : wall(at, zone))}
        {at !== null && !sameClock(home, zone, at) && (
          <span class="muted">
            {" "}
            · {wall(at, home)} {t.clockIn(city(home))}
          </span>
        )}
      </div>
      <div class={`slate-count tabular${next.kind === "counts" ? "" : " words"}`}>
        {next.kind === "counts" ? countdown(next.left) : next.kind === "soon" ? t.beginsSoon : ""}
      </div>
    </div>
  );
}
