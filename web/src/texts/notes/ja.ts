/** Messages, flags and contacts, in Japanese. */

import type { Notes } from "./en";

export const notes: Notes = {
  onePlace: "個別の宛先…",
  presets: "定型メッセージ",
  presetHint: "選んだ宛先にすぐ送ります。相手の画面ではその言語で表示されます",
  read: "✓ 既読",
  notRead: "未読",
  away: "未接続",
  answer: "返信",
  answerHint: (name) => `${name}に返信します。送信すると呼び出しが消えます`,
  answerTo: (name) => `${name}への返信`,
  contact: "連絡先：",
  reasons: {
    "no-sound": "音が出ません",
    "no-picture": "映像が出ません",
    "not-ready": "準備ができていません",
  },
  sayWhat: "よろしければ内容を選んでください。進行担当にはその言語で表示されます。",
  ownWords: "自由に入力",
  answered: (clock) => `✓ 進行担当が確認 ${clock}`,
};
