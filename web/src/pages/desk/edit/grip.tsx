/** The grip by which a line of the agenda is dragged, and the words for those who do not see it move. */

import { looksOn } from "../../../link/session";
import { said } from "../../../parts/said";
import { barred } from "../../../parts/words";
import { texts } from "../../../texts";
import type { ItemDoc } from "../../../wire";
import { carried, drag } from "./carry";

/** For a pointer. The keyboard has keys for it, and the opened line has buttons. */
export function Grip({ item }: { item: string }) {
  const t = texts.value.arranging;
  if (looksOn.value) return null;
  const why = barred();
  return (
    <span
      class={`grip${why === null ? "" : " blocked"}`}
      data-testid={`grip-${item}`}
      title={why ?? t.grip}
      aria-hidden="true"
      onPointerDown={(event) => why === null && drag(event, item)}
    />
  );
}

/** Where the line is that is being moved. */
export function CarriedWords({ items }: { items: readonly ItemDoc[] }) {
  const t = texts.value;
  const id = carried.value?.place.item;
  const at = items.findIndex((item) => item.id === id);
  const [above, item] = [items[at - 1], items[at]];
  const words =
    item && t.arranging.isAt(t.quote(item.title), above ? t.quote(above.title) : t.arranging.firstPlace);
  return (
    <p class="unseen" {...said} data-testid="carried">
      {words}
    </p>
  );
}
