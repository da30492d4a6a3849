/** The desk's keys, in Japanese. */

import type { Keys } from "./en";

export const keys: Keys = {
  title: "キー操作",
  hint: "キー操作 · ?",
  close: "閉じる",
  single: "1文字のキー操作を使う",
  singleNote:
    "音声入力を使うときや、誤って押してしまうときはオフにしてください。矢印、Enter、Escape は常に使えます。このブラウザに保存されます。",
  list: {
    next: "次へ",
    hold: "一時停止／再開",
    undo: "取り消し",
    lengths: "放送中の項目を1分延長／短縮",
    release: "手動の切替を解除",
    sources: "映像をプレビューに指定",
    take: "指定したものを本番に切替",
    agenda: "進行表を移動。Enterで次の項目に指定",
    move: "項目を上下に移動（Enterで確定、Escapeで取消）",
    message: "メッセージを書く。Escapeで入力欄を離れる",
    talk: "押している間、全員に話す",
    lines: "回線",
    help: "この一覧",
  },
  space: "スペース",
};
