/** Messages to the screens of people: what is written, and below it those on screen, with who has read them. */

import { state } from "../../../link/session";
import { Button } from "../../../parts/button";
import { messageWords, SIGNS } from "../../../parts/messages";
import { barred } from "../../../parts/words";
import { type ShownMessage, shownMessages } from "../../../show/messages";
import { instant, wall } from "../../../show/time";
import { texts } from "../../../texts";
import type { State } from "../../../wire";
import { send } from "../send";
import { Compose } from "./compose";
import { recipientNames } from "./recipients";

export function Messages() {
  const show = state.value;
  if (!show) return null;
  const t = texts.value;
  const shown = shownMessages(show);
  return (
    <section class="desk-messages" aria-label={t.messages}>
      <Compose show={show} />
      {shown.length > 0 && (
        <ul aria-label={t.sentMessages}>
          {shown.map((note) => (
            <OnScreen key={note.to} show={show} note={note} />
          ))}
        </ul>
      )}
    </section>
  );
}

function OnScreen({ show, note }: { show: State; note: ShownMessage }) {
  const t = texts.value;
  const at = instant(note.at);
  const name = recipientNames(show).get(note.to) ?? note.to;
  const words = messageWords(show, note);
  return (
    <li class={`standing-message ${note.level}`} data-testid={`standing-${note.to}`}>
      <span class="message-sign" role="img" aria-label={t.messageLevels[note.level]}>
        {SIGNS[note.level]}
      </span>
      <strong>{name}</strong>
      <span class="standing-text" title={words}>
        {words}
      </span>
      {at !== null && <span class="muted tabular">{wall(at, show.event.timezone)}</span>}
      <ReadBack show={show} note={note} />
      <Button
        testid={`standing-away-${note.to}`}
        class="small"
        blocked={barred()}
        label={t.removeFrom(name)}
        hint={t.removeFrom(name)}
        press={() => void send({ type: "message", to: note.to, text: "", level: "info" })}
      >
        {t.remove}
      </Button>
    </li>
  );
}

/** Who has read it and when, and who has not: of one reader without the name, which stands before. */
function ReadBack({ show, note: { to, seen, unread } }: { show: State; note: ShownMessage }) {
  const t = texts.value.notes;
  const names = recipientNames(show);
  const nameOf = (id: string): string => (id === to ? "" : (names.get(id) ?? id));
  return (
    <span class="read-back" data-testid={`seen-${to}`} role="status">
      {Object.entries(seen).map(([by, at]) => (
        <span key={by} class="seen">
          {nameOf(by)} {t.readAt(wall(Date.parse(at), show.event.timezone))}
        </span>
      ))}
      {unread.map((id) => (
        <span key={id} class="muted">
          {nameOf(id)} {isThere(show, id) ? t.notRead : t.away}
        </span>
      ))}
    </span>
  );
}

/** Whether a page of this reader is connected. */
function isThere({ destinations }: State, id: string): boolean {
  return id === "desk" || (destinations[id] ?? destinations[`interpreter:${id}`])?.connected !== 0;
}
