/** Cues to the speaker. */

import { signal } from "@preact/signals";
import { Button } from "../../parts/button";
import { DESK } from "../../show/channels";
import { CUES } from "../../show/cues";
import { texts } from "../../texts";
import { KEYS } from "./keys";
import { send } from "./seatcontrol";

type Cue = (typeof CUES)[number];

/** A cue is for the speaker; the stage display and the desk see it as well. */
const CUED = ["speaker", "stage", DESK] as const;
/** How long a button shows that its cue was given. */
const GIVEN_FOR_MS = 4_000;

const given = signal<Cue | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;

/** Show this cue to the speaker, on stage and at the desk. */
export async function giveCue(what: Cue): Promise<void> {
  const sent = await Promise.all(CUED.map((to) => send({ type: "cue", to, what })));
  if (!sent.some(Boolean)) return;
  given.value = what;
  clearTimeout(timer);
  timer = setTimeout(() => (given.value = null), GIVEN_FOR_MS);
}

export function CueKeys() {
  const t = texts.value.interpreter;
  return (
    <div class="console-cues">
      <span class="muted">{t.cuesTo}</span>
      {CUES.map((what) => (
        <Button
          key={what}
          testid={`cue-${what}`}
          class={given.value === what ? "chosen" : ""}
          hint={t.cueHint}
          press={() => void giveCue(what)}
        >
          {given.value === what ? "✓ " : ""}
          {t.cues[what]} <kbd>{KEYS[what]}</kbd>
        </Button>
      ))}
    </div>
  );
}
