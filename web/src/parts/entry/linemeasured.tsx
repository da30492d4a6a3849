/** What was measured of the line before joining, and what it is good for. */

import { judgeLine, MAX_DOWN_KBPS } from "../../media/path/linefigures";
import type { LineTrial } from "../../media/path/linetrial";
import { figure, texts } from "../../texts";

/** It has its place before there are figures: what stands below it, as Join, must not move away from the pointer. */
export function LineMeasured({ trial }: { trial: LineTrial }) {
  const t = texts.value.entry.line;
  if (!trial.meter) return null;
  const found = trial.meter.figures.value;
  if (!found) return <div class="line-measured" />;
  const isMeasured = trial.meter.isDone.value;
  const { verdict, limit } = judgeLine(found);
  const { rtt_ms, loss, up_kbps, down_kbps } = found;
  const figures = [
    rtt_ms !== null && t.trip(figure(rtt_ms)),
    loss !== null && t.loss(figure(100 * loss, 1)),
    up_kbps !== null && t.up(figure(up_kbps / 1_000, 1)),
    down_kbps !== null &&
      t.down(figure(Math.min(down_kbps, MAX_DOWN_KBPS) / 1_000, 1), down_kbps >= MAX_DOWN_KBPS),
  ].filter((each) => each !== false);
  return (
    <div class="line-measured" data-testid="line-measured" data-verdict={isMeasured ? verdict : null}>
      <span class="tabular">{figures.join(" · ")}</span>
      {isMeasured ? (
        <span>
          <strong>{t.verdicts[verdict]}</strong> {limit && t.remedies[limit]}
        </span>
      ) : (
        trial.runs.value && <span>{t.measures}</span>
      )}
    </div>
  );
}
