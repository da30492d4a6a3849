/**
 * The moderator's messages to this place, above the picture, which shrinks for them; legible from some metres.
 *
 * Each level has its own colour, word and sign. An urgent message interrupts a screen reader, others wait.
 */

import { signal } from "@preact/signals";
import { command, state, welcome } from "../link/session";
import { placeDoc } from "../show/agenda";
import { EVERYBODY, messageKey, messagesFor, type ShownMessage } from "../show/messages";
import { instant, ownZone, wall } from "../show/time";
import { texts } from "../texts";
import { Button } from "./button";
import { width } from "./tally";

/** Messages closed on this page. A reload, or sending one again, shows it again. */
const dismissed = signal<ReadonlySet<string>>(new Set());
/** Texts up to this width, in half-width characters, are shown in full size. */
const FULL_SIZE_CHARS = 90;
export const SIGNS = { info: "i", warn: "!", urgent: "!!" };

/** Close a message on this page, and report it as read. */
export function dismiss(note: ShownMessage): void {
  dismissed.value = new Set([...dismissed.value, messageKey(note)]);
  // Refused if the message was replaced meanwhile, which then matters to nobody.
  command({ type: "seen", message: note.id }).catch(() => undefined);
}

/** All messages for this page. */
function allMessages(): readonly ShownMessage[] {
  const me = welcome.value;
  return state.value && me ? messagesFor(state.value, me.role, me.id) : [];
}

/** The messages not closed on this page. */
export function unread(): readonly ShownMessage[] {
  return allMessages().filter((note) => !dismissed.value.has(messageKey(note)));
}

/** `fixed`: messages cannot be closed, as nobody operates the page. */
export function Messages({ zone, fixed = false }: { zone: string; fixed?: boolean }) {
  const shown = fixed ? allMessages() : unread();
  const urgent = shown.filter((note) => note.level === "urgent");
  const others = shown.filter((note) => note.level !== "urgent");
  const t = texts.value;
  return (
    <section
      class="messages"
      data-testid="messages"
      aria-label={t.messages}
      tabIndex={shown.length > 0 ? 0 : -1}
    >
      <div role="alert">
        {urgent.map((note) => (
          <Message key={messageKey(note)} note={note} zone={zone} fixed={fixed} />
        ))}
      </div>
      <div role="status">
        {others.map((note) => (
          <Message key={messageKey(note)} note={note} zone={zone} fixed={fixed} />
        ))}
      </div>
    </section>
  );
}

/** The unread ones in a dialog: it covers those on the page, and nothing there can be pressed. */
export function MessagesOver() {
  const me = welcome.value;
  const place = state.value && me ? placeDoc(state.value, me.id) : null;
  if (unread().length === 0) return null;
  return (
    <aside class="messages-over" data-testid="messages-over">
      <Messages zone={place?.timezone ?? ownZone()} />
    </aside>
  );
}

/** The font scale at which any text takes about the same area. */
function scale(text: string): number {
  return Math.min(1, Math.sqrt(FULL_SIZE_CHARS / Math.max(1, width(text))));
}

function Message({ note, zone, fixed }: { note: ShownMessage; zone: string; fixed: boolean }) {
  const t = texts.value;
  const at = instant(note.at);
  const urgent = note.level === "urgent";
  return (
    <div class={`message ${note.level}`} data-testid={`message-${note.to}`} data-level={note.level}>
      <span class="message-sign" aria-hidden="true">
        {SIGNS[note.level]}
      </span>
      <div class="message-body">
        <div class="message-head">
          <strong>{t.messageLevels[note.level]}</strong>
          {note.to === EVERYBODY && <span>{t.toEverybody}</span>}
          {at !== null && <span class="tabular">{wall(at, zone)}</span>}
        </div>
        <div class="message-text" style={{ "--scale": scale(note.text) }}>
          {note.text}
        </div>
      </div>
      {!fixed && (
        <Button
          testid={`message-away-${note.to}`}
          class={urgent ? "message-understood" : ""}
          hint={t.dismiss}
          press={() => dismiss(note)}
        >
          {urgent ? t.understood : t.read}
        </Button>
      )}
    </div>
  );
}
