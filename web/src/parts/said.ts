/**
 * What a screen reader says by itself: the only two kinds of live regions.
 *
 * - A region is on the page before its words: a browser often does not report one that comes together with them. Only one
 *   that is said at once may come so.
 * - What needs somebody's hand now is said at once: what is wrong on air, urgent messages, a press that was refused.
 *   Everything else waits until the reader has finished.
 * - A line is said once, when it comes or changes. The lines beside it are not said again, so no region is atomic.
 * - No region is inside another, which would be said twice.
 * - Nothing in a region follows the clock: it would be said every second.
 */

export const said = { role: "status", "aria-atomic": "false" } as const;
export const saidAtOnce = { role: "alert", "aria-atomic": "false" } as const;
/** Of a figure in a line: it is said when the line comes, and not when it changes. */
export const saidWithLine = { "aria-live": "off" } as const;
/** Of a line in a region: where a part of it changes, all of it is said. */
export const saidWhole = { "aria-atomic": "true" } as const;
