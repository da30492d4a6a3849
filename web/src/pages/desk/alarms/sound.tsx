/** Open microphones whose sound is bad: a quiet line for each, which opens to what to do. */

import { soundFault } from "../../../show/soundfaults";
import { texts } from "../../../texts";
import type { State } from "../../../wire";

export function BadSound({ show }: { show: State }) {
  const t = texts.value.sound.there;
  return (
    <>
      {Object.entries(show.sources).map(([id, source]) => {
        const fault = source.mic ? soundFault(show, id, source) : null;
        return (
          fault && (
            <details key={id} class="alarm machine" data-testid={`bad-sound-${id}`} data-fault={fault}>
              <summary class="alarm-text">
                <strong>{source.name}</strong> · {t[fault].what}
              </summary>
              {t[fault].remedy}
            </details>
          )
        );
      })}
    </>
  );
}
