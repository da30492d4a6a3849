/** The rundown as a table: planned and expected times, title, people, length, status, and a Go to button. */

import { Fragment } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { looksOn, state } from "../../link/session";
import { who } from "../../parts/agenda";
import { Button } from "../../parts/button";
import { barred, ifKnown } from "../../parts/words";
import { placeDoc, placeOf } from "../../show/agenda";
import { blockedMoves, isMarked } from "../../show/moves";
import { city, clockLength, instant, sameClock, wall } from "../../show/time";
import { texts } from "../../texts";
import type { ItemDoc, State } from "../../wire";
import { DetailsRow, Title } from "./details";
import { carried, keepFocus, useCarrying } from "./edit/carry";
import { DownloadButton } from "./edit/download";
import { CarriedWords, Grip } from "./edit/grip";
import { AddButton, AddedRow } from "./edit/open";
import { arranged } from "./edit/order";
import { Others } from "./edit/others";
import { movedTo } from "./foresight/changes";
import { foreseen, rests } from "./foresight/foresee";
import { Mark } from "./mark";
import { ReloadButton } from "./reload";
import { send } from "./send";

export function Rundown() {
  const show = state.value;
  const scroller = useRef<HTMLDivElement>(null);
  useFollowed(scroller, show?.show.last ?? null);
  useCarrying();
  const place = carried.value?.place ?? null;
  const items = show ? arranged(show.items, place) : [];
  const order = items.map(({ id }) => id).join(" ");
  // When the order of the lines has changed.
  useLayoutEffect(keepFocus, [order, place === null]);
  const t = texts.value;
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
                <Row show={show} item={item} />
                <DetailsRow show={show} item={item} />
                <AddedRow above={item.id} />
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

function Row({ show, item }: { show: State; item: ItemDoc }) {
  const t = texts.value;
  const zone = show.event.timezone;
  // With items under a minute, times are shown to the second.
  const fine = show.items.some((other) => other.length_s < 60);
  const planned = instant(item.planned.start);
  const real = instant(item.actual.start ?? item.expected.start);
  // Coloured only if the displayed times differ.
  const late = planned !== null && real !== null && wall(planned, zone, fine) !== wall(real, zone, fine);
  const onAirNow = item.status === "on-air" ? t.itemIsOnAir : null;
  const blocked = blockedMoves(show, barred(), t).goto ?? onAirNow;
  const preview = foreseen.value?.preview ?? null;
  const moved = preview && movedTo(item, preview);
  const then =
    moved !== null && real !== null && wall(moved, zone, fine) !== wall(real, zone, fine) ? moved : null;
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
        {planned !== null && wall(planned, zone, fine)}
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
        {item.status !== "skipped" && real !== null && wall(real, zone, fine)}
        {then !== null ? (
          <span class="would-begin" data-testid={`would-begin-${item.id}`}>
            → {wall(then, zone, fine)}
          </span>
        ) : (
          <LocalTime show={show} item={item} at={real} />
        )}
      </td>
      <td class="rundown-what">
        <Grip show={show} item={item} />
        <Title item={item} />
        <Others item={item.id} />
        <span class="muted rundown-who">{who(show, item)}</span>
      </td>
      <td class="tabular number">{clockLength(item.length_s)}</td>
      <td
        class="rundown-state"
        title={item.skipped_because ? t.skippedBecause[item.skipped_because] : undefined}
      >
        {wouldDrop ? `→ ${t.foresight.dropped}` : stateWord(show, item)}
      </td>
      <td class="rundown-moves">
        <Mark kind="item" id={item.id} name={item.title} />
        <Button
          testid={`goto-${item.id}`}
          class="small"
          blocked={blocked}
          hint={t.goToTitle(item.title)}
          rests={rests(() => ({ type: "goto", item: item.id }))}
          press={() => void send({ type: "goto", item: item.id })}
        >
          {t.goTo}
        </Button>
      </td>
    </tr>
  );
}

function stateWord(show: State, item: ItemDoc): string {
  const t = texts.value;
  if (item.status === "on-air") return ifKnown(t.statuses["on-air"]);
  return item.status !== "next" && isMarked(show, "item", item.id) ? t.marked : t.statuses[item.status];
}

/** The same instant in the time zone of the item's place, if that differs. */
function LocalTime({ show, item, at }: { show: State; item: ItemDoc; at: number | null }) {
  const place = placeDoc(show, placeOf(item.source));
  if (!place || at === null || sameClock(place.timezone, show.event.timezone, at)) return null;
  // A guest's zone is named like a hall's in it, to avoid Tokyo beside Tokio.
  const hall = show.event.places.find(
    ({ kind, timezone }) => kind === "venue" && timezone === place.timezone,
  );
  const where = place.kind === "venue" ? place : hall;
  return (
    <span class="local-time muted">
      {wall(at, place.timezone)} {where?.name ?? city(place.timezone)}
    </span>
  );
}
