/** Destinations whose browser cannot decode a picture that they should receive. They see a text instead. */

import { codecName } from "../../../media/codecs";
import { Contact } from "../../../parts/contact";
import { texts } from "../../../texts";
import type { State } from "../../../wire";

export function Undecodable({ show }: { show: State }) {
  const t = texts.value;
  return (
    <>
      {Object.entries(show.destinations)
        .filter(([, { connected, cannot_decode }]) => connected && cannot_decode.length > 0)
        .map(([id, { name, cannot_decode }]) => (
          <div key={id} class="alarm machine" data-testid={`cannot-decode-${id}`} title={t.cannotShowRemedy}>
            <span class="alarm-mark" aria-hidden="true">
              !
            </span>
            <span class="alarm-text">
              <strong>{name}</strong> · {t.cannotShowThere(cannot_decode.map(codecName).join(", "))}.{" "}
              {t.cannotShowRemedy}
              <Contact show={show} of={id} />
            </span>
          </div>
        ))}
    </>
  );
}
