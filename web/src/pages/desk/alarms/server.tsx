/** What is wrong with the server itself: a quiet line each, which opens to what to do. */

import { saidWithLine } from "../../../parts/said";
import { instant, wall } from "../../../show/time";
import { texts } from "../../../texts";
import type { State, WarningDoc } from "../../../wire";

export function ServerWarnings({ show }: { show: State }) {
  return (
    <>
      {show.server.warnings.map((warning) => (
        <Line key={warning.code} warning={warning} zone={show.event.timezone} />
      ))}
    </>
  );
}

function Line({ warning, zone }: { warning: WarningDoc; zone: string }) {
  const t = texts.value.server;
  const at = instant(warning.since);
  const { what, remedy } = t.warnings[warning.code](warning.figures);
  return (
    <details class="alarm machine" data-testid={`server-${warning.code}`}>
      <summary class="alarm-text" {...saidWithLine}>
        <strong>{t.name}</strong> · {what}
        {at !== null && <span class="tabular"> · {texts.value.since(wall(at, zone))}</span>}
      </summary>
      {remedy}
    </details>
  );
}
