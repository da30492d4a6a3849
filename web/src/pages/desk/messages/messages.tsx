/** Messages to the screens of people: what is written, and below it those on screen, with who has read them. */

import { state } from "../../../link/session";
import { Button } from "../../../parts/button";
import { messageWords, SIGNS } from "../../../parts/messages";
import { said } from "../../../parts/said";
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

/** Who has read it and when, and who has not; of one place without its name, which stands before. */
function ReadBack({ show, note: { to, seen, unread } }: { show: State; note: ShownMessage }) {
  const t = texts.value.notes;
  const names = recipientNames(show);
  const listed = (ids: readonly string[]): string => {
    const others = ids.filter((id) => id !== to);
    return others.length === 0 ? "" : `: ${others.map((id) => names.get(id) ?? id).join(", ")}`;
  };
  const clock = (at: string): string => wall(Date.parse(at), show.event.timezone);
  const read = Object.entries(seen).map(([by, at]) =>
    by === to ? ` ${clock(at)}` : `${names.get(by) ?? by} ${clock(at)}`,
  );
  const [here, away] = [unread.filter((id) => isThere(show, id)), unread.filter((id) => !isThere(show, id))];
  return (
    <span
      class={`read-back${seen[to] === undefined && !unread.includes(to) ? " of-many" : ""}`}
      data-testid={`seen-${to}`}
      {...said}
    >
      {read.length > 0 && (
        <span class="seen">
          {t.read}
          {seen[to] === undefined && ": "}
          {read.join(", ")}
        </span>
      )}
      {here.length > 0 && <span>{t.notRead + listed(here)}</span>}
      {away.length > 0 && <span class="muted">{t.away + listed(away)}</span>}
    </span>
  );
}

/** Whether a page of this reader is connected. */
function isThere({ destinations }: State, id: string): boolean {
  return id === "desk" || (destinations[id] ?? destinations[`interpreter:${id}`])?.connected !== 0;
}
