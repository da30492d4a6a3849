/**
 * The moderator's messages to this place, above the picture, which shrinks for them; legible from some metres.
 *
 * Each level has its own colour, word and sign. A new one flashes and sounds. An urgent message interrupts a screen
 * reader, others wait. One that was read is gone if it is an info; the others stay, small, until the desk removes them.
 */

import { effect, signal, untracked } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { command, state, welcome } from "../link/session";
import type { PageMedia } from "../media/pagemedia";
import { placeDoc } from "../show/agenda";
import { EVERYBODY, isMicOpen, messageKey, messagesFor, type ShownMessage, sounds } from "../show/messages";
import { instant, ownZone, wall } from "../show/time";
import { texts } from "../texts";
import type { State } from "../wire";
import { Button } from "./button";
import { cueWords } from "./cues";
import { said, saidAtOnce } from "./said";
import { width } from "./tally";

/** Messages confirmed on this page, before the server knows it. */
const dismissed = signal<ReadonlySet<string>>(new Set());
/** Texts up to this width, in half-width characters, are shown in full size. */
const FULL_SIZE_CHARS = 90;
export const SIGNS = { info: "i", warn: "!", urgent: "!!" };

/** Confirm a message, here and at the desk. */
export function dismiss(note: ShownMessage): void {
  dismissed.value = new Set([...dismissed.value, messageKey(note)]);
  // Refused if the message was replaced meanwhile, which then matters to nobody.
  command({ type: "seen", message: note.id }).catch(() => undefined);
}

/** What a message says, a preset in this page's language. */
export function messageWords(show: State, note: ShownMessage): string {
  return (note.preset === null ? null : cueWords(show, note.preset)) ?? note.text;
}

/** Whether it was confirmed here, or on another page of this place. */
function isRead(note: ShownMessage): boolean {
  return note.seen[welcome.value?.id ?? ""] !== undefined || dismissed.value.has(messageKey(note));
}

/** All messages for this page. */
function allMessages(): readonly ShownMessage[] {
  const me = welcome.value;
  return state.value && me ? messagesFor(state.value, me.role, me.id) : [];
}

/** The messages that this page has not confirmed. */
export function unread(): readonly ShownMessage[] {
  return allMessages().filter((note) => !isRead(note));
}

/** From now on, sound each new message, where its page may. */
export function useChimes(media: PageMedia): void {
  useEffect(() => {
    let known: ReadonlySet<string> | null = null;
    return effect(() => {
      const [show, me] = [state.value, welcome.value];
      if (!show || !me) return;
      const notes = unread();
      const arrived = notes.find((note) => known && !known.has(messageKey(note)));
      known = new Set(notes.map(messageKey));
      untracked(() => {
        const isOpen = isMicOpen(show, media.feeding.value ?? "");
        if (arrived && sounds(arrived, me, isOpen)) media.sound.chime(arrived.level);
      });
    });
  }, [media]);
}

export function Messages({ zone }: { zone: string }) {
  const shown = allMessages();
  const read = shown.filter((note) => isRead(note) && note.level !== "info");
  const fresh = unread();
  const t = texts.value;
  const show = state.value;
  const [latest] = fresh;
  const lines = (notes: readonly ShownMessage[]) =>
    show && notes.map((note) => <Message key={messageKey(note)} {...{ show, note, zone }} />);
  return (
    <section
      class="messages"
      data-testid="messages"
      aria-label={t.messages}
      tabIndex={fresh.length + read.length > 0 ? 0 : -1}
    >
      {latest && <div key={messageKey(latest)} class={`flash ${latest.level}`} data-testid="flash" />}
      <div {...saidAtOnce}>{lines(fresh.filter(({ level }) => level === "urgent"))}</div>
      <div {...said}>{lines(fresh.filter(({ level }) => level !== "urgent"))}</div>
      <div class="messages-read">
        {show && read.map((note) => <ReadMessage key={messageKey(note)} {...{ show, note, zone }} />)}
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

interface MessageProperties {
  show: State;
  note: ShownMessage;
  zone: string;
}

function Message({ show, note, zone }: MessageProperties) {
  const t = texts.value;
  const at = instant(note.at);
  const urgent = note.level === "urgent";
  const words = messageWords(show, note);
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
        <div class="message-text" style={{ "--scale": scale(words) }}>
          {words}
        </div>
      </div>
      <Button
        testid={`message-away-${note.to}`}
        class={urgent ? "message-understood" : ""}
        hint={t.dismiss}
        press={() => dismiss(note)}
      >
        {urgent ? t.understood : t.read}
      </Button>
    </div>
  );
}

/** In one line: it still holds. */
function ReadMessage({ show, note, zone }: MessageProperties) {
  const t = texts.value;
  const at = instant(note.seen[welcome.value?.id ?? ""] ?? null);
  return (
    <div class={`message-done ${note.level}`} data-testid={`message-done-${note.to}`}>
      <span class="message-sign" role="img" aria-label={t.messageLevels[note.level]}>
        {SIGNS[note.level]}
      </span>
      <span class="message-done-text">{messageWords(show, note)}</span>
      <span class="tabular muted">
        ✓ {t.read}
        {at !== null && ` ${wall(at, zone)}`}
      </span>
    </div>
  );
}
