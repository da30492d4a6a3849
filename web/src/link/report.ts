/** The report of the show, and its download. Only the fields that the page uses; PROTOCOL.md documents all. */

import type { Language } from "../texts";
import type { ErrorCode, ItemDoc, Problem, Reason, SourceDoc } from "../wire";
import { Refusal } from "./pending";
import { saveFile } from "./saving";

/** Lengths are seconds, instants ISO 8601. */
export interface ShowReport {
  event: { title: string; timezone: string };
  /** `start`: null before the show; `end`: null until it has ended. */
  show: { start: string | null; end: string | null; until: string | null; length_s: number };
  items: ReportItem[];
  programme: Stretch[];
  on_air: {
    places: Record<string, AirTime>;
    speakers: Record<string, number>;
    languages: Record<string, number>;
  };
  /** By channel. */
  languages: Record<string, ChannelTimes>;
  cuts: { by_reason: Partial<Record<Reason, number>> };
  faults: SourceOutage[];
  /** When each source was fed. */
  rooms: Record<string, Presence[]>;
  /** Counts by person and command type. */
  commands: Record<string, Record<string, number>>;
  /** In order, by person. */
  refused: Refused[];
}

export interface ReportItem {
  item: string;
  title: string;
  language: string;
  planned_start: string;
  planned_end: string;
  planned_s: number;
  on_air_s: number;
  /** How much later than planned it began; negative is early, null was never on air. */
  late_s: number | null;
  /** How much longer than planned it was on air. */
  over_s: number | null;
  skipped: ItemDoc["skipped_because"];
  airings: Presence[];
}

/** A time without a cut, and what was on air. */
export interface Stretch {
  start: string;
  end: string;
  item: string | null;
  source: string;
  with: string[];
  reason: Reason;
}

export interface AirTime {
  on_air_s: number;
  beside_s: number;
}

/** How long a channel was needed, and how long a booth fed it meanwhile. */
export interface ChannelTimes {
  needed_s: number;
  interpreted_s: number;
}

/** A time in which a source that had been live was not. */
export interface SourceOutage {
  source: string;
  /** Null: the server was restarted. */
  why: SourceDoc["why"];
  start: string;
  /** Null: it never came back. */
  end: string | null;
  length_s: number | null;
  /** When a fallback replaced it; null if none did. */
  failed: string | null;
  recovered: string | null;
}

/** A refused command. */
export interface Refused {
  at: string;
  by: string;
  command: string;
  code: ErrorCode;
  message: string;
  /** The number of further refusals until then that are not listed; 0 for a listed one. */
  left_out: number;
}

export interface Presence {
  start: string;
  end: string | null;
}

/** The downloads and their paths. */
export const DOWNLOAD_PATHS = { json: "/api/v1/report", csv: "/api/v1/report.csv" } as const;

async function get(path: string, token: string): Promise<Response> {
  const answer = await fetch(path, { headers: { Authorization: `Bearer ${token}` } });
  if (answer.ok) return answer;
  // A proxy's answer has another form.
  const problem = (await answer.json().catch(() => null)) as Problem | null;
  if (problem?.message) throw new Refusal(problem);
  throw new Error(`${answer.status} ${answer.statusText}`);
}

/** The report as of now; rejects with a `Refusal` if the server gives a reason. */
export async function fetchReport(token: string): Promise<ShowReport> {
  return (await (await get(DOWNLOAD_PATHS.json, token)).json()) as ShowReport;
}

/** The file's address; the CSV in the form that a spreadsheet in this language opens. */
export const fileAddress = (kind: keyof typeof DOWNLOAD_PATHS, language: Language): string =>
  kind === "csv" ? `${DOWNLOAD_PATHS.csv}?spreadsheet=${language}` : DOWNLOAD_PATHS[kind];

/** Let the browser save the report as a file; rejects as `fetchReport` does. */
export async function saveReport(
  kind: keyof typeof DOWNLOAD_PATHS,
  language: Language,
  token: string,
  name: string,
): Promise<void> {
  // Bytes, since `text()` drops the byte order mark by which Excel recognises UTF-8.
  const bytes = await (await get(fileAddress(kind, language), token)).arrayBuffer();
  const blob = new Blob([bytes], { type: "application/octet-stream" });
  saveFile(blob, `${name}.${kind}`);
}
