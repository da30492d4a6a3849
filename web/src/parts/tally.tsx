/** The tally light of a place: a colour, a word and a shape. */

import { known, now, state } from "../link/session";
import { beginOf, nextTurn, tallyOf } from "../show/agenda";
import { overdueStart } from "../show/coming";
import { type Light, reasonOf } from "../show/light";
import { countdown } from "../show/time";
import { texts } from "../texts";
import type { DevicesDoc, ItemDoc, Tally as Known } from "../wire";
import { said } from "./said";
import { asPlanned, lightWord, reasonWords } from "./words";

/** The last known tally. */
export function lastLight(sources: readonly string[]): Known {
  return state.value ? tallyOf(state.value, sources) : "off";
}

export function lightOf(sources: readonly string[]): Light {
  return known.value ? lastLight(sources) : "unknown";
}

/** When this place is on screen next, and in what; null if never, now, or unknown. */
function turnOf(place: string): { item: ItemDoc; clock: string } | null {
  const show = state.value;
  const item = show && nextTurn(show, place);
  // While Start is overdue, no time is known.
  if (!item || overdueStart(show, now.value) !== null) return null;
  const at = beginOf(show, item);
  return at === null || at < now.value ? null : { item, clock: countdown(at - now.value) };
}

/** When this place is on screen next, as "in 12:30"; empty if never, now, or unknown. */
export function turnIn(place: string): string {
  const turn = turnOf(place);
  return turn ? texts.value.inTime(turn.clock) : "";
}

/** What comes with this place, and when, also while it is on air. Empty, it keeps its height. */
export function TurnLine({ place }: { place: string }) {
  const turn = turnOf(place);
  return (
    <div class="turn-line tabular" data-testid="turn-line">
      {turn && asPlanned(texts.value.hall.onIn(turn.clock, turn.item.title))}
    </div>
  );
}

interface Properties {
  source: string;
  place: string;
  testid?: string;
  /** The state of this page's devices. */
  devices: DevicesDoc;
  /** Whether this page feeds the source. If another page does, the light is off here. */
  feeds?: boolean;
}

export function Tally({ source, place, devices, testid = "tally", feeds = true }: Properties) {
  const light = feeds ? lightOf([source]) : "off";
  const text = feeds ? lightWord(light) : texts.value.admission.notFeeding;
  return (
    // The style sheet makes the word as large as its width in characters allows.
    <div class={`tally ${light}`} style={{ "--chars": width(text) }} data-testid={testid} data-tally={light}>
      <span class="tally-word" {...said}>
        <span class="tally-mark" aria-hidden="true" />
        {text}
      </span>
      <span class="tally-why tabular" data-testid="tally-why">
        {feeds && why(light, source, place, devices)}
      </span>
    </div>
  );
}

/** Why the light is as it is; where the agenda says so, when it changes. */
function why(light: Light, source: string, place: string, devices: DevicesDoc): string {
  if (light === "unknown") return texts.value.lastKnown(lightWord(lastLight([source])));
  return (
    reasonWords(state.value && reasonOf(state.value, source, devices)) ||
    (light === "on-air" ? "" : turnIn(place))
  );
}

/** The approximate width of a text in Latin letters; a Japanese one counts as 1.6. */
export function width(text: string): number {
  return [...text].reduce((sum, letter) => sum + (letter > "\u2e80" ? 1.6 : 1), 0);
}
