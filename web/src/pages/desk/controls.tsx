/** The controls of the show: Next, Back, Undo, Hold and the length of the item. */

import { useLayoutEffect, useRef } from "preact/hooks";
import { now, state } from "../../link/session";
import { Button, ignoreRepeat } from "../../parts/button";
import { barred } from "../../parts/words";
import { hasPrevious, itemById, onAir, upNext } from "../../show/agenda";
import { blockedMoves, nextGoesTo } from "../../show/moves";
import { instant, SLIGHT_DELAY_S, wall } from "../../show/time";
import { texts } from "../../texts";
import type { ItemDoc, State } from "../../wire";
import { rests } from "./foresight/foresee";
import { endsEvent, HOLD_MS, holding, pressNext, releaseNext, resting, useNext } from "./next";
import { whose } from "./people/words";
import { endsEventBy, send, shorten, step, undo } from "./send";

const MINUTE_S = 60;
const LENGTHS = [
  { testid: "minus-5-button", minutes: -5 },
  { testid: "minus-button", minutes: -1, keys: "-" },
  { testid: "plus-button", minutes: 1, keys: "Plus" },
  { testid: "plus-5-button", minutes: 5 },
];

export function Controls() {
  const show = state.value;
  useNext();
  if (!show) return null;
  const t = texts.value;
  const why = blockedMoves(show, barred(), t);
  const { held } = show.show;
  // Next takes the place of Start, and the focus with it.
  const isStartFocused = document.activeElement?.matches("[data-testid='start-button']") ?? false;
  return (
    <div class="controls" role="toolbar">
      <Button
        testid="previous-button"
        blocked={why.previous}
        hint={t.backHint}
        rests={rests(() => state.peek() && { type: "previous", from: state.peek()?.show.last ?? null })}
        press={() => void (hasPrevious(show) && step("previous"))}
      >
        {t.back}
      </Button>
      <Button
        testid="undo-button"
        class="undo"
        keys="U"
        blocked={why.undo}
        hint={show.show.undo === null ? undefined : t.people.undid(whose(show.show.undo, show, t))}
        label={t.undo}
        rests={rests(() => ({ type: "undo" }))}
        press={() => void undo()}
      >
        ↶
      </Button>
      {show.show.phase === "before" ? (
        <Start show={show} blocked={why.start} />
      ) : (
        <Next show={show} blocked={why.next} isFocused={isStartFocused} />
      )}
      <Button
        testid="hold-button"
        keys="H"
        class={held ? "held" : ""}
        blocked={why.hold}
        hint={held ? t.resumeHint : t.holdHint}
        pressed={held}
        press={() => void send({ type: held ? "resume" : "hold" })}
      >
        {held ? t.resume : t.hold}
      </Button>
      <div class="lengths">
        {LENGTHS.map((length) => (
          <Length key={length.testid} show={show} {...length} blocked={why.extend} />
        ))}
      </div>
    </div>
  );
}

interface LengthProperties {
  show: State;
  testid: string;
  minutes: number;
  keys?: string;
  blocked: string | null;
}

/** Makes the item on air longer or shorter. */
function Length({ show, testid, minutes, keys, blocked }: LengthProperties) {
  const t = texts.value;
  const seconds = minutes * MINUTE_S;
  const ends = seconds < 0 && endsEventBy(show, -seconds, now.value);
  return (
    <Button
      testid={testid}
      blocked={blocked ?? (ends ? t.blocked.endsEvent : null)}
      keys={keys}
      rests={rests(() => ({ type: "extend", seconds }))}
      press={() => void (seconds < 0 ? shorten(-seconds) : send({ type: "extend", seconds }))}
    >
      {minutes < 0 ? `−${-minutes}` : `+${minutes}`} <small>{t.minute}</small>
    </Button>
  );
}

function Start({ show, blocked }: { show: State; blocked: string | null }) {
  const t = texts.value;
  return (
    <Button
      testid="start-button"
      class="primary next"
      blocked={blocked}
      hint={t.startHint}
      press={() => void send({ type: "start" })}
    >
      <Label word={t.startShow} item={upNext(show)} />
    </Button>
  );
}

