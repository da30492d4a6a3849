/** The tables of the report. */

import type { ReportItem, ShowReport, SourceOutage } from "../../link/report";
import { sourceName } from "../../show/agenda";
import { refusalLine } from "../../show/refusals";
import { instant, wall } from "../../show/time";
import { figure, language, named, type Texts, texts } from "../../texts";
import type { ErrorCode, Reason, State } from "../../wire";
import { began, lasted } from "./words";

interface Properties {
  report: ShowReport;
  show: State;
}

export function Tables({ report, show }: Properties) {
  const t = texts.value;
  const { on_air: onAir } = report;
  const name = (place: string): string =>
    show.event.places.find(({ id }) => id === place)?.name ?? sourceName(show, place, t.slate);
  return (
    <>
      <Items report={report} />
      <div class="report-tables">
        <Table
          testid="report-places"
          title={t.report.places}
          heads={["", t.report.main, t.report.beside]}
          rows={Object.entries(onAir.places)
            .sort(([, a], [, b]) => b.on_air_s - a.on_air_s)
            .map(([place, seen]) => [name(place), length(seen.on_air_s, t), length(seen.beside_s, t)])}
        />
        <Table
          testid="report-speakers"
          title={t.report.speakers}
          heads={["", t.report.main]}
          rows={shares(onAir.speakers, t, (speaker) => speaker)}
        />
        <Table
          testid="report-languages"
          title={t.report.languages}
          heads={["", t.report.main]}
          rows={shares(onAir.languages, t, languageName)}
        />
        <Table
          testid="report-channels"
          title={t.report.channels}
          heads={["", t.report.needed, t.report.interpreted]}
          rows={Object.entries(report.languages).map(([channel, times]) => [
            languageName(channel),
            length(times.needed_s, t),
            length(times.interpreted_s, t),
          ])}
        />
        <Table
          testid="report-cuts"
          title={t.report.cutsTitle}
          heads={["", t.report.number]}
          rows={Object.entries(report.cuts.by_reason).map(([why, n]) => [
            t.report.cuts[why as Reason] ?? why,
            figure(n),
          ])}
        />
        <Table
          testid="report-commands"
          title={t.report.commandsTitle}
          heads={["", t.report.command, t.report.number]}
          rows={Object.entries(report.commands).flatMap(([who, types]) => commands(who, types, t))}
        />
      </div>
      <Faults report={report} show={show} />
      <RefusedCommands report={report} />
    </>
  );
}

function Items({ report: { items, event } }: { report: ShowReport }) {
  const t = texts.value;
  const span = (start: string | null, end: string | null): string => {
    const [from, to] = [instant(start), instant(end)];
    if (from === null) return "–";
    return `${wall(from, event.timezone)}–${to === null ? "" : wall(to, event.timezone)}`;
  };
  return (
    <Table
      isWide
      testid="report-items"
      title={t.report.lead}
      heads={[t.item, t.planned, t.onAir, t.report.began, t.report.lasted]}
      rows={items.map((item) => [
        item.title,
        span(item.planned_start, item.planned_end),
        item.airings.length > 0
          ? item.airings.map(({ start, end }) => span(start, end)).join(", ")
          : item.skipped
            ? t.skippedBecause[item.skipped]
            : "–",
        began(item),
        howLong(item, t),
      ])}
    />
  );
}

function howLong(item: ReportItem, t: Texts): string {
  if (item.airings.length === 0) return "";
  return [t.length(item.on_air_s), lasted(item, t)].filter((words) => words !== "").join(" · ");
}

function Faults({ report, show }: Properties) {
  const t = texts.value;
  const clock = (iso: string): string => wall(Date.parse(iso), report.event.timezone, true);
  const instead = ({ failed, recovered }: SourceOutage): string => {
    if (failed === null) return "";
    if (recovered === null) return t.report.toTheEnd;
    return moment((Date.parse(recovered) - Date.parse(failed)) / 1000, t);
  };
  return (
    <Table
      isWide
      testid="report-faults"
      title={t.report.faultsTitle}
      heads={[t.report.source, t.report.from, t.report.lastedFor, t.report.what, t.report.stoodIn]}
      rows={report.faults.map((fault) => [
        sourceName(show, fault.source, t.slate),
        clock(fault.start),
        fault.length_s === null ? t.report.neverBack : moment(fault.length_s, t),
        fault.why === null ? t.report.restarted : t.sourceWhys[fault.why],
        instead(fault),
      ])}
    />
  );
}

function RefusedCommands({ report: { refused, event } }: { report: ShowReport }) {
  const t = texts.value;
  return (
    <Table
      isWide
      testid="report-refused"
      title={t.report.refusedTitle}
      heads={[t.report.who, t.report.at, t.report.command, t.report.reason]}
      rows={refused.map(({ by, at, command, code, message, left_out }) => [
        person(by, t),
        wall(Date.parse(at), event.timezone, true),
        commandName(command, t),
        left_out > 0 ? t.report.leftOut(left_out) : why(code, message, t),
      ])}
    />
  );
}

/** The log has the sentence in English; other languages show their text for its code first. */
function why(code: ErrorCode, message: string, t: Texts): string {
  return language.value === "en" ? message : refusalLine({ code, message }, t.refusals);
}

interface TableProperties {
  testid: string;
  title: string;
  heads: string[];
  rows: string[][];
  /** On a phone it scrolls sideways, by the keyboard as well. */
  isWide?: boolean;
}

function Table({ testid, title, heads, rows, isWide = false }: TableProperties) {
  return (
    <section class="report-table" data-testid={testid} aria-label={title} tabIndex={isWide ? 0 : undefined}>
      <h2>{title}</h2>
      {rows.length === 0 ? (
        <p class="muted">{texts.value.report.none}</p>
      ) : (
        <table>
          <thead>
            <tr>
              {heads.map((head) =>
                head === "" ? (
                  <td key={head} />
                ) : (
                  <th key={head} scope="col">
                    {head}
                  </th>
                ),
              )}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, n) => (
              <tr key={n}>
                {row.map((cell, column) => (
                  <td key={column} class="tabular">
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function length(seconds: number, t: Texts): string {
  return seconds > 0 ? t.length(seconds) : "–";
}

/** A length, with tenths below ten seconds. */
function moment(seconds: number, t: Texts): string {
  return seconds < 10 ? `${figure(seconds, 1)} s` : t.length(seconds);
}

function shares(found: Record<string, number>, t: Texts, name: (who: string) => string): string[][] {
  return Object.entries(found)
    .sort(([, a], [, b]) => b - a)
    .map(([who, seconds]) => [name(who), length(seconds, t)]);
}

/** The name of language `tag`, in the language of the page. */
function languageName(tag: string): string {
  return new Intl.DisplayNames([language.value], { type: "language", fallback: "code" }).of(tag) ?? tag;
}

/** One row per type, with the person before the first. */
function commands(who: string, types: Record<string, number>, t: Texts): string[][] {
  return Object.entries(types).map(([type, n], line) => [
    line === 0 ? person(who, t) : "",
    commandName(type, t),
    figure(n),
  ]);
}

/** `moderator:stage-left` as the id of the link. */
function person(who: string, t: Texts): string {
  const [role = "", id = ""] = who.split(":", 2);
  return role === id ? t.report.moderator : id || who;
}

function commandName(type: string, t: Texts): string {
  return type === "nothing-to-do" ? t.report.nothingToDo : named(t.commands, type);
}
