/** Whom messages go to: groups, then one place, booth or the desk. */

import { signal } from "@preact/signals";
import { looksOn } from "../../../link/session";
import { Button } from "../../../parts/button";
import { barred } from "../../../parts/words";
import { EVERYBODY } from "../../../show/messages";
import { texts } from "../../../texts";
import type { State } from "../../../wire";

/** As many have a button of their own; the places and booths of a larger event are in a list. */
const MAX_BUTTONS = 14;

export const to = signal(EVERYBODY);
/** The flag that the next message answers. */
export const answers = signal<string | null>(null);

export function address(recipient: string): void {
  to.value = recipient;
  answers.value = null;
}

function groups(show: State): [string, string][] {
  const { speaker, stage, technicians, booths } = texts.value.recipients;
  return [
    [EVERYBODY, texts.value.everybody],
    ["speaker", speaker],
    ["stage", stage],
    ["technicians", technicians],
    ...(show.event.booths.length > 1 ? [["booths", booths] as [string, string]] : []),
  ];
}

function singles(show: State): [string, string][] {
  const { places, booths } = show.event;
  const named = [...places, ...booths].map(({ id, name }): [string, string] => [id, name]);
  return [...named, ["desk", texts.value.recipients.desk]];
}

/** The recipients of messages, by id. */
export function recipientNames(show: State): ReadonlyMap<string, string> {
  return new Map([...groups(show), ["booths", texts.value.recipients.booths], ...singles(show)]);
}

export function RecipientChoice({ show }: { show: State }) {
  const t = texts.value;
  const [all, single] = [groups(show), singles(show)];
  const isListed = all.length + single.length > MAX_BUTTONS;
  return (
    <div class="message-to" role="toolbar" aria-label={t.messageTo}>
      <span class="muted">{t.messageTo}</span>
      {[...all, ...(isListed ? [] : single)].map(([id, name]) => (
        <Button
          key={id}
          testid={`to-${id}`}
          class={`small${to.value === id ? " chosen" : ""}`}
          pressed={to.value === id}
          blocked={looksOn.value ? barred() : null}
          press={() => address(id)}
        >
          {name}
        </Button>
      ))}
      {isListed && (
        <select
          data-testid="to-one"
          class={single.some(([id]) => id === to.value) ? "chosen" : ""}
          disabled={looksOn.value}
          aria-label={t.notes.onePlace}
          value={single.some(([id]) => id === to.value) ? to.value : ""}
          onChange={(event) => address(event.currentTarget.value)}
        >
          <option value="" disabled>
            {t.notes.onePlace}
          </option>
          {single.map(([id, name]) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      )}
    </div>
  );
}
