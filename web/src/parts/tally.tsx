/** The light that says whether this place is on air: a colour, a word and a form, so that it is never only a colour. */

import { now, state } from "../link/session";
import { beginOf, nextTurn, tallyOf } from "../show/agenda";
import { countdown } from "../show/time";
import { texts } from "../texts";
import type { Tally as Light } from "../wire";

export function lightOf(sources: readonly string[]): Light {
  return state.value ? tallyOf(state.value, sources) : "off";
}

export function word(light: Light): string {
  const t = texts.value;
  return light === "on-air" ? t.onAir : light === "next" ? t.next : t.off;
}

/** When this place is on screen next, as "in 12:30"; empty if never, or now. */
export function turnIn(place: string): string {
  const item = state.value && nextTurn(state.value, place);
  const at = item ? beginOf(item) : null;
  return at === null || at < now.value ? "" : texts.value.inTime(countdown(at - now.value));
}

interface Properties {
  source: string;
  place: string;
}

export function Tally({ source, place }: Properties) {
  const light = lightOf([source]);
  return (
    <output class={`tally ${light}`} data-testid="tally" data-tally={light}>
      <span class="tally-mark" aria-hidden="true" />
      <span class="tally-word">{word(light)}</span>
      <span class="tally-when tabular">{light === "on-air" ? "" : turnIn(place)}</span>
    </output>
  );
}
