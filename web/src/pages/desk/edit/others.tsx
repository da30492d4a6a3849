/** Who edits a line at another desk. */

import { welcome } from "../../../link/session";
import { texts } from "../../../texts";
import type { State } from "../../../wire";
import { deskName } from "../people/words";

/** The names of those who edit an item at other desks; empty: nobody. */
export function othersAt(item: string, desks: State["desks"]): string {
  const t = texts.value;
  return Object.entries(desks)
    .filter(([session, desk]) => session !== welcome.value?.session && desk.editing === item)
    .map(([, desk]) => deskName(desk, t))
    .join(t.comma);
}

export function Others({ item, names }: { item: string; names: string }) {
  return (
    <span class="edited-elsewhere" data-testid={`edited-${item}`}>
      ✎ {texts.value.arranging.edits(names)}
    </span>
  );
}
