/** The form of an item at the desk, in Japanese. */

import type { EditFormTexts } from "./en";

export const editForm: EditFormTexts = {
  title: "項目を編集",
  save: "保存",
  saving: "保存しています…",
  again: "もう一度",
  discards: "変更を破棄しますか？",
  discard: "破棄",
  goOn: "編集を続ける",
  follows: "前の項目に続く",
  unset: {
    source: "選択…",
    with: "他になし",
    layout: "映像の数に合わせる",
    mics: "画面に映る全員",
    return: "自動",
    fallback: "イベント全体の設定",
    type: "講演",
    advance: "イベント全体の設定",
  },
  unsetLanguage: (name) => `${name}（イベントの言語）`,
  types: { talk: "講演", panel: "パネル", qa: "質疑応答", break: "休憩", open: "フリートーク" },
  yesNo: { true: "あり", false: "なし" },
  host: "主会場",
  nobody: "なし",
  nothing: "空欄",
  add: "追加…",
  addTo: (field) => `${field}に追加`,
  without: (name) => `${name}を外す`,
  faults: {
    empty: "入力が必要です。",
    noLength: "長さとして読めません。例：15m、1h30m、90s",
    noTime: "時刻として読めません。例：10:30",
    noSource: (value) => `「${value}」という映像はこのイベントにありません。`,
  },
  theirs: (value) => `別の進行卓での変更：${value}`,
  takeTheirs: "それを使う",
  changedByOther: "印の付いた欄を別の進行卓も変更しました。確認してからもう一度保存してください。",
  removedByOther: "別の進行卓がこの項目を削除しました。新しい項目として保存するか、破棄してください。",
  notInFile: "この項目は進行表ファイルにもうありません。",
};
