/** Cues from the desk or a booth, large and for a few seconds, and the flag that a place raises at the desk. */

import { signal } from "@preact/signals";
import { command, now, online, state, welcome } from "../link/session";
import { cuesFor, type ShownCue } from "../show/cues";
import { language, texts } from "../texts";
import type { State } from "../wire";
import { Button } from "./button";
import { toastRefusal } from "./toasts";

/** The words of a cue: a preset of the event, or one of the three that there always are. */
export function cueWords(show: State, what: string): string {
  const preset = show.event.presets[what];
  if (preset) return preset[language.value] ?? Object.values(preset)[0] ?? what;
  const words: Readonly<Record<string, string>> = texts.value.cues;
  return words[what] ?? what;
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
    <div class="cues" role="alert" data-testid="cues">
      {show &&
        cues.map((cue) => (
          <div key={`${cue.to} ${cue.at}`} class={`cue ${cue.what}`} data-testid="cue" data-what={cue.what}>
            {cueWords(show, cue.what)}
          </div>
        ))}
    </div>
  );
}

/** A flag is being raised or taken away; a second press is ignored. */
const flagging = signal(false);

/** Raise this page's flag at the desk, or take it away. */
export async function toggleFlag(): Promise<void> {
  const me = welcome.value;
  if (flagging.value || !me) return;
  const isRaised = state.value?.flags[me.id] !== undefined;
  flagging.value = true;
  await command({ type: "flag", text: isRaised ? null : "" }).catch(toastRefusal);
  flagging.value = false;
}

/** `keyName`: the key that does the same. */
export function FlagButton({ class: name = "", keyName }: { class?: string; keyName?: string }) {
  const t = texts.value.flags;
  const me = welcome.value;
  if (!me) return null;
  const isRaised = state.value?.flags[me.id] !== undefined;
  return (
    <Button
      testid="flag-button"
      class={`${name}${isRaised ? " flag-raised" : ""}`}
      pressed={isRaised}
      hint={isRaised ? t.lowerHint : t.raiseHint}
      blocked={online.value ? null : texts.value.blocked.offline}
      press={() => void toggleFlag()}
    >
      {isRaised ? t.lower : t.raise} {keyName && <kbd>{keyName}</kbd>}
    </Button>
  );
}
