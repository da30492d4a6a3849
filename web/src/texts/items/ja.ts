/** The details of an item at the desk, in Japanese. */

import type { Items } from "./en";

export const items: Items = {
  hint: "この項目の詳細を表示／非表示",
  speaker: "登壇者",
  language: "言語",
  end: "終わり方",
  ends: {
    manual: "「次へ」を押すまで続きます",
    auto: "自動で次へ進みます",
  },
  sources: "映像",
  notes: "メモ",
  ready: "受信中",
  delay: "開始",
  later: (minutes) => `${minutes}分遅く`,
  earlier: (minutes) => `${minutes}分早く`,
  skip: "省略",
  unskip: "復活",
  edit: "編集",
  addBelow: "下に追加",
  remove: "削除",
  removes: (title) => `${title}を進行表から削除しますか？`,
  keep: "残す",
  add: "項目を追加",
  nothingToCome: "この後の項目はありません。",
  loading: "読み込み中…",
};
