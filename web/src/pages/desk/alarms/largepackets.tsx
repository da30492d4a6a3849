/** Destinations whose path loses all large packets, such as some encoders send. */

import { Contact } from "../../../parts/contact";
import { texts } from "../../../texts";
import type { State } from "../../../wire";

export function LargePackets({ show }: { show: State }) {
  const t = texts.value;
  return (
    <>
      {Object.entries(show.destinations)
        .filter(([, { connected, loses_large }]) => connected && loses_large)
        .map(([id, { name }]) => (
          <div key={id} class="alarm machine" data-testid={`loses-large-${id}`} title={t.losesLargeRemedy}>
            <span class="alarm-mark" aria-hidden="true">
              !
            </span>
            <span class="alarm-text">
              <strong>{name}</strong> · {t.losesLarge}. {t.losesLargeRemedy}
              <Contact show={show} of={id} />
            </span>
          </div>
        ))}
    </>
  );
}
