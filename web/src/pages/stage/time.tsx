/** The time left, as large as the screen: with a colour, a shape and a word for how close the end is. */

import { known } from "../../link/session";
import { Fitted } from "../../parts/fitted";
import { type Left, NOTHING, timeLeft } from "../../parts/timeleft";
import { asPlanned } from "../../parts/words";
import { onAir } from "../../show/agenda";
import { clockScale } from "../../show/time";
import { texts } from "../../texts";
import type { State } from "../../wire";

export interface ShownTime extends Left {
  /** Nothing runs and nothing is counted: the display may stand like this for days. */
  isIdle: boolean;
}

/** Read it during rendering, as it follows the clock. `zone`: the display's own. */
export function stageTime(show: State, zone: string): ShownTime {
  const left = timeLeft(zone);
  const isIdle = left.clock === NOTHING.clock;
  // Nobody on stage has to wrap up a break.
  if (onAir(show)?.type === "break" && left.tone !== "calm" && left.tone !== "over")
    return { ...left, tone: "calm", word: texts.value.left, isIdle };
  return { ...left, isIdle };
}

export function StageTime({ time }: { time: ShownTime }) {
  const word = asPlanned(time.word);
  if (time.isIdle)
    return (
      <div class="stage-time time-left" data-testid="time-left">
        <Fitted text={word} class="stage-words" most={0.5}>
          <span class="time-left-word">{word}</span>
        </Fitted>
      </div>
    );
  return (
    <div class={`stage-time time-left tone-${time.tone}`}>
      <span
        class="time-left-clock tabular"
        style={{ "--fit": clockScale(time.clock) }}
        data-testid="time-left"
        role="timer"
      >
        {time.clock}
      </span>
      <span class="time-left-word">
        {time.tone !== "calm" && known.value && <ToneSign tone={time.tone} />}
        {word}
      </span>
    </div>
  );
}

/** A triangle, an octagon, stripes: they differ without colour, and from afar. */
function ToneSign({ tone }: { tone: Left["tone"] }) {
  return <span class={`tone-sign ${tone}`} aria-hidden="true" />;
}
