/** The item on air and the next one in words, for a screen reader: said at each change. */

import { state } from "../link/session";
import { onAir, upNext } from "../show/agenda";
import { texts } from "../texts";
import type { State } from "../wire";
import { said } from "./said";

export function ItemSaid() {
  const show = state.value;
  return (
    <div class="unseen" {...said} data-testid="item-said">
      {show && sentence(show)}
    </div>
  );
}

function sentence(show: State): string {
  const t = texts.value;
  const { phase, held } = show.show;
  const item = onAir(show);
  const next = upNext(show);
  const parts = [
    held && t.phases.held,
    item ? `${t.now}: ${item.title}` : phase === "running" ? t.betweenItems : t.phases[phase],
    next && `${t.nextUp}: ${next.title}`,
  ];
  return parts.filter(Boolean).join(" · ");
}
