/** The day's agenda for everybody, in German. */

import type { Day } from "./en";

export const day: Day = {
  timesIn: "Zeiten in",
  yourTime: (city) => `${city} (Ihre Zeit)`,
  cancelled: "entfällt",
  asOf: (clock) => `Stand ${clock}`,
  open: "Ablaufplan",
  openHint: "Der Ablauf, wie ihn alle sehen, auch zum Drucken; öffnet einen neuen Tab",
  show: "Ablauf",
};
