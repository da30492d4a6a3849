/** The moderator's report: what ran against the plan, during the show and after it. */

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Refusal } from "../../link/pending";
import { fetchReport, type ShowReport, saveReport } from "../../link/report";
import { state } from "../../link/session";
import { Banner } from "../../parts/banner";
import { Button } from "../../parts/button";
import { Header } from "../../parts/header";
import { saidAtOnce } from "../../parts/said";
import { refusalLine } from "../../show/refusals";
import { city, instant, wall } from "../../show/time";
import { language, texts } from "../../texts";
import { PlotView } from "./plot";
import { Tables } from "./tables";

/** How often the page fetches the report; bars on air grow by the clock in between. */
const FETCH_INTERVAL_MS = 5_000;
/** The delay after a change of the show: the server makes a new report once a second. */
const FETCH_DELAY_MS = 1_100;

const report = signal<ShowReport | null>(null);
const fault = signal("");

export function Report() {
  const token = location.hash.slice(1);
  const show = state.value;
  useFetched(token, `${show?.show.phase} ${show?.show.item} ${show?.program.source}`);
  const zone = show?.event.timezone ?? "UTC";
  const t = texts.value.report;
  const made = report.value;
  const save = (kind: "csv" | "json"): void => {
    const name = `${t.fileName}-${(made?.items[0]?.planned_start ?? "").slice(0, 10)}`;
    saveReport(kind, language.value, token, name).catch(failed);
  };
  return (
    <div class="page report">
      <Header zone={zone} place={city(zone)}>
        <Button testid="save-csv" class="quiet" press={() => save("csv")}>
          {t.csv}
        </Button>
        <Button testid="save-json" class="quiet" press={() => save("json")}>
          {t.json}
        </Button>
        <Button testid="print" class="quiet" press={() => window.print()}>
          {t.print}
        </Button>
      </Header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard does that too */}
      <main class="report-body" data-testid="report" tabIndex={0}>
        {fault.value && (
          <p class="report-fault" {...saidAtOnce}>
            {t.notFetched(fault.value)}
          </p>
        )}
        {show && made && (
          <>
            <h1 class="report-title">
              {t.title}: {made.event.title}
            </h1>
            <Duration report={made} />
            <PlotView report={made} show={show} />
            <Tables report={made} show={show} />
          </>
        )}
      </main>
      <Banner media={null} zone={zone} />
    </div>
  );
}

/** From when to when the show ran. */
function Duration({ report: { show, event } }: { report: ShowReport }) {
  const t = texts.value;
  const [start, end] = [instant(show.start), instant(show.end)];
  const length = t.length(show.length_s);
  const clock = (at: number): string => wall(at, event.timezone);
  return (
    <p class="muted report-standing" data-testid="report-standing">
      {start === null
        ? t.report.notBegun
        : end === null
          ? t.report.runsSince(clock(start), length)
          : t.report.ran(clock(start), clock(end), length)}{" "}
      · {t.report.timesIn(city(event.timezone))}
    </p>
  );
}

function failed(why: unknown): void {
  const { refusals } = texts.value;
  fault.value = why instanceof Refusal ? refusalLine(why.problem, refusals) : String(why);
}

/** Fetch the report repeatedly while the page is visible, and soon after `what` has changed. */
function useFetched(token: string, what: string): void {
  useEffect(() => {
    const ask = (): void => {
      if (document.visibilityState !== "visible") return;
      fetchReport(token).then((made) => {
        report.value = made;
        fault.value = "";
      }, failed);
    };
    if (report.value === null) ask();
    const soon = setTimeout(ask, FETCH_DELAY_MS);
    const timer = setInterval(ask, FETCH_INTERVAL_MS);
    document.addEventListener("visibilitychange", ask);
    return () => {
      clearTimeout(soon);
      clearInterval(timer);
      document.removeEventListener("visibilitychange", ask);
    };
  }, [token, what]);
}
