/** The turn over an open panel, which covers it on the page: on air or about to be, the time, and cues. */

import { known } from "../../link/session";
import { Cues } from "../../parts/cues";
import { saidAtOnce } from "../../parts/said";
import { ifKnown } from "../../parts/words";
import { type GuestPhase, isTurn } from "../../show/guest/phase";
import { clockLength, countdown } from "../../show/time";
import { texts } from "../../texts";
import { headOf } from "./turn";

/** The first child of a panel. Nothing while the guest waits. */
export function TurnOver({ phase }: { phase: GuestPhase }) {
  if (!isTurn(phase.kind)) return null;
  return (
    <aside
      class={`turn-over ${known.value ? phase.kind : "unknown"}`}
      data-testid="turn-over"
      data-phase={phase.kind}
    >
      <strong {...saidAtOnce}>{ifKnown(headOf(phase))}</strong>
      <span class="turn-over-clock tabular" role="timer">
        {clockOf(phase)}
      </span>
      <Cues />
    </aside>
  );
}

function clockOf(phase: GuestPhase): string {
  switch (phase.kind) {
    case "soon":
      return phase.left === null || phase.left <= 0 ? texts.value.guest.anyMoment : countdown(phase.left);
    case "on-air":
      return phase.left === null ? "" : countdown(phase.left);
    case "overtime":
      return `+${clockLength(phase.over / 1000)}`;
    default:
      return "";
  }
}
