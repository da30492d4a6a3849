/** What an opened line offers besides its times: its place in the agenda, its form, an item below it, and its removal. */

import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { state } from "../../../link/session";
import { Button } from "../../../parts/button";
import { said } from "../../../parts/said";
import { barred } from "../../../parts/words";
import { texts } from "../../../texts";
import type { ItemDoc, State } from "../../../wire";
import { foreseen, intend, rests } from "../foresight/foresee";
import { wordsOf } from "../foresight/line";
import { moving } from "./carry";
import { open } from "./open";
import { isToCome, placeNow, rest, stepped } from "./order";
import { changing, sendChanges } from "./sending";

/** The item that somebody is about to remove. */
const removing = signal<string | null>(null);

export function Tools({ show, item }: { show: State; item: ItemDoc }) {
  const t = texts.value.items;
  const canChange = isToCome(show, item.id);
  if (canChange && removing.value === item.id) return <Removal item={item} />;
  return (
    <>
      {canChange && (
        <span class="item-order">
          <Step item={item} by={-1} />
          <Step item={item} by={1} />
        </span>
      )}
      <Button
        testid={`edit-${item.id}`}
        class="small"
        blocked={barred()}
        press={() => open({ item: item.id })}
      >
        {t.edit}
      </Button>
      <Button
        testid={`add-below-${item.id}`}
        class="small"
        blocked={barred()}
        press={() => open({ above: item.id })}
      >
        {t.addBelow}
      </Button>
      {canChange && (
        <Button
          testid={`remove-${item.id}`}
          class="small"
          blocked={barred()}
          rests={rests(() => changing([{ do: "remove", item: item.id }]))}
          press={() => (removing.value = item.id)}
        >
          {t.remove}
        </Button>
      )}
    </>
  );
}

/** One place up or down: for those who do not drag. */
function Step({ item, by }: { item: ItemDoc; by: -1 | 1 }) {
  const t = texts.value.arranging;
  const words = by < 0 ? t.up : t.down;
  const order = () => {
    const show = state.peek();
    return show && moving(stepped(show, placeNow(show, item.id), by));
  };
  const lines = state.value ? rest(state.value) : [];
  const isAtEdge = lines.at(by < 0 ? 0 : -1)?.id === item.id;
  const move = (): void => {
    const show = state.peek();
    if (show) void sendChanges([{ do: "move", ...stepped(show, placeNow(show, item.id), by) }]);
  };
  return (
    <Button
      testid={`${by < 0 ? "up" : "down"}-${item.id}`}
      class="small"
      label={words}
      hint={words}
      blocked={barred() ?? (isAtEdge ? t.atEdge : null)}
      rests={rests(order)}
      press={move}
    >
      {by < 0 ? "↑" : "↓"}
    </Button>
  );
}

/** The question before an item is removed, with what that would do. */
function Removal({ item }: { item: ItemDoc }) {
  const t = texts.value;
  const box = useRef<HTMLFieldSetElement>(null);
  useEffect(() => {
    intend("save", () => changing([{ do: "remove", item: item.id }]));
    box.current?.querySelector<HTMLElement>("button:last-child")?.focus();
    return () => intend("save", null);
  }, [item.id]);
  const keep = (): void => {
    removing.value = null;
  };
  const remove = async (): Promise<void> => {
    await sendChanges([{ do: "remove", item: item.id }]);
    keep();
  };
  const then = foreseen.value?.act === "save" ? wordsOf(foreseen.value) : "";
  return (
    <fieldset
      class="item-removal"
      ref={box}
      aria-label={t.items.removes(t.quote(item.title))}
      onKeyDown={(event) => event.key === "Escape" && keep()}
    >
      <span {...said} data-testid={`removal-${item.id}`}>
        {t.items.removes(t.quote(item.title))} <span class="muted">{then}</span>
      </span>
      <Button
        testid={`remove-yes-${item.id}`}
        class="small primary"
        blocked={barred()}
        press={() => void remove()}
      >
        {t.items.remove}
      </Button>
      <Button testid={`remove-no-${item.id}`} class="small" press={keep}>
        {t.items.keep}
      </Button>
    </fieldset>
  );
}
