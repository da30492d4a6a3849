/** The slate's headline, and whether this page's pictures are withheld. Pure. */

import type { Texts } from "../texts/en";
import type { Role, State } from "../wire";
import { onAir, sourceName } from "./agenda";

/** The level of `sheds` from which viewers get no picture. */
const NO_PICTURES = 2;

/** Whether an overloaded server sends pages of this role no picture. */
export function isPictureWithheld(show: State | null, role: Role | null): boolean {
  return role === "viewer" && (show?.server.sheds ?? 0) >= NO_PICTURES;
}

/**
 * `missing`: the source whose picture is not there; null if the slate itself is on air. `known`: the state still counts
 * as a fact.
 */
export function headline(
  show: State,
  missing: string | null,
  { known, role }: { known: boolean; role: Role | null },
  t: Texts,
): string {
  if (!known) return t.standBy;
  if (missing !== null)
    return isPictureWithheld(show, role)
      ? t.pictureWithheld
      : t.pictureComing(sourceName(show, missing, t.slate));
  if (show.show.phase === "before") return t.welcome;
  if (show.show.phase === "ended") return t.farewell;
  const item = onAir(show);
  if (!item) return t.backSoon;
  if (show.program.reason === "fallback") return t.reconnecting(sourceName(show, item.source, t.slate));
  return show.program.reason === "agenda" ? item.title : t.backSoon;
}
