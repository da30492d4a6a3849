/** The languages at the desk: what the floor speaks, and who feeds each channel since when, for how many listeners. */

import { state } from "../../../link/session";
import type { PageMedia } from "../../../media/pagemedia";
import { Level } from "../../../parts/meter";
import { barred } from "../../../parts/words";
import { onAir } from "../../../show/agenda";
import { listenedAt } from "../../../show/booth";
import { boothName, channelStatus } from "../../../show/channels";
import { wall } from "../../../show/time";
import { nameOfLanguage, texts } from "../../../texts";
import type { State } from "../../../wire";
import { send } from "../send";
import { Booths } from "./booths";

/** Nothing for an event without channels. */
export function Languages({ media }: { media: PageMedia }) {
  const show = state.value;
  if (!show || (show.event.languages.length === 0 && show.event.booths.length === 0)) return null;
  const t = texts.value.languages;
  return (
    <section class="connected desk-languages" aria-label={t.title} data-testid="languages">
      <div class="connected-head">
        <span>{t.title}</span>
        <Floor show={show} />
      </div>
      <table>
        <tbody>
          {show.event.languages.map((language) => (
            <Row key={language} show={show} language={language} />
          ))}
        </tbody>
      </table>
      <Booths show={show} media={media} />
    </section>
  );
}

const BY_AGENDA = "";

/** What the floor speaks, by the agenda or by hand until the next item. */
function Floor({ show }: { show: State }) {
  const t = texts.value.languages;
  const { floor } = show.show;
  const planned = onAir(show)?.language ?? show.event.language;
  const languages = [...new Set([...show.event.languages, planned, floor])];
  const blocked = barred() ?? (onAir(show) ? null : texts.value.blocked.noItem);
  return (
    <label class="desk-floor">
      <span>{t.floor}</span>
      <select
        data-testid="floor-select"
        value={floor === planned ? BY_AGENDA : floor}
        disabled={blocked !== null}
        title={blocked ?? undefined}
        onChange={(event) => void send({ type: "floor", language: event.currentTarget.value || null })}
      >
        <option value={BY_AGENDA}>
          {nameOfLanguage(planned)} · {t.byAgenda}
        </option>
        {languages
          .filter((language) => language !== planned)
          .map((language) => (
            <option key={language} value={language} lang={language}>
              {nameOfLanguage(language)}
            </option>
          ))}
      </select>
    </label>
  );
}

function Row({ show, language }: { show: State; language: string }) {
  const t = texts.value;
  const status = channelStatus(show, language);
  const doc = show.languages[language];
  const since = "since" in status && status.since !== null ? wall(status.since, show.event.timezone) : null;
  const source =
    status.kind === "interpreted" && status.seat !== null ? `${status.booth}/${status.seat}` : "";
  return (
    <tr data-testid={`channel-${language}`} data-status={status.kind} class={doc?.needed ? "" : "muted"}>
      <td>
        <span class={`dot ${dot(status)}`} aria-hidden="true" />{" "}
        <strong lang={language}>{nameOfLanguage(language)}</strong>
      </td>
      <td class="desk-level">{source && <Level source={source} open />}</td>
      <td>
        {words(show, language)}
        {since !== null && <span class="muted tabular"> · {t.since(since)}</span>}
      </td>
      <td class="number tabular" data-testid={`listeners-${language}`}>
        {t.languages.listeners(doc?.listeners ?? 0)}
        {doc?.places.length ? <span class="muted"> {listenedAt(show, doc.places)}</span> : null}
      </td>
    </tr>
  );
}

function dot(status: ReturnType<typeof channelStatus>): string {
  if (status.kind === "interpreted") return "good";
  return status.kind === "unfed" && status.needed ? "worst" : "";
}

function words(show: State, language: string): string {
  const t = texts.value.languages;
  const status = channelStatus(show, language);
  switch (status.kind) {
    case "interpreted":
      return [boothName(show, status.booth), status.seat ?? ""].filter(Boolean).join(" · ");
    case "unfed":
      return status.needed ? t.nobody : t.notNeeded;
    default:
      return t.floorItself;
  }
}
