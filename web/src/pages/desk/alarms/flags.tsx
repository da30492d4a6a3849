/** Who calls the desk, by a flag or by talkback. */

import { Button } from "../../../parts/button";
import { speakerName } from "../../../parts/talk";
import { barred } from "../../../parts/words";
import { placeDoc } from "../../../show/agenda";
import { boothName, DESK, talksTo } from "../../../show/channels";
import { instant, wall } from "../../../show/time";
import { texts } from "../../../texts";
import type { FlagDoc, State } from "../../../wire";
import { send } from "../send";

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
      {Object.entries(show.flags).map(([of, flag]) => (
        <Flag key={of} show={show} of={of} flag={flag} />
      ))}
    </>
  );
}

function Flag({ show, of, flag }: { show: State; of: string; flag: FlagDoc }) {
  const t = texts.value;
  const name = of === DESK ? t.desk : (placeDoc(show, of)?.name ?? boothName(show, of));
  const at = instant(flag.at);
  return (
    <div class="alarm flag" data-testid={`flag-${of}`}>
      <span class="alarm-mark" aria-hidden="true">
        ⚑
      </span>
      <span class="alarm-text">
        <strong>{t.flags.calls(name)}</strong>
        {flag.text && ` · ${flag.text}`}
        {at !== null && <span class="tabular"> · {wall(at, show.event.timezone)}</span>}
      </span>
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
