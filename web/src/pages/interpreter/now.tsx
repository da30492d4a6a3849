/** What is on air, what comes next and in which language, and the language on the floor. */

import type { Ref } from "preact";
import { state } from "../../link/session";
import { who } from "../../parts/agenda";
import { Progress, TimeLeft } from "../../parts/timeleft";
import { ifKnown, nowWord } from "../../parts/words";
import { beginOf, onAir, upNext } from "../../show/agenda";
import { wall } from "../../show/time";
import { nameOfLanguage, texts } from "../../texts";
import { KEYS } from "./keys";
import { send } from "./seatcontrol";

export function Now({ zone, floor }: { zone: string; floor: Ref<HTMLSelectElement> }) {
  const t = texts.value;
  const show = state.value;
  if (!show) return <section class="console-now" />;
  const item = onAir(show);
  const next = upNext(show);
  const at = next && beginOf(show, next);
  return (
    <section class="console-now" aria-label={t.agenda}>
      <Progress />
      <div class="now-item">
        <div class="now-label">{item ? nowWord() : ifKnown(t.phases[show.show.phase])}</div>
        <div class="now-title" data-testid="now-title" lang={item?.language}>
          {item?.title ?? ""}
        </div>
        <div class="now-who muted">{item ? who(show, item) : ""}</div>
      </div>
      <div class="now-item next-item">
        <div class="now-label">
          {t.nextUp} {at !== null && <span class="tabular">{wall(at, zone)}</span>}
        </div>
        <div class="now-next" data-testid="next-title" lang={next?.language}>
          {next?.title ?? t.nothingElse}
        </div>
        <div class="now-who muted">
          {next && (
            <>
              <strong class="console-next-language">
                {t.interpreter.inLanguage(nameOfLanguage(next.language))}
              </strong>{" "}
              {next.speaker}
            </>
          )}
        </div>
      </div>
      <div class="console-time">
        <TimeLeft zone={zone} />
        <FloorLanguage floor={floor} />
      </div>
      {item?.notes && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and contains nothing that takes the focus
        <section class="console-notes" aria-label={t.interpreter.notes} data-testid="notes" tabIndex={0}>
          <strong>{t.interpreter.notes}</strong> {item.notes}
        </section>
      )}
    </section>
  );
}

/** What the floor speaks: by the agenda, or by hand when the speaker changes the language. */
function FloorLanguage({ floor }: { floor: Ref<HTMLSelectElement> }) {
  const t = texts.value.interpreter;
  const show = state.value;
  if (!show) return null;
  const spoken = show.show.floor;
  const planned = onAir(show)?.language ?? show.event.language;
  const languages = [...new Set([...show.event.languages, spoken])];
  return (
    <label class="console-floor">
      <span>
        {t.floorSpeaks} <kbd>{KEYS.floor}</kbd>
      </span>
      <select
        ref={floor}
        data-testid="floor-select"
        value={spoken}
        onChange={(event) => {
          const language = event.currentTarget.value;
          event.currentTarget.value = spoken; // until the server says so
          event.currentTarget.blur();
          void send({ type: "floor", language: language === "" ? null : language });
        }}
      >
        {languages.map((language) => (
          <option key={language} value={language} lang={language}>
            {nameOfLanguage(language)}
          </option>
        ))}
        <option value="">
          {t.asPlanned} ({nameOfLanguage(planned)})
        </option>
      </select>
    </label>
  );
}
