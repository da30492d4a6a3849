/** Computers that wait to feed a place, with a button to let them in, and those that have taken over. */

import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { request } from "../../../link/session";
import { Button } from "../../../parts/button";
import { Contact } from "../../../parts/contact";
import { toastRefusal } from "../../../parts/toasts";
import { barred } from "../../../parts/words";
import { placeDoc, sourceName } from "../../../show/agenda";
import { instant, wall } from "../../../show/time";
import { texts } from "../../../texts";
import type { LinksDoc, State, TakeoverDoc, WaitingDoc } from "../../../wire";
import { send } from "../send";

/** Takeovers that the moderator has closed, by place and time. */
const seen = signal<ReadonlySet<string>>(new Set());

export function Takeovers({ show }: { show: State }) {
  return (
    <>
      {Object.entries(show.sources).map(
        ([id, source]) =>
          source.waits &&
          source.state !== "absent" && <AtDoor key={`door ${id}`} id={id} name={source.name} />,
      )}
      {Object.entries(show.waiting).map(([place, waiting]) => (
        <Waits key={`waits ${place}`} show={show} place={place} waiting={waiting} />
      ))}
      {Object.entries(show.takeovers).map(([place, takeover]) => (
        <Fed key={`fed ${place}`} show={show} place={place} takeover={takeover} />
      ))}
    </>
  );
}

/** Guests whose pages are being closed, by id; a second press is ignored. */
const refusing = signal<ReadonlySet<string>>(new Set());

/** Close the pages of a guest. The link stays valid; the panel of join links revokes it. */
async function refuse(id: string): Promise<void> {
  if (refusing.value.has(id)) return;
  refusing.value = new Set([...refusing.value, id]);
  try {
    const { links } = await request<LinksDoc>("GET", "/api/v1/links");
    const pages = links
      .filter((link) => link.role === "guest" && link.id === id)
      .flatMap(({ sessions }) => sessions);
    await Promise.all(pages.map(({ session }) => request("DELETE", `/api/v1/sessions/${session}`)));
  } catch (error) {
    toastRefusal(error);
  }
  refusing.value = new Set([...refusing.value].filter((other) => other !== id));
}

/** A guest with `admission: true` who has joined. */
function AtDoor({ id, name }: { id: string; name: string }) {
  const t = texts.value;
  return (
    <div class="alarm machine" data-testid={`at-door-${id}`}>
      <span class="alarm-mark" aria-hidden="true">
        ?
      </span>
      <span class="alarm-text">
        <strong>{t.admission.asksIn(name)}</strong>
      </span>
      <Button
        testid={`let-in-${id}`}
        class="primary"
        blocked={barred()}
        press={() => void send({ type: "admit", place: id })}
      >
        {t.admission.letIn}
      </Button>
      <Button
        testid={`refuse-${id}`}
        hint={t.admission.refuseHint(name)}
        blocked={barred()}
        press={() => void refuse(id)}
      >
        {t.admission.refuse}
      </Button>
    </div>
  );
}

interface WaitsProperties {
  show: State;
  place: string;
  waiting: WaitingDoc;
}

function Waits({ show, place, waiting }: WaitsProperties) {
  const t = texts.value;
  const name = sourceName(show, waiting.source, t.slate);
  const text = (isGuest(show, place) ? t.admission.wantsGuest : t.admission.wants)(name);
  const more = waiting.count > 1 ? ` ${t.admission.more(waiting.count - 1)}` : "";
  return (
    <Line testid={`waiting-${place}`} mark="?" text={text} show={show} doc={waiting} more={more}>
      <Button
        testid={`admit-${place}`}
        class="primary"
        hint={t.admission.letInHint(name)}
        blocked={barred()}
        press={() => void send({ type: "admit", place })}
      >
        {t.admission.letIn}
      </Button>
    </Line>
  );
}

interface FedProperties {
  show: State;
  place: string;
  takeover: TakeoverDoc;
}

function Fed({ show, place, takeover }: FedProperties) {
  const t = texts.value;
  const key = `${place} ${takeover.since}`;
  const name = sourceName(show, takeover.source, t.slate);
  if (seen.value.has(key)) return null;
  const text = (isGuest(show, place) ? t.admission.fedGuest : t.admission.fed)(name);
  return (
    <Line testid={`takeover-${place}`} mark="!" text={text} show={show} doc={takeover}>
      <Button
        testid={`takeover-away-${place}`}
        class="quiet"
        label={t.close}
        press={() => (seen.value = new Set([...seen.value, key]))}
      >
        ×
      </Button>
    </Line>
  );
}

function isGuest(show: State, place: string): boolean {
  return placeDoc(show, place)?.kind === "guest";
}

interface LineProperties {
  testid: string;
  mark: string;
  text: string;
  show: State;
  doc: TakeoverDoc | WaitingDoc;
  more?: string;
  children: ComponentChildren;
}

function Line({ testid, mark, text, show, doc, more = "", children }: LineProperties) {
  const at = instant(doc.since);
  const clock = at === null ? "" : wall(at, show.event.timezone);
  return (
    <div class="alarm machine" data-testid={testid}>
      <span class="alarm-mark" aria-hidden="true">
        {mark}
      </span>
      <span class="alarm-text">
        <strong>{text}</strong> <span class="tabular">{texts.value.admission.from(doc.address, clock)}</span>
        {more}
        <Contact show={show} of={doc.source} />
      </span>
      {children}
    </div>
  );
}
