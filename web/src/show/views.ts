/** The multiview pictures of this page, in the order of its tiles and keys. */

import { computed } from "@preact/signals";
import { state, welcome } from "../link/session";

/** The sources of the welcome first, then those that a changed agenda added: tiles and keys keep their places. */
export const views = computed<readonly string[]>(() => {
  if (welcome.value?.role !== "moderator") return [];
  return [...new Set([...welcome.value.views, ...Object.keys(state.value?.sources ?? {})])];
});
