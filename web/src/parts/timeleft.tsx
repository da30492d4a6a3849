/** The time that is left of the item on air, or until something begins. Colour and word say the same. */

import { now, state } from "../link/session";
import { onAir } from "../show/agenda";
import { coming } from "../show/coming";
import { countdown, leftOf, type Tone, timeOn, toneOf } from "../show/time";
import { language, texts } from "../texts";

export interface Left {
  /** 12:30, +0:45, or a dash where nothing is counted. */
  clock: string;
  word: string;
  tone: Tone;
  /** How much of the item on air is over, 0 to 1; 0 where none is. */
  done: number;
}

const NOTHING: Left = { clock: "–:––", word: "", tone: "calm", done: 0 };

/** Read during rendering; follows the clock. `zone`: of the people in front of the page; the event's by default. */
export function timeLeft(zone?: string): Left {
  const show = state.value;
  if (!show) return NOTHING;
  const t = texts.value;
  const item = onAir(show);
  if (!item) {
    const next = coming(show, now.value);
    if (next?.kind === "counts") {
      const word = show.show.phase === "before" ? t.startsIn : t.continuesIn;
      return { ...NOTHING, clock: countdown(next.left), word };
    }
    if (next?.kind === "soon") return { ...NOTHING, word: t.beginsSoon };
    const planned =
      next && next.at !== null && timeOn(next.at, now.value, zone ?? show.event.timezone, language.value);
    return { ...NOTHING, word: planned ? t.plannedFor(planned) : t.phases[show.show.phase] };
  }
  const left = leftOf(item, now.value);
  if (left === null) return NOTHING;
  const tone = toneOf(item, left);
  const words = { calm: t.left, warn: t.endingSoon, danger: t.finishNow, over: t.overTime };
  const done = Math.min(1, Math.max(0, 1 - left / (item.length_s * 1000)));
  return { clock: countdown(left), word: words[tone], tone, done };
}

interface Properties {
  testid?: string;
  zone?: string;
  /** Stands in place of the word for the audience. */
  instead?: string | null;
}

export function TimeLeft({ testid = "time-left", zone, instead = null }: Properties) {
  const { clock, word, tone } = timeLeft(zone);
  return (
    <div class={`time-left tone-${tone}`}>
      {/* Longer texts get smaller type, so that the figures never push anything aside. */}
      <span
        class={`time-left-clock tabular${clock.length > 6 ? " long" : ""}`}
        data-testid={testid}
        role="timer"
      >
        {clock}
      </span>
      <span class="time-left-word">{instead ?? word}</span>
    </div>
  );
}

/** A bar that fills while the item on air runs. */
export function Progress() {
  const { done, tone } = timeLeft();
  return (
    <div class={`progress tone-${tone}`} aria-hidden="true">
      <div style={{ transform: `scaleX(${done})` }} />
    </div>
  );
}
