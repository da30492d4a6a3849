/** The light that says whether this place is on air: a colour, a word and a form, so that it is never only a colour. */

import { known, now, state } from "../link/session";
import { beginOf, nextTurn, tallyOf } from "../show/agenda";
import { overdueStart } from "../show/coming";
import { type Light, reasonOf } from "../show/light";
import { countdown } from "../show/time";
import { texts } from "../texts";
import type { DevicesDoc, Tally as Known } from "../wire";
import { lightWord, reasonWords } from "./words";

/** The light as it was last known. */
export function lastLight(sources: readonly string[]): Known {
  return state.value ? tallyOf(state.value, sources) : "off";
}

export function lightOf(sources: readonly string[]): Light {
  return known.value ? lastLight(sources) : "unknown";
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
  /** What this page has to send. */
  devices: DevicesDoc;
  /** Whether this page feeds the source. Another page's light is none of ours. */
  feeds?: boolean;
}

export function Tally({ source, place, devices, testid = "tally", feeds = true }: Properties) {
  const light = feeds ? lightOf([source]) : "off";
  const text = feeds ? lightWord(light) : texts.value.admission.notFeeding;
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
      <span class="tally-why tabular" data-testid="tally-why">
        {feeds && why(light, source, place, devices)}
      </span>
    </output>
  );
}

/** Why the light is what it is; where that is the agenda's doing, when it changes. */
function why(light: Light, source: string, place: string, devices: DevicesDoc): string {
  if (light === "unknown") return texts.value.lastKnown(lightWord(lastLight([source])));
  return (
    reasonWords(state.value && reasonOf(state.value, source, devices)) ||
    (light === "on-air" ? "" : turnIn(place))
  );
}

/** Roughly how wide a text is, in Latin letters: Japanese ones take two. */
export function width(text: string): number {
  return [...text].reduce((sum, letter) => sum + (letter > "\u2e80" ? 1.6 : 1), 0);
}
