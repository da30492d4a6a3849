/** Messages to the screens of halls and guests: a form, and below it the messages on screen. */

import { signal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { looksOn, state } from "../../link/session";
import { Button } from "../../parts/button";
import { cueWords } from "../../parts/cues";
import { SIGNS } from "../../parts/messages";
import { isShortcut, useKeys } from "../../parts/screen";
import { barred } from "../../parts/words";
import { CUES } from "../../show/cues";
import { EVERYBODY, type ShownMessage, shownMessages } from "../../show/messages";
import { instant, wall } from "../../show/time";
import { texts } from "../../texts";
import type { MessageDoc, State } from "../../wire";
import { send } from "./send";

type Level = MessageDoc["level"];
const LEVELS: readonly Level[] = ["info", "warn", "urgent"];
const MAX_CHARS = 500;

const to = signal(EVERYBODY);
const text = signal("");
const level = signal<Level>("info");
/** A message is being sent; a second press is ignored. */
const sending = signal(false);

export function Messages() {
  const show = state.value;
  if (!show) return null;
  const t = texts.value;
  const shown = shownMessages(show);
  return (
    <section class="desk-messages" aria-label={t.messages}>
      <Write show={show} />
      <CueButtons show={show} />
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

function Write({ show }: { show: State }) {
  const t = texts.value;
  const field = useRef<HTMLInputElement>(null);
  useKeys((event) => {
    if (!isShortcut(event, "m")) return;
    event.preventDefault(); // otherwise the m is typed into the field
    field.current?.focus();
  });
  const blocked = barred() ?? (text.value.trim() === "" ? t.blocked.noText : null);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (blocked !== null || sending.value) return;
    leaveField();
    sending.value = true;
    const said = text.value;
    const done = await send({ type: "message", to: to.value, text: said, level: level.value });
    sending.value = false;
    // A refused text stays for correction, and so does one written meanwhile.
    if (!done || text.value !== said) return;
    text.value = "";
    level.value = "info";
  };
  return (
    <form
      class="message-form"
      onSubmit={(event) => void submit(event)}
      onKeyDown={(event) => event.key === "Escape" && leaveField()}
    >
      <select
        data-testid="message-to"
        disabled={looksOn.value}
        title={looksOn.value ? t.looksOn : undefined}
        aria-label={t.messageTo}
        value={to.value}
        onChange={(event) => (to.value = event.currentTarget.value)}
      >
        {[...recipientNames(show)].map(([id, name]) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
      <input
        ref={field}
        type="text"
        data-testid="message-text"
        disabled={looksOn.value}
        title={looksOn.value ? t.looksOn : undefined}
        aria-label={t.messageText}
        placeholder={`${t.messageText} · ${t.keyHint("M")}`}
        maxLength={MAX_CHARS}
        autocomplete="off"
        value={text.value}
        onInput={(event) => (text.value = event.currentTarget.value)}
      />
      <select
        data-testid="message-level"
        disabled={looksOn.value}
        title={looksOn.value ? t.looksOn : undefined}
        aria-label={t.messageLevel}
        value={level.value}
        onChange={(event) => (level.value = event.currentTarget.value as Level)}
      >
        {LEVELS.map((choice) => (
          <option key={choice} value={choice}>
            {t.messageLevels[choice]}
          </option>
        ))}
      </select>
      <button
        type="submit"
        data-testid="message-send"
        disabled={blocked !== null}
        title={blocked ?? t.sendHint}
      >
        {t.send}
      </button>
    </form>
  );
}

/** The recipients of messages and cues, by id. */
function recipientNames(show: State): ReadonlyMap<string, string> {
  const t = texts.value;
  return new Map([
    [EVERYBODY, t.everybody],
    ...show.event.places.map(({ id, name }): [string, string] => [id, name]),
    ...show.event.booths.map(({ id, name }): [string, string] => [id, name]),
    ...Object.entries(t.recipients),
  ]);
}

/** Cues to the chosen recipient: the three that there always are, and the event's. */
function CueButtons({ show }: { show: State }) {
  const t = texts.value;
  return (
    <div class="cue-buttons" role="toolbar" aria-label={t.cueButton}>
      {[...CUES, ...Object.keys(show.event.presets)].map((what) => (
        <Button
          key={what}
          testid={`cue-${what}`}
          class="small"
          hint={t.cueHint}
          blocked={barred()}
          press={() => void send({ type: "cue", to: to.value, what })}
        >
          {cueWords(show, what)}
        </Button>
      ))}
    </div>
  );
}

/** In a field no key is a shortcut: N would be typed. */
function leaveField(): void {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
}

function OnScreen({ show, note }: { show: State; note: ShownMessage }) {
  const t = texts.value;
  const at = instant(note.at);
  const names = recipientNames(show);
  const name = names.get(note.to) ?? note.to;
  const readers = note.seen.map((id) => names.get(id) ?? id).join(", ");
  return (
    <li class={`standing-message ${note.level}`} data-testid={`standing-${note.to}`}>
      <span class="message-sign" role="img" aria-label={t.messageLevels[note.level]}>
        {SIGNS[note.level]}
      </span>
      <strong>{name}</strong>
      <span class="standing-text" title={note.text}>
        {note.text}
      </span>
      {readers && (
        <span class="seen" data-testid={`seen-${note.to}`}>
          ✓ {t.seenBy(readers)}
        </span>
      )}
      {at !== null && <span class="muted tabular">{wall(at, show.event.timezone)}</span>}
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
