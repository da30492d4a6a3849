/** The programme and the next picture at the desk, in Japanese. */

import type { Monitors } from "./en";

export const monitors: Monitors = {
  next: "次",
  first: "最初",
  asMarked: "次（指定）",
  allWell: "異常なし",
  nothing: "終了",
  nothingHint: "この項目の後には何もありません。",
  label: "次の項目の画面",
  hard: (at) => `定刻開始 ${at}`,
  hardEarly: (at, early) => `定刻開始 ${at}（${early}早い）`,
  begins: (at) => `開始予定 ${at}`,
};
