/** Marks an item as next, or puts a source in preview, so that it is armed before its cut. */

import { useComputed } from "@preact/signals";
import { state } from "../../link/session";
import { Button } from "../../parts/button";
import { isShortcut, useKeys } from "../../parts/screen";
import { barred } from "../../parts/words";
import { cannotMark, cannotTake, isMarked } from "../../show/moves";
import { views } from "../../show/views";
import { texts } from "../../texts";
import type { State } from "../../wire";
import { rests } from "./foresight/foresee";
import { onlyLooksOn, send } from "./send";

interface Properties {
  kind: "item" | "source";
  id: string;
  /** Its name, for people. */
  name: string;
  /** Its keyboard shortcut, if it has one. */
  keyName?: string | undefined;
}

/** The number of sources with a shortcut. */
const SHORTCUTS = 9;

/** The shortcut of the source at this place in the list (from 0). */
export function shortcutOf(place: number): string | undefined {
  return place < SHORTCUTS ? String(place + 1) : undefined;
}

export function Mark({ kind, id, name, keyName }: Properties) {
  const t = texts.value;
  // Computed, as there is one on each line: a patch draws those that it changes.
  const isOn = useComputed(() => state.value !== null && isMarked(state.value, kind, id));
  const blocked = useComputed(
    () => state.value && cannotMark(state.value, kind, id, name, barred(), texts.value),
  );
  const marked = isOn.value;
  const label =
    kind === "item"
      ? marked
        ? t.unmarkItem(name)
        : t.markItem(name)
      : marked
        ? t.unmarkSource(name)
        : t.markSource(name);
  const hint = [label, marked ? t.takeMarked(name) : keyName && t.keyHint(keyName)];
  return (
    <Button
      testid={`mark-${kind}-${id}`}
      class="small mark"
      label={label}
      hint={hint.filter(Boolean).join(" · ")}
      blocked={blocked.value}
      pressed={marked}
      keys={[keyName, marked && "T"].filter(Boolean).join(" ") || undefined}
      rests={rests(() => (kind === "item" ? { type: "goto", item: id } : { type: "take", source: id }))}
      press={() => toggle(kind, id)}
    >
      <span class="mark-disc" aria-hidden="true" />
    </Button>
  );
}

function toggle(kind: "item" | "source", id: string): void {
  const marked = state.value !== null && isMarked(state.value, kind, id);
  void send(marked ? { type: "arm" } : { type: "arm", [kind]: id });
}

/** 1 to 9 put a source in preview, as on a mixer's preview row; T takes what is marked. */
export function useMarkKeys(): void {
  useKeys((event) => {
    const show = state.value;
    if (!show) return;
    const source = views.value.find((_, place) => isShortcut(event, shortcutOf(place) ?? ""));
    if (source !== undefined) markSource(show, source);
    else if (isShortcut(event, "t")) takeMarked(show);
  });
}

function markSource(show: State, source: string): void {
  if (onlyLooksOn()) return;
  const name = show.sources[source]?.name ?? source;
  if (cannotMark(show, "source", source, name, barred(), texts.value) === null) toggle("source", source);
}

function takeMarked(show: State): void {
  const { armed } = show.show;
  if (onlyLooksOn()) return;
  if (armed === null || barred() !== null) return;
  if (armed.kind === "item") {
    void send({ type: "goto", item: armed.id });
    return;
  }
  const { id } = armed;
  const source = show.sources[id];
  if (source && cannotTake(show, id, source, null, texts.value) === null)
    void send({ type: "take", source: id });
}
