/** Open microphones whose sound is bad, or comes back: a quiet line for each, which opens to what to do. */

import { Contact } from "../../../parts/contact";
import { sourceName } from "../../../show/agenda";
import { type SoundFault, shownFault, soundFault } from "../../../show/soundfaults";
import { texts } from "../../../texts";
import type { SourceDoc, State } from "../../../wire";

export function BadSound({ show }: { show: State }) {
  return (
    <>
      {Object.entries(show.sources).map(([id, source]) => (
        <Fault key={id} show={show} id={id} source={source} />
      ))}
      {show.event.booths.flatMap((plan) =>
        Object.entries(show.booths[plan.id]?.seats ?? {}).map(([name, seat]) => {
          const fault = seat.open ? shownFault(seat.sound, true, false) : null;
          const id = `${plan.id}/${name}`;
          return (
            fault && (
              <BadMicrophone key={id} show={show} id={id} name={`${plan.name} · ${name}`} fault={fault} />
            )
          );
        }),
      )}
    </>
  );
}

interface BadMicrophoneProperties {
  show: State;
  id: string;
  name: string;
  fault: SoundFault;
}

function BadMicrophone({ show, id, name, fault }: BadMicrophoneProperties) {
  const { what, remedy } = texts.value.sound.there[fault];
  return (
    <details class="alarm machine" data-testid={`bad-sound-${id}`} data-fault={fault}>
      <summary class="alarm-text">
        <strong>{name}</strong> · {what}
      </summary>
      {remedy} <Contact show={show} of={id} />
    </details>
  );
}

interface FaultProperties {
  show: State;
  id: string;
  source: SourceDoc;
}

function Fault({ show, id, source }: FaultProperties) {
  const t = texts.value.sound;
  const fault = source.mic ? soundFault(show, id, source) : null;
  const echo =
    source.echo_of && t.echo.there(sourceName(show, source.echo_of, texts.value.slate), source.name);
  return (
    <>
      {echo && (
        <details class="alarm machine" data-testid={`echo-${id}`}>
          <summary class="alarm-text">
            <strong>{echo.what}</strong>
          </summary>
          {echo.remedy} <Contact show={show} of={id} />
        </details>
      )}
      {fault && <BadMicrophone show={show} id={id} name={source.name} fault={fault} />}
    </>
  );
}
