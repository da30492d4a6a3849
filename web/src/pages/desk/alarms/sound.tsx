/** Open microphones whose sound is bad, or comes back: a quiet line for each, which opens to what to do. */

import { sourceName } from "../../../show/agenda";
import { soundFault } from "../../../show/soundfaults";
import { texts } from "../../../texts";
import type { SourceDoc, State } from "../../../wire";

export function BadSound({ show }: { show: State }) {
  return (
    <>
      {Object.entries(show.sources).map(([id, source]) => (
        <Fault key={id} show={show} id={id} source={source} />
      ))}
    </>
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
          {echo.remedy}
        </details>
      )}
      {fault && (
        <details class="alarm machine" data-testid={`bad-sound-${id}`} data-fault={fault}>
          <summary class="alarm-text">
            <strong>{source.name}</strong> · {t.there[fault].what}
          </summary>
          {t.there[fault].remedy}
        </details>
      )}
    </>
  );
}
