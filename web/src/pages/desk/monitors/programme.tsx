/** PROGRAMME: what is on air, and below it the item, its notes and the time that is left. */

import { now, state } from "../../../link/session";
import type { PageMedia } from "../../../media/pagemedia";
import { who } from "../../../parts/agenda";
import { Program } from "../../../parts/program";
import { Progress, TimeLeft } from "../../../parts/timeleft";
import { ifKnown, reasonWords } from "../../../parts/words";
import { onAir, sourceName, upNext } from "../../../show/agenda";
import { overdueStart } from "../../../show/coming";
import { reasonOf } from "../../../show/light";
import { timeOn } from "../../../show/time";
import { language, texts } from "../../../texts";
import type { State } from "../../../wire";
import { CardNotes } from "../details";

export function Programme({ media, zone }: { media: PageMedia; zone: string }) {
  const show = state.value;
  return (
    <section class="monitor on-air" aria-label={texts.value.programme}>
      <div class="monitor-picture">
        <Program media={media} zone={zone} />
        {show && <Source show={show} />}
      </div>
      {show && <OnAir show={show} />}
    </section>
  );
}

function OnAir({ show }: { show: State }) {
  const t = texts.value;
  const item = onAir(show);
  const next = upNext(show);
  const zone = show.event.timezone;
  const due = overdueStart(show, now.value);
  const waits = due !== null && t.waitsForStart(timeOn(due, now.value, zone, language.value));
  return (
    <div class="monitor-foot">
      <div class="monitor-item">
        <div class={`now-label${item ? " live" : ""}`}>
          {ifKnown(item ? t.onAir : waits || t.phases[show.show.phase])}
        </div>
        <div class="monitor-title" data-testid="now-title" lang={(item ?? next)?.language}>
          {item?.title ?? (show.show.phase === "running" ? t.betweenItems : (next?.title ?? ""))}
        </div>
        <div class="monitor-who muted">{item ? who(show, item) : next ? who(show, next) : ""}</div>
        <CardNotes item={item ?? next} />
      </div>
      <TimeLeft zone={zone} instead={due === null ? null : t.phases.before} />
      <Progress />
    </div>
  );
}

/** The source on air and, if the agenda does not say so, why. */
function Source({ show }: { show: State }) {
  const t = texts.value;
  const { source, reason, with: beside } = show.program;
  const names = [source, ...beside].map((id) => sourceName(show, id, t.slate)).join(" + ");
  return (
    <div class="monitor-source" data-testid="program-source" data-source={source} data-reason={reason}>
      <span class="chip on-air">{t.programme}</span> {names}
      {reason === "take" && <span class="chip taken">{t.taken}</span>}
      {reason === "fallback" && (
        <span class="chip fallback">{reasonWords(reasonOf(show, source, null))}</span>
      )}
    </div>
  );
}
