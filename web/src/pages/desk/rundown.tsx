/** The rundown as a table: planned and expected times, title, people, length, status, and a Go to button. */

import { Fragment } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { looksOn, state } from "../../link/session";
import { who } from "../../parts/agenda";
import { Button } from "../../parts/button";
import { barred, ifKnown } from "../../parts/words";
import { placeOf } from "../../show/agenda";
import { blockedMoves, isMarked } from "../../show/moves";
import { city, clockLength, instant, sameClock, wall } from "../../show/time";
import { texts } from "../../texts";
import type { ItemDoc, State } from "../../wire";
import { DetailsRow, isUnfolded, Title } from "./details";
import { carried, keepFocus, useCarrying } from "./edit/carry";
import { DownloadButton } from "./edit/download";
import { CarriedWords, Grip } from "./edit/grip";
import { AddButton, AddedRow, isOpen, reopen } from "./edit/open";
import { arranged, toCome } from "./edit/order";
import { Others, othersAt } from "./edit/others";
import { movedTo } from "./foresight/changes";
import { foreseen, rests } from "./foresight/foresee";
import { Mark } from "./mark";
import { ReloadButton } from "./reload";
import { send } from "./send";

/** Its lines and their cells are given plain values, so that a patch draws those that it changes. */
export function Rundown() {
  const show = state.value;
  const scroller = useRef<HTMLDivElement>(null);
  useFollowed(scroller, show?.show.last ?? null);
  useCarrying();
  const isKnown = show !== null;
  useEffect(() => {
    if (isKnown) reopen();
  }, [isKnown]);
  const place = carried.value?.place ?? null;
  const items = show ? arranged(show.items, place) : [];
  const order = items.map(({ id }) => id).join(" ");
  // When the order of the lines has changed.
  useLayoutEffect(keepFocus, [order, place === null]);
  const t = texts.value;
  // With items under a minute, times are shown to the second.
  const fine = show?.items.some((item) => item.length_s < 60) ?? false;
  const blocked = show && blockedMoves(show, barred(), t).goto;
  const movable = show && toCome(show);
  return (
    // A desk that looks on has no enabled button here by which the keyboard could scroll.
    <div
      class={`rundown${looksOn.value ? "" : " has-grips"}${place ? " carries" : ""}`}
      ref={scroller}
      tabIndex={looksOn.value ? 0 : undefined}
    >
      <table>
        <thead>
          <tr>
            <th>{t.planned}</th>
            <th>{t.expected}</th>
            <th>{t.item}</th>
            <th class="number">{t.itemLength}</th>
            <th>{t.itemState}</th>
            <th class="rundown-reload">
              <DownloadButton />
              <ReloadButton />
            </th>
          </tr>
        </thead>
        <tbody>
          {show &&
            items.map((item) => (
              <Fragment key={item.id}>
                <Row
                  event={show.event}
                  item={item}
                  who={who(show, item)}
                  isMarked={isMarked(show, "item", item.id)}
                  fine={fine}
                  isToCome={movable?.has(item.id) ?? false}
                  isUnfolded={isUnfolded(item.id)}
                  others={othersAt(item.id, show.desks)}
                  blocked={blocked}
                />
                {isUnfolded(item.id) && <DetailsRow item={item} />}
                {isOpen({ above: item.id }) && <AddedRow above={item.id} />}
              </Fragment>
            ))}
        </tbody>
      </table>
      {show && <AddButton show={show} />}
      <CarriedWords items={items} />
    </div>
  );
}

/** Keep the item on air in view, near the top. */
function useFollowed(scroller: { current: HTMLDivElement | null }, id: string | null): void {
  useEffect(() => {
    const box = scroller.current;
    const row =
      id === null ? null : box?.querySelector<HTMLElement>(`[data-testid="agenda-row-${CSS.escape(id)}"]`);
    if (box && row) box.scrollTo({ top: row.offsetTop - box.clientHeight / 4, behavior: "smooth" });
  }, [scroller, id]);
}

interface RowProperties {
  event: State["event"];
  item: ItemDoc;
  who: string;
  isMarked: boolean;
  isToCome: boolean;
  isUnfolded: boolean;
  /** Who edits it at other desks. */
  others: string;
  fine: boolean;
  /** Why no item can be gone to. */
  blocked: string | null;
}

