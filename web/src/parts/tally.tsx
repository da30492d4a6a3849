/** The light that says whether this place is on air: a colour, a word and a form, so that it is never only a colour. */

import { now, state } from "../link/session";
import { beginOf, nextTurn, tallyOf } from "../show/agenda";
import { overdueStart } from "../show/coming";
import { countdown } from "../show/time";
import { texts } from "../texts";
import type { Tally as Light } from "../wire";

export function lightOf(sources: readonly string[]): Light {
  return state.value ? tallyOf(state.value, sources) : "off";
}

export function word(light: Light): string {
  const t = texts.value;
  return light === "on-air" ? t.onAir : light === "next" ? t.next : light === "preview" ? t.preview : t.off;
}

/** When this place is on screen next, as "in 12:30"; empty if never, or now, or if nobody knows. */
export function turnIn(place: string): string {
  const show = state.value;
  const item = show && nextTurn(show, place);
  // Before a start that nobody presses, no time until anything is known.
  if (!item || overdueStart(show, now.value) !== null) return "";
  const at = beginOf(show, item);
  return at === null || at < now.value ? "" : texts.value.inTime(countdown(at - now.value));
}

interface Properties {
  source: string;
  place: string;
  testid?: string;
  /** Whether this page feeds the source. Another page's light is none of ours. */
  feeds?: boolean;
}

export function Tally({ source, place, testid = "tally", feeds = true }: Properties) {
  const light = feeds ? lightOf([source]) : "off";
  const text = feeds ? word(light) : texts.value.admission.notFeeding;
  return (
    // Its length in half-width characters lets the style sheet make the word as large as it can be.
    <output
      class={`tally ${light}`}
      style={{ "--chars": width(text) }}
      data-testid={testid}
      data-tally={light}
    >
      <span class="tally-word">
        <span class="tally-mark" aria-hidden="true" />
        {text}
      </span>
      <span class="tally-when tabular">{light === "on-air" || !feeds ? "" : turnIn(place)}</span>
    </output>
  );
}

/** Roughly how wide a text is, in Latin letters: Japanese ones take two. */
function width(text: string): number {
  return [...text].reduce((sum, letter) => sum + (letter > "\u2e80" ? 1.6 : 1), 0);
}
