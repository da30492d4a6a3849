/** Connected pages for which no picture and sound get through, with what to do: those of places, and this one. */

import type { ComponentChildren } from "preact";
import type { PageMedia } from "../../../media/pagemedia";
import { portsOf } from "../../../media/path/linecheck";
import { Contact } from "../../../parts/contact";
import { isBlocked, pathWords } from "../../../parts/linepath";
import { texts } from "../../../texts";
import type { State } from "../../../wire";

export function Unreached({ show, media }: { show: State; media: PageMedia }) {
  const t = texts.value.path;
  const own = isBlocked(media) ? pathWords(media) : null;
  const remedy = t.remedies.any(portsOf(media.call.path.offered.value));
  return (
    <>
      {own && <Line testid="unreached-here" what={own.what} remedy={own.remedy} />}
      {Object.entries(show.destinations)
        .filter(([, { connected, path }]) => connected && path === "blocked")
        .map(([id, { name }]) => (
          <Line key={id} testid={`unreached-${id}`} name={name} what={t.there.blocked} remedy={remedy}>
            <Contact show={show} of={id} />
          </Line>
        ))}
    </>
  );
}

interface LineProperties {
  testid: string;
  name?: string;
  what: string;
  remedy: string;
  children?: ComponentChildren;
}

function Line({ testid, name, what, remedy, children }: LineProperties) {
  return (
    <details class="alarm machine" data-testid={testid}>
      <summary class="alarm-text">
        {name && <strong>{name} · </strong>}
        {what}
      </summary>
      {remedy} {children}
    </details>
  );
}
