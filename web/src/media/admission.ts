/** The times of a change between two pages that send one source. */

/** One that was replaced sends on for so long, until the server has switched to the other page. */
export const HANDOVER_MS = 2_500;
/** One that waits offers again so long after a reconnect: after a server restart the feeding page must come first. */
export const REOFFER_DELAY_MS = 3_000;
