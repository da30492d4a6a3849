/** What a command would do, in German. */

import type { Foresight } from "./en";

export const foresight: Foresight = {
  line: {
    drop: (what) => `Beim Loslassen: ${what}`,
    press: (what) => `Beim Drücken: ${what}`,
    save: (what) => `Beim Speichern: ${what}`,
  },
  drops: (titles) => `${titles} entfällt`,
  bringsBack: (titles) => `${titles} ist wieder dabei`,
  standsIn: (name) => `${name} springt ein`,
  ends: (at, how) => (how ? `Ende ${at}, ${how}` : `Ende ${at}`),
  nothing: "am Ablauf ändert sich nichts",
  refused: (why) => `nicht möglich. ${why}`,
  unknown: "der Server antwortet nicht",
  dropped: "entfällt",
};