interface NextProperties {
  show: State;
  blocked: string | null;
  /** It has the focus from its beginning. */
  isFocused: boolean;
}

/** Goes to the next item. After the last one it ends the event, and then has to be kept pressed. */
function Next({ show, blocked, isFocused }: NextProperties) {
  const t = texts.value;
  const button = useRef<HTMLButtonElement>(null);
  const wasFocused = useRef(isFocused);
  useLayoutEffect(() => {
    if (wasFocused.current) button.current?.focus();
  }, []);
  const ends = endsEvent();
  const rest = rests(() => state.peek() && { type: "next", from: state.peek()?.show.last ?? null });
  const press = (key: KeyboardEvent): void => {
    ignoreRepeat(key);
    if ((key.key !== "Enter" && key.key !== " ") || !ends) return;
    key.preventDefault(); // otherwise the browser repeats it as clicks
    if (!key.repeat) pressNext();
  };
  return (
    <button
      ref={button}
      type="button"
      data-testid="next-button"
      aria-keyshortcuts="N Space"
      class={`primary next${resting.value ? " resting" : ends ? " ends" : ""}${holding.value ? " holding" : ""}`}
      style={{ "--hold": `${HOLD_MS}ms` }}
      disabled={blocked !== null}
      aria-disabled={resting.value}
      title={blocked ?? t.nextHint}
      onClick={() => !ends && pressNext()}
      onPointerDown={(event) => ends && event.button === 0 && pressNext()}
      onPointerUp={releaseNext}
      onPointerEnter={rest.onPointerEnter}
      onPointerLeave={() => {
        rest.onPointerLeave();
        releaseNext();
      }}
      onPointerCancel={() => {
        rest.onPointerCancel();
        releaseNext();
      }}
      onFocus={rest.onFocus}
      onContextMenu={(event) => ends && event.preventDefault()}
      onKeyDown={press}
      onKeyUp={releaseNext}
      onBlur={() => {
        rest.onBlur();
        releaseNext();
      }}
    >
      {resting.value ? <Happened show={show} /> : <Coming show={show} />}
    </button>
  );
}

/** The item that has just changed, while Next is locked. */
function Happened({ show }: { show: State }) {
  const t = texts.value;
  const item = onAir(show);
  return <Label word={item ? t.justBegan : t.justEnded} item={item ?? itemById(show, show.show.last)} />;
}

/** What Next would do. */
function Coming({ show }: { show: State }) {
  const t = texts.value;
  const item = nextGoesTo(show);
  if (!item) return <Label word={t.endShow} keyName="N" note={t.keepPressed} />;
  return (
    <Label
      word={show.show.armed?.kind === "item" ? t.nextAsMarked : t.nextButton}
      keyName="N"
      item={item}
      detail={hardStart(show, item)}
    />
  );
}

/** Of an item with a hard start: when that is, and how much too early Next would be; else empty. */
function hardStart(show: State, item: ItemDoc): string {
  const planned = instant(item.planned.start);
  if (!item.hard || planned === null) return "";
  const t = texts.value;
  const at = wall(planned, show.event.timezone);
  const early_s = (planned - now.value) / 1000;
  return early_s < SLIGHT_DELAY_S ? t.monitors.hard(at) : t.monitors.hardEarly(at, t.length(early_s));
}

interface LabelProperties {
  word: string;
  keyName?: string;
  item?: ItemDoc | null;
  note?: string;
  /** Said after the item's title. */
  detail?: string;
}

/** The word, and below it its item. */
function Label({ word, keyName, item, note, detail }: LabelProperties) {
  return (
    <>
      <span class="next-word">
        {word} {keyName && <kbd>{keyName}</kbd>}
      </span>
      <span class="next-title" lang={item?.language}>
        {item?.title ?? note ?? ""}
        {detail && <span class="next-detail"> · {detail}</span>}
      </span>
    </>
  );
}
