/** The details of an item, which its line opens: notes, speaker, language, end, sources; and how it is moved or skipped. */

import { looksOn, state } from "../../link/session";
import { Button } from "../../parts/button";
import { Contact } from "../../parts/contact";
import { barred } from "../../parts/words";
import { SLATE } from "../../show/agenda";
import { nameOfLanguage, texts } from "../../texts";
import type { ItemDoc, State } from "../../wire";
import { reason } from "./alarms/alarms";
import { FormOf, isOpen } from "./edit/open";
import { Tools } from "./edit/tools";
import { rests } from "./foresight/foresee";
import { openLines, toggleLine } from "./openlines";
import { type Order, send } from "./send";

/** By how much a press moves an item. */
const DELAYS_MIN = [-5, -1, 1, 5];

/** Whether the details of an item are shown. */
export function isUnfolded(id: string): boolean {
  return openLines.value.has(id);
}

interface TitleProperties {
  id: string;
  title: string;
  language: string;
  hasNotes: boolean;
  isUnfolded: boolean;
}

/** The title in the rundown, which opens the details. */
export function Title({ id, title, language, hasNotes, isUnfolded }: TitleProperties) {
  return (
    <button
      type="button"
      class={`rundown-title${hasNotes ? " with-notes" : ""}`}
      lang={language}
      data-testid={`details-button-${id}`}
      title={texts.value.items.hint}
      aria-expanded={isUnfolded}
      onClick={() => toggleLine(id)}
    >
      {title}
    </button>
  );
}

/** The details, below the item's row. */
export function DetailsRow({ item }: { item: ItemDoc }) {
  const show = state.value;
  if (!show) return null;
  return (
    <tr class="rundown-details" data-testid={`details-${item.id}`}>
      <td colSpan={6}>
        {isOpen({ item: item.id }) ? (
          <FormOf subject={{ item: item.id }} />
        ) : (
          <Facts show={show} item={item} />
        )}
      </td>
    </tr>
  );
}

function Facts({ show, item }: { show: State; item: ItemDoc }) {
  const t = texts.value.items;
  return (
    <>
      <dl>
        {item.notes && (
          <>
            <dt>{t.notes}</dt>
            <dd class="item-notes" data-testid={`notes-${item.id}`}>
              {item.notes}
            </dd>
          </>
        )}
        {item.speaker && (
          <>
            <dt>{t.speaker}</dt>
            <dd>{item.speaker}</dd>
          </>
        )}
        <dt>{t.sources}</dt>
        <dd>
          <Health show={show} item={item} />
        </dd>
        <dt>{t.language}</dt>
        <dd>{nameOfLanguage(item.language)}</dd>
        <dt>{t.end}</dt>
        <dd>{t.ends[item.advance]}</dd>
      </dl>
      <Moves show={show} item={item} />
    </>
  );
}

/** Each source of an item with a light and, where it is not live, the reason. */
function Health({ show, item }: { show: State; item: ItemDoc }) {
  const t = texts.value;
  return (
    <>
      {[item.source, ...item.with].map((id) => {
        const source = show.sources[id];
        const isLive = id === SLATE || source?.state === "live";
        return (
          <span key={id} class="item-source" data-testid={`health-${item.id}-${id}`} data-live={isLive}>
            <span class={`dot ${isLive ? "good" : "bad"}`} aria-hidden="true" />
            {id === SLATE ? t.slate : (source?.name ?? id)}
            <span class="muted"> {isLive ? t.items.ready : source && reason(source, t)}</span>
            {!isLive && <Contact show={show} of={id} />}
          </span>
        );
      })}
    </>
  );
}

/** Moves an item that is to come, skips it or brings it back, and changes it. */
function Moves({ show, item }: { show: State; item: ItemDoc }) {
  const t = texts.value.items;
  const isToCome = item.status === "next" || item.status === "coming";
  if (item.status === "done" || looksOn.value) return null;
  const skipping: Order = { type: isToCome ? "skip" : "unskip", item: item.id };
  return (
    <div class="item-moves" role="toolbar" aria-label={item.title}>
      {/* First, so that a second press takes the first one back. */}
      {item.status !== "on-air" && (
        <Button
          testid={`${isToCome ? "skip" : "unskip"}-${item.id}`}
          class="small"
          blocked={barred()}
          rests={rests(() => skipping)}
          press={() => void send(skipping)}
        >
          {isToCome ? t.skip : t.unskip}
        </Button>
      )}
      {isToCome && <span class="muted">{t.delay}</span>}
      {isToCome &&
        DELAYS_MIN.map((minutes) => {
          const order: Order = { type: "delay", item: item.id, seconds: minutes * 60 };
          return (
            <Button
              key={minutes}
              testid={`delay-${minutes}-${item.id}`}
              class="small"
              label={minutes < 0 ? t.earlier(-minutes) : t.later(minutes)}
              hint={minutes < 0 ? t.earlier(-minutes) : t.later(minutes)}
              blocked={barred()}
              rests={rests(() => order)}
              press={() => void send(order)}
            >
              {minutes < 0 ? `−${-minutes}` : `+${minutes}`}
            </Button>
          );
        })}
      <Tools show={show} item={item} />
    </div>
  );
}

/** The notes below the programme: a line, or all. */
export function CardNotes({ item }: { item: ItemDoc | null }) {
  if (!item?.notes) return null;
  return (
    <button
      type="button"
      class="on-air-notes"
      data-testid="on-air-notes"
      title={texts.value.items.hint}
      aria-expanded={openLines.value.has(item.id)}
      onClick={() => toggleLine(item.id)}
    >
      {item.notes}
    </button>
  );
}
