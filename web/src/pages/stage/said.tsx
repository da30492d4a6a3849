/**
 * What the desk and the booths say to the stage: as large as the time left, which stays in view.
 *
 * A cue is shown before the messages, which stand until the desk takes them away: nobody presses anything here.
 */

import { now } from "../../link/session";
import { cueWords } from "../../parts/cues";
import { Fitted } from "../../parts/fitted";
import { messageWords, SIGNS } from "../../parts/messages";
import { saidAtOnce } from "../../parts/said";
import { cuesFor, type ShownCue } from "../../show/cues";
import { EVERYBODY, messageKey, messagesOnStage, type Page, type ShownMessage } from "../../show/messages";
import { instant, wall } from "../../show/time";
import { texts } from "../../texts";
import type { PlaceDoc, State } from "../../wire";

type ShownWords = { words: string } & (
  | { kind: "cue"; cue: ShownCue }
  | { kind: "message"; note: ShownMessage }
);

/** Read it during rendering, as it follows the clock. `home`: the hall of this display; null if it is not known. */
export function saidNow(show: State, home: PlaceDoc | null): readonly ShownWords[] {
  const me = display(home);
  const [cue] = cuesFor(show, me, now.value);
  if (cue) return [{ kind: "cue", cue, words: cueWords(show, cue.what) ?? cue.what }];
  const notes = messagesOnStage(show, me, now.value);
  const isUrgent = (note: ShownMessage): number => (note.level === "urgent" ? 0 : 1);
  return [...notes]
    .sort((a, b) => isUrgent(a) - isUrgent(b))
    .map((note) => ({ kind: "message", note, words: messageWords(show, note) }) as const);
}

function display(home: PlaceDoc | null): Page {
  return { role: "stage", id: home?.id ?? "" };
}

export function Said({ said, zone }: { said: readonly ShownWords[]; zone: string }) {
  return (
    <section class="stage-said" aria-label={texts.value.messages} data-testid="messages">
      {said.map((each) =>
        each.kind === "cue" ? (
          <div key={each.cue.at} class="stage-words cue" data-testid="cue" data-what={each.cue.what}>
            <Fitted text={each.words}>{each.words}</Fitted>
          </div>
        ) : (
          <Message key={messageKey(each.note)} note={each.note} words={each.words} zone={zone} />
        ),
      )}
    </section>
  );
}

/** All of it for a screen reader, each once. On screen a cue takes the place of the messages, which then come back. */
export function SaidAloud({ show, home }: { show: State; home: PlaceDoc | null }) {
  const me = display(home);
  const cues = cuesFor(show, me, now.value);
  const notes = messagesOnStage(show, me, now.value);
  return (
    <div class="unseen" {...saidAtOnce}>
      {cues.map((cue) => (
        <p key={cue.at}>{cueWords(show, cue.what) ?? cue.what}</p>
      ))}
      {notes.map((note) => (
        <p key={messageKey(note)}>{messageWords(show, note)}</p>
      ))}
    </div>
  );
}

function Message({ note, words, zone }: { note: ShownMessage; words: string; zone: string }) {
  const t = texts.value;
  const at = instant(note.at);
  return (
    <div
      class={`stage-words message ${note.level}`}
      data-testid={`message-${note.to}`}
      data-level={note.level}
    >
      <span class="message-sign" aria-hidden="true">
        {SIGNS[note.level]}
      </span>
      <div class="message-head">
        <strong>{t.messageLevels[note.level]}</strong>
        {note.to === EVERYBODY && <span>{t.toEverybody}</span>}
        {at !== null && <span class="tabular">{wall(at, zone)}</span>}
      </div>
      <Fitted text={words} class="message-text">
        {words}
      </Fitted>
    </div>
  );
}
