/** Who edits a line at another desk. */

import { state, welcome } from "../../../link/session";
import { texts } from "../../../texts";
import { deskName } from "../people/words";

export function Others({ item }: { item: string }) {
  const t = texts.value;
  const others = Object.entries(state.value?.desks ?? {}).filter(
    ([session, desk]) => session !== welcome.value?.session && desk.editing === item,
  );
  if (others.length === 0) return null;
  const names = others.map(([, desk]) => deskName(desk, t)).join(t.comma);
  return (
    <span class="edited-elsewhere" data-testid={`edited-${item}`}>
      ✎ {t.arranging.edits(names)}
    </span>
  );
}
