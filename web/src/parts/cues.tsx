/** Cues from the desk or a booth, large and for a few seconds. */

import { now, state, welcome } from "../link/session";
import { cuesFor, type ShownCue } from "../show/cues";
import { language, texts } from "../texts";
import type { State } from "../wire";
import { saidAtOnce } from "./said";

/** The words of a cue or a preset: the event's, or of those that there always are; null for one that neither has. */
export function cueWords({ event }: State, what: string): string | null {
  const preset = event.presets[what];
  if (preset) return preset[language.value] ?? preset[event.language] ?? Object.values(preset)[0] ?? null;
  const words: Readonly<Record<string, string>> = texts.value.cues;
  return words[what] ?? null;
}

/** Read during rendering, as it follows the clock. */
function shownCues(): readonly ShownCue[] {
  const me = welcome.value;
  return state.value && me ? cuesFor(state.value, me, now.value) : [];
}

export function Cues() {
  const show = state.value;
  const cues = show ? shownCues() : [];
  return (
    <div class="cues" {...saidAtOnce} data-testid="cues">
      {show &&
        cues.map((cue) => (
          <div key={`${cue.to} ${cue.at}`} class={`cue ${cue.what}`} data-testid="cue" data-what={cue.what}>
            {cueWords(show, cue.what) ?? cue.what}
          </div>
        ))}
    </div>
  );
}
