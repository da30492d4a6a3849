/** Who calls the desk, by a flag or by talkback. */

import { effect, untracked } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { state } from "../../../link/session";
import type { PageMedia } from "../../../media/pagemedia";
import { Button } from "../../../parts/button";
import { Contact } from "../../../parts/contact";
import { flagWords, isRaised } from "../../../parts/flag";
import { speakerName } from "../../../parts/talk";
import { barred } from "../../../parts/words";
import { placeDoc } from "../../../show/agenda";
import { boothName, DESK, talksTo } from "../../../show/channels";
import { instant, wall } from "../../../show/time";
import { texts } from "../../../texts";
import type { FlagDoc, State } from "../../../wire";
import { answer } from "../messages/compose";
import { send } from "../send";

/** Sound each new flag while this desk's sound is on. */
export function useFlagChime(media: PageMedia): void {
  useEffect(() => {
    let known: ReadonlySet<string> | null = null;
    return effect(() => {
      const flags = Object.entries(state.value?.flags ?? {}).filter(([, flag]) => isRaised(flag));
      if (!state.value) return;
      const isNew = flags.some(([of]) => known && !known.has(of));
      known = new Set(flags.map(([of]) => of));
      if (isNew) untracked(() => media.sound.chime("warn"));
    });
  }, [media]);
}

export function Flags({ show }: { show: State }) {
  return (
    <>
      {talksTo(show, DESK).map((talk) => (
        <div key={talk.speaker} class="alarm call" data-testid={`call-${talk.speaker}`}>
          <span class="talk-sign" aria-hidden="true" />
          <strong>{texts.value.talkback.talks([speakerName(talk)])}</strong>
          {!talk.heard_by.includes(DESK) && <span>{texts.value.talkback.notHeard}</span>}
        </div>
      ))}
      {Object.entries(show.flags).map(
        ([of, flag]) => isRaised(flag) && <Flag key={of} show={show} of={of} flag={flag} />,
      )}
    </>
  );
}

function Flag({ show, of, flag }: { show: State; of: string; flag: FlagDoc }) {
  const t = texts.value;
  const place = placeDoc(show, of);
  const name = of === DESK ? t.desk : (place?.name ?? boothName(show, of));
  const at = instant(flag.at);
  const words = flagWords(flag);
  return (
    <div class="alarm flag" data-testid={`flag-${of}`}>
      <span class="alarm-mark" aria-hidden="true">
        ⚑
      </span>
      <span class="alarm-text">
        <strong>{t.flags.calls(name)}</strong>
        {words && ` · ${words}`}
        {at !== null && <span class="tabular"> · {wall(at, show.event.timezone)}</span>}
        <Contact show={show} of={of} />
      </span>
      {of !== DESK && (
        <Button
          testid={`flag-answer-${of}`}
          class="small"
          hint={t.notes.answerHint(name)}
          blocked={barred()}
          press={() => answer(of)}
        >
          {t.notes.answer}
        </Button>
      )}
      <Button
        testid={`flag-away-${of}`}
        class="small"
        hint={t.flags.awayHint(name)}
        blocked={barred()}
        press={() => void send({ type: "flag", text: null, of })}
      >
        {t.flags.away}
      </Button>
    </div>
  );
}
