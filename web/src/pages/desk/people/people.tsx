/** Who sits at which desk, and what was done last. */

import { useSignal } from "@preact/signals";
import { looksOn, welcome } from "../../../link/session";
import { Button } from "../../../parts/button";
import { cleanName, MAX_NAME_CHARS } from "../../../show/names";
import { texts } from "../../../texts";
import type { State } from "../../../wire";
import { call, ownName } from "./here";
import { deskName, did } from "./words";
import "../../../styles/people.css";

export function People({ show }: { show: State }) {
  return (
    <div class="people">
      <Desks show={show} />
      <LastActions show={show} />
    </div>
  );
}

function Desks({ show }: { show: State }) {
  const t = texts.value;
  const changes = useSignal(false);
  const own = welcome.value?.session ?? "";
  const desks = Object.entries(show.desks).sort(([, a], [, b]) => (a.since < b.since ? -1 : 1));
  const asks = !looksOn.value && (ownName.value === null || changes.value);
  return (
    <>
      <ul class="desks" aria-label={t.people.heading}>
        <li class="muted">
          {t.people.heading} <span data-testid="desk-count">{desks.length}</span>
        </li>
        {desks.map(([session, desk]) => (
          <li key={session} data-testid="desk" data-own={session === own}>
            <span class="dot good" aria-hidden="true" /> {deskName(desk, t)}
            {session === own && <span class="muted"> ({t.people.you})</span>}
            {session === own && !looksOn.value && !asks && (
              <Button
                testid="own-name-change"
                class="quiet small"
                label={t.people.change}
                hint={t.people.change}
                press={() => (changes.value = true)}
              >
                ✎
              </Button>
            )}
          </li>
        ))}
      </ul>
      {asks && <OwnName done={() => (changes.value = false)} />}
    </>
  );
}

/** Asks for a name once. It stands in nobody's way: everything works without an answer. */
function OwnName({ done }: { done: () => void }) {
  const t = texts.value.people;
  const typed = useSignal(ownName.value ?? "");
  return (
    <form
      class="own-name"
      onSubmit={(event) => {
        event.preventDefault();
        call(cleanName(typed.value));
        done();
      }}
    >
      <label>
        <span>{t.ask}</span>
        <input
          type="text"
          data-testid="own-name"
          autocomplete="name"
          maxLength={MAX_NAME_CHARS}
          value={typed.value}
          onInput={(event) => (typed.value = event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="small" data-testid="own-name-save">
        {t.save}
      </button>
    </form>
  );
}

/** The last command in a line, and a few before it on demand. */
function LastActions({ show }: { show: State }) {
  const t = texts.value;
  const actions = show.show.actions.map((action) => did(action, show, t)).reverse();
  const [last, ...before] = actions;
  if (last === undefined) return null;
  return (
    <details class="last-actions" data-testid="last-actions">
      <summary data-testid="last-action" title={t.people.more}>
        {last}
      </summary>
      <ol>
        {before.map((line, n) => (
          <li key={n}>{line}</li>
        ))}
      </ol>
    </details>
  );
}
