/** What this page sees in small, in the order of its tiles and of the keys for them. */

import { computed } from "@preact/signals";
import { state, welcome } from "../link/session";

/** What was there when this page came, then what a changed agenda has brought since: tiles and keys stay in place. */
export const views = computed<readonly string[]>(() => {
  if (welcome.value?.role !== "moderator") return [];
  return [...new Set([...welcome.value.views, ...Object.keys(state.value?.sources ?? {})])];
});
