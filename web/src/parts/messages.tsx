/**
 * What the moderator has to say to this place, above the picture, which makes room: legible from some metres.
 *
 * Each level has a colour, a word and a sign of its own. What is urgent interrupts a screen reader, the rest waits.
 */

import { signal } from "@preact/signals";
import { state, welcome } from "../link/session";
import { EVERYBODY, messageKey, messagesFor, type ShownMessage } from "../show/messages";
import { instant, wall } from "../show/time";
import { texts } from "../texts";
import { Button } from "./button";
import { width } from "./tally";

/** Put away on this page. A reload shows them again, and so does the moderator who sends one again. */
const away = signal<ReadonlySet<string>>(new Set());
/** Width in half-width characters up to which a text is set in full size. */
const SHORT = 90;
export const SIGNS = { info: "i", warn: "!", urgent: "!!" };

function putAway(note: ShownMessage): void {
  away.value = new Set([...away.value, messageKey(note)]);
}

/** What stands for this page. */
function standing(): readonly ShownMessage[] {
  const me = welcome.value;
  return state.value && me ? messagesFor(state.value, me.role, me.id) : [];
}

/** Those that nobody has put away on this page. */
export function unread(): readonly ShownMessage[] {
  return standing().filter((note) => !away.value.has(messageKey(note)));
}

/** `fixed`: nobody is at hand who could put them away. */
export function Messages({ zone, fixed = false }: { zone: string; fixed?: boolean }) {
  const shown = fixed ? standing() : unread();
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

/** So that a text takes about the same room however long it is. */
function scale(text: string): number {
  return Math.min(1, Math.sqrt(SHORT / Math.max(1, width(text))));
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
          class={urgent ? "message-understood" : "message-away"}
          label={urgent ? undefined : t.dismiss}
          hint={t.dismiss}
          press={() => putAway(note)}
        >
          {urgent ? t.understood : "×"}
        </Button>
      )}
    </div>
  );
}
