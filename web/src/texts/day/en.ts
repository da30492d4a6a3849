/** The day's agenda for everybody, in English. */

export const day = {
  timesIn: "Times in",
  yourTime: (city: string) => `${city} (your time)`,
  cancelled: "cancelled",
  asOf: (clock: string) => `as of ${clock}`,
  /** At the desk: opens the agenda as everybody sees it. */
  open: "Agenda",
  openHint: "The agenda as everybody sees it, for printing; opens a new tab",
  show: "Agenda",
};

export type Day = typeof day;
