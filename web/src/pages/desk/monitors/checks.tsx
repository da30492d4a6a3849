/** Go or no-go for the item that Next puts on air: a word for each check, and why one is not in order. */

import { placeDoc, sourceName } from "../../../show/agenda";
import { nameOfLanguage, texts } from "../../../texts";
import type { CheckDoc, State } from "../../../wire";

type Result = CheckDoc["result"];

/** The worst first. */
const RESULTS: readonly Result[] = ["failed", "unknown", "ok"];
const MARKS: Record<Result, string> = { ok: "✓", failed: "✕", unknown: "?" };

export function Checks({ show, item }: { show: State; item: string }) {
  const t = texts.value;
  // The state may be of a moment before the mark.
  const found = show.checks.item === item ? show.checks.checks : [];
  const ids = [...new Set(found.map(({ id }) => id))];
  const failed = found.filter(({ result }) => result === "failed");
  const [first, ...others] = failed;
  return (
    <div class="checks" data-testid="checks">
      <ul aria-label={t.checks.label}>
        {ids.map((id) => {
          const same = found.filter((check) => check.id === id);
          const result = worst(same);
          const why = same.filter((check) => check.result !== "ok").map((check) => faultOf(show, check));
          return (
            <li
              key={id}
              class={`next-check ${result}`}
              data-testid={`check-${id}`}
              data-result={result}
              title={[t.checks.results[result], ...why].join("\n")}
            >
              <span aria-hidden="true">{MARKS[result]}</span> {t.checks.names[id]}
              <span class="unseen">{` (${[t.checks.results[result], ...why].join("; ")})`}</span>
            </li>
          );
        })}
      </ul>
      {/* No live region: the alarms say what is wrong, and levels come and go. */}
      {first && (
        <div class="check-why" data-testid="check-why">
          {faultOf(show, first)}
          {others.length > 0 && ` · ${t.checks.more(others.length)}`}
        </div>
      )}
    </div>
  );
}

function worst(checks: readonly CheckDoc[]): Result {
  return RESULTS.find((result) => checks.some((check) => check.result === result)) ?? "ok";
}

function faultOf(show: State, { id, of, reason }: CheckDoc): string {
  const t = texts.value;
  const isLanguage = id === "language" || id === "interpreter";
  const name = isLanguage ? nameOfLanguage(of) : (placeDoc(show, of)?.name ?? sourceName(show, of, t.slate));
  return t.checks.fault(name, reason ? t.checks.reasons[reason] : t.checks.names[id]);
}
