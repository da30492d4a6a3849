/** The scale of meters, in LUFS. */

/** The low end of a meter; speech is at -30 to -16. */
export const FLOOR_DB = -60;

/** The position of a level on a meter, 0 to 1. */
export function onScale(db: number): number {
  return Math.min(1, Math.max(0, 1 - db / FLOOR_DB));
}
