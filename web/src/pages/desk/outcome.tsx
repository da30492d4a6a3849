/** What the last command did to the rest of the agenda, in words, with an Undo button. */

import { effect, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { revision, state } from "../../link/session";
import { Button } from "../../parts/button";
import { said } from "../../parts/said";
import { barred } from "../../parts/words";
import { onAirKey } from "../../show/agenda";
import { blockedMoves } from "../../show/moves";
import { type Outcome, outcome, stillDropped } from "../../show/outcome";
import { wall } from "../../show/time";
import { type Texts, texts } from "../../texts";
import type { Command, ItemDoc, State } from "../../wire";

type CommandType = Command["type"];

/** The commands whose outcome is reported. The effect of others is visible where it happens. */
const REPORTED: readonly CommandType[] = [
  "extend",
  "delay",
  "skip",
  "unskip",
  "resume",
  "goto",
  "next",
  "previous",
  "undo",
  "edit",
];
/** How long to wait for the state that includes a command; it usually arrives with the reply. */
const STATE_TIMEOUT_MS = 3_000;
/** A note that needs no action disappears after this. */
const PLAIN_SHOWN_MS = 10_000;

interface ShownOutcome {
  lines: string[];
  /** The skipped items that it names, and the hard start that caused it. */
  lost: Pick<Outcome, "dropped" | "limit">;
  /** An item was skipped or shortened. */
  isGrave: boolean;
  /** The command that caused it; null for the passing of time, or another desk. */
  command: CommandType | null;
  /** The item on air then: the note disappears with the next. */
  key: string;
}

const current = signal<ShownOutcome | null>(null);
/** The number of this desk's commands whose outcome is not reported yet. */
let pending = 0;

/** Report what a command of this desk did; `rev` is the revision that includes it. */
export async function tellOutcome(command: CommandType, before: State, rev: number): Promise<void> {
  if (!REPORTED.includes(command)) return;
  pending += 1;
  const after = await reached(rev);
  pending -= 1;
  if (after) report(outcome(before, after), after, command);
}

/** The state once it is at `rev`; null after the timeout. */
export function reached(rev: number): Promise<State | null> {
  return new Promise((resolve) => {
    const limit = setTimeout(() => finish(null), STATE_TIMEOUT_MS);
    let end: (() => void) | undefined;
    const finish = (found: State | null): void => {
      clearTimeout(limit);
      // The effect may succeed in its first run, before `end` is set.
      queueMicrotask(() => end?.());
      resolve(found);
    };
    end = effect(() => {
      if (state.value && revision.value !== null && revision.value >= rev) finish(state.value);
    });
  });
}

function report(news: Outcome, after: State, command: CommandType | null): void {
  const found = withEarlier(news, after);
  const lines = inWords(found, after.event.timezone, texts.value);
  const isGrave =
    found.dropped.length > 0 || found.squeezed.length > 0 || (found.isCut && command === "extend");
  const shown = lines.length > 0 ? { lines, lost: found, isGrave, command, key: onAirKey(after) } : null;
  current.value = shown;
  if (shown && !isGrave)
    setTimeout(() => {
      if (current.value === shown) current.value = null;
    }, PLAIN_SHOWN_MS);
}

/** Adds the items that an earlier command skipped: of five presses in a row, the third may have done it. */
function withEarlier(found: Outcome, after: State): Outcome {
  if (current.value?.key !== onAirKey(after)) return found;
  const { dropped, limit } = current.value.lost;
  const earlier = stillDropped(dropped, after).filter(
    ({ id }) => !found.dropped.some((each) => each.id === id),
  );
  if (earlier.length === 0) return found;
  return { ...found, dropped: [...earlier, ...found.dropped], limit: found.limit ?? limit };
}

export function inWords(found: Outcome, zone: string, t: Texts): string[] {
  const words = t.outcome;
  const { limit, moved } = found;
  const at = limit ? wall(limit.at, zone) : "";
  const hard = limit ? t.quote(limit.item.title) : "";
  const names = (items: ItemDoc[]): string => items.map(({ title }) => t.quote(title)).join(t.comma);
  const lines: string[] = [];
  if (found.dropped.length > 0) lines.push(words.dropped(names(found.dropped), hard, at));
  if (found.gone.length > 0) lines.push(words.gone(names(found.gone)));
  if (found.passed.length > 0) lines.push(words.passed(names(found.passed)));
  for (const { item, left_ms } of found.squeezed)
    lines.push(words.squeezed(t.quote(item.title), t.length(left_ms / 1000), hard, at));
  if (found.isCut && limit) lines.push(words.cut(hard, at));
  if (found.back.length > 0) lines.push(words.back(names(found.back)));
  if (moved.length > 0)
    lines.push(words.moved(moved.length, t.length(Math.abs(found.moved_ms) / 1000), found.moved_ms > 0));
  return lines;
}

/** Reports items that the passing of time, or another desk, made to be skipped. */
function useDrops(): void {
  useEffect(() => {
    let before: State | null = null;
    return effect(() => {
      const after = state.value;
      if (before && after && pending === 0) {
        const { dropped, limit } = outcome(before, after);
        const nothing = {
          passed: [],
          gone: [],
          back: [],
          squeezed: [],
          isCut: false,
          moved: [],
          moved_ms: 0,
        };
        if (dropped.length > 0) report({ ...nothing, dropped, limit }, after, null);
      }
      before = after;
    });
  }, []);
}

export function OutcomeNote({ undo }: { undo: () => void }) {
  useDrops();
  const show = state.value;
  const shown = show && current.value?.key === onAirKey(show) ? current.value : null;
  return <div {...said}>{show && shown && <Note undo={undo} show={show} shown={shown} />}</div>;
}

interface NoteProperties {
  undo: () => void;
  show: State;
  shown: ShownOutcome;
}

function Note({ undo, show, shown: { lines, isGrave, command } }: NoteProperties) {
  const t = texts.value;
  return (
    <div class={`outcome${isGrave ? " grave" : ""}`} data-testid="outcome">
      <div class="outcome-lines">
        {lines.map((line) => (
          <div key={line}>{line}</div>
        ))}
      </div>
      {command !== null && command === show.show.undo?.command && (
        <Button
          testid="outcome-undo"
          class="small"
          blocked={blockedMoves(show, barred(), t).undo}
          press={undo}
        >
          {t.undo}
        </Button>
      )}
      <Button testid="outcome-close" class="quiet small" label={t.close} press={() => (current.value = null)}>
        ×
      </Button>
    </div>
  );
}
