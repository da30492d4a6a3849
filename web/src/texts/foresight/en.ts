/** What a command would do, in English. */

export const foresight = {
  line: {
    drop: (what: string) => `If dropped here: ${what}`,
    press: (what: string) => `If pressed: ${what}`,
    save: (what: string) => `If saved: ${what}`,
  },
  drops: (titles: string) => `skips ${titles}`,
  bringsBack: (titles: string) => `brings back ${titles}`,
  standsIn: (name: string) => `${name} stands in`,
  ends: (at: string, how: string) => (how ? `ends ${at}, ${how}` : `ends ${at}`),
  nothing: "nothing changes in the day",
  refused: (why: string) => `not possible. ${why}`,
  unknown: "the server does not say",
  /** Beside an item that would be skipped. */
  dropped: "skipped",
};

export type Foresight = typeof foresight;
