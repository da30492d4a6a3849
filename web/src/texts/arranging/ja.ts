/** The order of the agenda and how it is changed, in Japanese. */

import type { Arranging } from "./en";

export const arranging: Arranging = {
  grip: "ドラッグで順番を変更 · 行で Alt+↑／↓",
  up: "1つ上へ",
  down: "1つ下へ",
  atEdge: "これ以上は移動できません。",
  isAt: (title, above) => `${title}は${above}の下です。`,
  firstPlace: "オンエア中の項目",
  byKeys: (what) => `Enterで確定：${what} · Escapeで取消`,
  edits: (name) => `${name}が編集中`,
  doesNotFit: (title, at) => `${title}は${at}開始の予定のため、この順番にはできません。`,
};
