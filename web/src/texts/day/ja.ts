/** The day's agenda for everybody, in Japanese. */

import type { Day } from "./en";

export const day: Day = {
  timesIn: "時刻",
  yourTime: (city) => `${city}（お使いの地域）`,
  cancelled: "中止",
  asOf: (clock) => `${clock} 現在`,
  open: "公開用進行表",
  openHint: "来場者に見える進行表（印刷用）を新しいタブで開きます",
  show: "進行表",
};
