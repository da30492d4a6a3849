/** How an item went against the plan, in words. */

import type { ReportItem } from "../../link/report";
import type { Texts } from "../../texts/en";

/** Less than half a minute is nobody's delay. */
const SLIGHT = 30;
/** Half a day and more is no delay but an event that was run on another day. */
const ANOTHER_DAY = 12 * 3600;

/** `4 min late`; nothing for an item that was not on air. */
export function began({ late_s: late }: ReportItem, t: Texts): string {
  if (late === null || Math.abs(late) >= ANOTHER_DAY) return "";
  if (Math.abs(late) < SLIGHT) return t.onTime;
  return late > 0 ? t.late(late) : t.early(-late);
}

/** `2 min longer`. Of an item on air only what it is over its time: shorter it may yet become as planned. */
export function lasted({ over_s: over, airings }: ReportItem, t: Texts): string {
  if (over === null) return "";
  if (airings.at(-1)?.end === null) return over < SLIGHT ? "" : t.report.longer(over);
  if (Math.abs(over) < SLIGHT) return t.report.asPlanned;
  return over > 0 ? t.report.longer(over) : t.report.shorter(-over);
}

/** Both as far as they differ from the plan, or that they do not. */
export function against(item: ReportItem, t: Texts): string {
  const said = [began(item, t), lasted(item, t)].filter((words) => words !== "");
  const differs = said.filter((words) => words !== t.report.asPlanned && words !== t.onTime);
  return differs.length > 0 ? differs.join(", ") : (said[0] ?? "");
}