function Row({ event, item, who, isMarked, isToCome, isUnfolded, others, fine, blocked }: RowProperties) {
  const t = texts.value;
  const zone = event.timezone;
  const planned = instant(item.planned.start);
  const real = instant(item.actual.start ?? item.expected.start);
  const plannedClock = planned === null ? "" : wall(planned, zone, fine);
  const realClock = real === null ? "" : wall(real, zone, fine);
  // Coloured only if the displayed times differ.
  const late = planned !== null && real !== null && plannedClock !== realClock;
  const onAirNow = item.status === "on-air" ? t.itemIsOnAir : null;
  const preview = foreseen.value?.preview ?? null;
  const moved = preview && movedTo(item, preview);
  const then = moved !== null && real !== null && wall(moved, zone, fine) !== realClock ? moved : null;
  const isCarried = carried.value?.place.item === item.id;
  const wouldDrop = preview?.dropped.includes(item.id) ?? false;
  return (
    <tr
      class={`rundown-row ${item.status}${wouldDrop ? " would-drop" : ""}${isCarried ? " carried" : ""}`}
      data-item={item.id}
      data-testid={`agenda-row-${item.id}`}
      data-status={item.status}
    >
      <td class="tabular">
        {plannedClock}
        {item.hard && (
          <span class="hard" title={t.hardStart} role="img" aria-label={t.hardStart}>
            ◆
          </span>
        )}
      </td>
      <td
        class={`tabular${late ? (real > planned ? " late" : " early") : ""}`}
        data-testid={`expected-${item.id}`}
      >
        {item.status !== "skipped" && realClock}
        {then !== null ? (
          <span class="would-begin" data-testid={`would-begin-${item.id}`}>
            → {wall(then, zone, fine)}
          </span>
        ) : (
          <LocalTime event={event} item={item} at={real} />
        )}
      </td>
      <td class="rundown-what">
        {isToCome && <Grip item={item.id} />}
        <Title
          id={item.id}
          title={item.title}
          language={item.language}
          hasNotes={item.notes !== ""}
          isUnfolded={isUnfolded}
        />
        {others && <Others item={item.id} names={others} />}
        <span class="muted rundown-who">{who}</span>
      </td>
      <td class="tabular number">{clockLength(item.length_s)}</td>
      <td
        class="rundown-state"
        title={item.skipped_because ? t.skippedBecause[item.skipped_because] : undefined}
      >
        {wouldDrop ? `→ ${t.foresight.dropped}` : stateWord(item, isMarked)}
      </td>
      <td class="rundown-moves">
        <Mark kind="item" id={item.id} name={item.title} />
        <GoTo id={item.id} title={item.title} blocked={blocked ?? onAirNow} />
      </td>
    </tr>
  );
}

function GoTo({ id, title, blocked }: { id: string; title: string; blocked: string | null }) {
  const t = texts.value;
  return (
    <Button
      testid={`goto-${id}`}
      class="small"
      blocked={blocked}
      hint={t.goToTitle(title)}
      rests={rests(() => ({ type: "goto", item: id }))}
      press={() => void send({ type: "goto", item: id })}
    >
      {t.goTo}
    </Button>
  );
}

function stateWord(item: ItemDoc, isMarked: boolean): string {
  const t = texts.value;
  if (item.status === "on-air") return ifKnown(t.statuses["on-air"]);
  return item.status !== "next" && isMarked ? t.marked : t.statuses[item.status];
}

/** The same instant in the time zone of the item's place, if that differs. */
function LocalTime({ event, item, at }: { event: State["event"]; item: ItemDoc; at: number | null }) {
  const place = event.places.find(({ id }) => id === placeOf(item.source));
  if (!place || at === null || sameClock(place.timezone, event.timezone, at)) return null;
  // A guest's zone is named like a hall's in it, to avoid Tokyo beside Tokio.
  const hall = event.places.find(({ kind, timezone }) => kind === "venue" && timezone === place.timezone);
  const where = place.kind === "venue" ? place : hall;
  return (
    <span class="local-time muted">
      {wall(at, place.timezone)} {where?.name ?? city(place.timezone)}
    </span>
  );
}
