/** The microphone of a source on its tile: its state, and a press opens or closes it until the next item. */

import { Button } from "../../../parts/button";
import { MicSign } from "../../../parts/mic";
import { barred, ifKnown } from "../../../parts/words";
import { micOf } from "../../../show/light";
import { texts } from "../../../texts";
import type { SourceDoc } from "../../../wire";
import { send } from "../send";

export function Microphone({ id, source }: { id: string; source: SourceDoc }) {
  const t = texts.value;
  const mic = micOf(source, source.devices);
  const label = source.mic ? t.override.closeMic(source.name) : t.override.openMic(source.name);
  return (
    <Button
      testid={`mic-button-${id}`}
      class={`tile-mic ${mic}`}
      label={`${ifKnown(t.mics[mic])}. ${label}`}
      hint={`${ifKnown(t.mics[mic])}. ${label}`}
      pressed={source.mic}
      blocked={barred()}
      press={() => void send({ type: "mic", source: id, open: !source.mic })}
    >
      <span data-testid={`mic-${id}`} data-mic={mic}>
        <MicSign mic={mic} />
      </span>
    </Button>
  );
}
