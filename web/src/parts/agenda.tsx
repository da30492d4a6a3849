/** The agenda for halls and guests: the item on air and those to come, in their own time zone. */

import { state } from "../link/session";
import { beginOf, fromNowOn, shows, sourceName } from "../show/agenda";
import { wall } from "../show/time";
import { texts } from "../texts";
import type { ItemDoc, State } from "../wire";
import { nowWord } from "./words";

interface Properties {
  zone: string;
  /** The place whose items are marked; null marks none. */
  place: string | null;
}

/** More than fit on any screen; the list scrolls. */
const MAX_ITEMS = 12;

export function Agenda({ zone, place }: Properties) {
  const show = state.value;
  const items = show ? fromNowOn(show, MAX_ITEMS) : [];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and contains nothing that takes the focus
    <section class="agenda" aria-label={texts.value.agenda} tabIndex={0}>
      <ol>
        {show && items.map((item) => <Row key={item.id} show={show} item={item} zone={zone} place={place} />)}
      </ol>
      {items.length === 0 && <p class="muted">{texts.value.nothingElse}</p>}
    </section>
  );
}

interface RowProperties extends Properties {
  show: State;
  item: ItemDoc;
}

function Row({ show, item, zone, place }: RowProperties) {
  const t = texts.value;
  const at = beginOf(show, item);
  const mine = place !== null && shows(item, place);
  const word = item.status === "on-air" ? nowWord() : item.status === "next" ? t.after : "";
  return (
    <li class={`agenda-row ${item.status}${mine ? " mine" : ""}`} data-testid={`agenda-row-${item.id}`}>
      <span class="agenda-time tabular">
        {at === null ? "" : wall(at, zone)}
        <span class="agenda-word">{word}</span>
      </span>
      <span class="agenda-what">
        <span class="agenda-title" lang={item.language}>
          {item.title}
        </span>
        <span class="agenda-who muted">{who(show, item)}</span>
      </span>
    </li>
  );
}

/** Who is on screen in an item, and who speaks. */
export function who(show: State, item: ItemDoc): string {
  const names = [item.source, ...item.with].map((source) => sourceName(show, source, ""));
  // A guest who is also the speaker is named once.
  const places = names.filter((name) => name !== "" && !item.speaker.includes(name)).join(" + ");
  return [item.speaker, places].filter((part) => part !== "").join(" · ");
}
