/** The slate: shown in place of a picture, with what comes next and when. */

import { known, now, state, welcome } from "../link/session";
import { codecName } from "../media/codecs";
import { sourceName, upNext } from "../show/agenda";
import { coming } from "../show/coming";
import { headline } from "../show/headline";
import { city, countdown, sameClock, timeOn, wall } from "../show/time";
import { language, texts } from "../texts";
import type { State } from "../wire";
import { saidAtOnce } from "./said";
import { isForAudience } from "./screen";
import { asPlanned } from "./words";

interface Properties {
  /** The time zone of this page. */
  zone: string;
  /** The source whose picture is missing; null if the slate itself is on air. */
  missing: string | null;
  /** The codec of that picture, if this browser cannot decode it. */
  lacks?: string | null;
}

export function Slate({ zone, missing: absent, lacks = null }: Properties) {
  const show = state.value;
  if (!show) return null;
  // An audience cannot change the browser, so it sees the plain slate.
  const missing = lacks !== null && isForAudience.value ? null : absent;
  return (
    <div class={`slate${missing === null ? "" : " coming"}`} data-testid="slate">
      <div class="slate-event">{show.event.title}</div>
      {missing !== null && lacks !== null ? (
        <Lacking name={sourceName(show, missing, texts.value.slate)} codec={lacks} />
      ) : (
        <div class="slate-headline" data-testid="slate-headline">
          {headline(show, missing, { known: known.value, role: welcome.value?.role ?? null }, texts.value)}
        </div>
      )}
      {/* Not while a picture is about to arrive. */}
      {(missing === null || !known.value) && <Coming show={show} zone={zone} />}
    </div>
  );
}

/** This browser cannot decode the picture: the remedy. */
function Lacking({ name, codec }: { name: string; codec: string }) {
  const t = texts.value;
  return (
    <>
      <div class="slate-headline" {...saidAtOnce} data-testid="cannot-show">
        {t.cannotShow(name, codecName(codec))}
      </div>
      <div class="slate-when">{t.cannotShowHint}</div>
    </>
  );
}

/** The next item, its time in both zones, and a countdown. Empty lines keep their height. */
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
