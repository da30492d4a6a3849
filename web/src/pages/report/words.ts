/** How an item ran against the plan, in words. */

import type { ReportItem } from "../../link/report";
import { punctuality } from "../../parts/words";
import { SLIGHT_DELAY_S } from "../../show/time";
import type { Texts } from "../../texts/en";

/** `4 min late`; empty for an item that was not on air. */
export function began({ late_s: late }: ReportItem): string {
  return late === null ? "" : punctuality(late);
}

/** `2 min longer`. For an item on air only its overrun, as it may still get longer. */
export function lasted({ over_s: over, airings }: ReportItem, t: Texts): string {
  if (over === null) return "";
  if (airings.at(-1)?.end === null) return over < SLIGHT_DELAY_S ? "" : t.report.longer(over);
  if (Math.abs(over) < SLIGHT_DELAY_S) return t.report.asPlanned;
  return over > 0 ? t.report.longer(over) : t.report.shorter(-over);
}

/** How start and length differ from the plan; `as planned` or `on time` if neither does. */
export function against(item: ReportItem, t: Texts): string {
  const parts = [began(item), lasted(item, t)].filter((words) => words !== "");
  const differs = parts.filter((words) => words !== t.report.asPlanned && words !== t.onTime);
  return differs.length > 0 ? differs.join(", ") : (parts[0] ?? "");
}
