/** The time left of the item on air, or until the next begins, with a colour and a word. */

import { now, state } from "../link/session";
import { onAir } from "../show/agenda";
import { coming } from "../show/coming";
import { clockScale, countdown, leftOf, type Tone, timeOn, toneOf } from "../show/time";
import { language, texts } from "../texts";
import { asPlanned } from "./words";

export interface Left {
  /** 12:30, +0:45, or dashes without a countdown. */
  clock: string;
  word: string;
  tone: Tone;
  /** The elapsed part of the item on air, 0 to 1; with the countdown, it changes once a second. */
  done: number;
}

export const NOTHING: Left = { clock: "–:––", word: "", tone: "calm", done: 0 };

/** Read it during rendering, as it follows the clock. `zone`: of this page; the event's by default. */
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
  const done = Math.min(1, Math.max(0, 1 - Math.ceil(left / 1000) / item.length_s));
  return { clock: countdown(left), word: words[tone], tone, done };
}

interface Properties {
  zone?: string;
  /** Replaces the word. */
  instead?: string | null;
}

/**
 * The time left for an audience: overrun and wrap-up are only for the stage and the desk.
 */
function timeLeftForAudience(zone?: string): Left {
  const t = texts.value;
  const left = timeLeft(zone);
  if (left.tone === "over") return { ...NOTHING, word: t.endingSoon, done: 1 };
  if (left.tone !== "calm") return { ...left, word: t.endingSoon, tone: "calm" };
  return isOpenEnded() ? { ...left, word: t.backSoon } : left;
}

/** Between items for an unknown time, for example on hold. */
function isOpenEnded(): boolean {
  const { item, next_at: nextAt, phase } = state.value?.show ?? {};
  return item === null && nextAt === null && (phase === "running" || phase === "held");
}

export function TimeLeft({ zone, instead = null }: Properties) {
  const left = timeLeft(zone);
  return <Figures left={instead === null ? left : { ...left, word: instead }} />;
}

export function TimeLeftForAudience({ zone }: { zone: string }) {
  return <Figures left={timeLeftForAudience(zone)} />;
}

interface FiguresProperties {
  left: Pick<Left, "clock" | "word" | "tone">;
  testid?: string;
}

/** A clock and its word. The clock is scaled, so it is never cut off. */
export function Figures({ left: { clock, word, tone }, testid = "time-left" }: FiguresProperties) {
  return (
    <div class={`time-left tone-${tone}`}>
      <span
        class="time-left-clock tabular"
        style={{ "--fit": clockScale(clock) }}
        data-testid={testid}
        role="timer"
      >
        {clock}
      </span>
      <span class="time-left-word">{asPlanned(word)}</span>
    </div>
  );
}

/** A bar that fills while the item on air runs. */
export function Progress() {
  return <Bar left={timeLeft()} />;
}

export function ProgressForAudience() {
  return <Bar left={timeLeftForAudience()} />;
}

function Bar({ left: { done, tone } }: { left: Left }) {
  return (
    <div class={`progress tone-${tone}`} aria-hidden="true">
      <div style={{ backgroundSize: `${done * 100}% 100%` }} />
    </div>
  );
}
