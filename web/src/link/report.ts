/** The report of the show as the server tells it, and the way to fetch it. PROTOCOL.md says what is in it. */

import type { Language } from "../texts";
import type { ErrorCode, ItemDoc, Problem, Reason, SourceDoc, SourceState } from "../wire";
import { Refusal } from "./pending";

/** Lengths are seconds, instants ISO 8601. */
export interface Report {
  event: { title: string; timezone: string };
  show: ReportedShow;
  items: ReportItem[];
  programme: Stretch[];
  on_air: OnAir;
  cuts: Cuts;
  faults: Fault[];
  /** By source, when somebody fed it. */
  rooms: Record<string, Presence[]>;
  /** By person and type. */
  commands: Record<string, Record<string, number>>;
  /** By person, in order. */
  refused: Refused[];
}

export interface ReportedShow {
  /** Null: it has not begun. */
  start: string | null;
  /** Null: it is not over. */
  end: string | null;
  until: string | null;
  length_s: number;
}

export interface ReportItem {
  item: string;
  title: string;
  speaker: string;
  language: string;
  source: string;
  planned_start: string;
  planned_end: string;
  planned_s: number;
  actual_start: string | null;
  actual_end: string | null;
  on_air_s: number;
  times_on_air: number;
  /** How much later than planned it began; negative is early, null was never on air. */
  late_s: number | null;
  /** How much longer than planned it was on air. */
  over_s: number | null;
  started: string;
  lasted: string;
  began_by: string | null;
  ended_by: string | null;
  skipped: ItemDoc["skipped_because"];
  airings: Airing[];
}

export interface Airing {
  start: string;
  began_by: string;
  end: string | null;
  ended_by: string | null;
}

/** What was on air, until something else was. */
export interface Stretch {
  start: string;
  end: string;
  item: string | null;
  source: string;
  with: string[];
  reason: Reason;
}

export interface OnAir {
  sources: Record<string, Seen>;
  places: Record<string, Seen>;
  speakers: Record<string, number>;
  languages: Record<string, number>;
}

export interface Seen {
  on_air_s: number;
  beside_s: number;
}

export interface Cuts {
  by_reason: Partial<Record<Reason, number>>;
  fallback_because: Record<string, number>;
}

/** A source that was live and then was not. */
export interface Fault {
  source: string;
  state: SourceState;
  /** Null: the server was started again. */
  why: SourceDoc["why"];
  start: string;
  /** Null: it never came back. */
  end: string | null;
  length_s: number | null;
  /** From when on others stood in for it, if they did. */
  failed: string | null;
  recovered: string | null;
}

/** A command that was not done. */
export interface Refused {
  at: string;
  by: string;
  command: string;
  code: ErrorCode;
  message: string;
  /** So many more until then are not listed; 0 where this one is. */
  left_out: number;
}

export interface Presence {
  start: string;
  end: string | null;
}

/** What can be taken home, by the path that it is fetched from. */
export const FILES = { json: "/api/v1/report", csv: "/api/v1/report.csv" } as const;

async function get(path: string, token: string): Promise<Response> {
  const answer = await fetch(path, { headers: { Authorization: `Bearer ${token}` } });
  if (answer.ok) return answer;
  // A proxy in between answers in its own form.
  const problem = (await answer.json().catch(() => null)) as Problem | null;
  if (problem?.message) throw new Refusal(problem);
  throw new Error(`${answer.status} ${answer.statusText}`);
}

/** The report as of now; rejects with a `Refusal` where the server says why. */
export async function fetchReport(token: string): Promise<Report> {
  return (await (await get(FILES.json, token)).json()) as Report;
}

/** Where the file is; the table as a spreadsheet in this language opens it. */
export const fileAddress = (kind: keyof typeof FILES, language: Language): string =>
  kind === "csv" ? `${FILES.csv}?spreadsheet=${language}` : FILES[kind];

/** Have the browser save the report as a file; rejects with a sentence for people. */
export async function saveReport(
  kind: keyof typeof FILES,
  language: Language,
  token: string,
  name: string,
): Promise<void> {
  // Bytes, not text: a text loses the mark at its beginning that tells Excel UTF-8.
  const bytes = await (await get(fileAddress(kind, language), token)).arrayBuffer();
  const blob = new Blob([bytes], { type: "application/octet-stream" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${name}.${kind}`;
  link.click();
  // The browser has taken it by then; without this it would be kept as long as the page.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
