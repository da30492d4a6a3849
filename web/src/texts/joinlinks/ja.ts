/** 進行卓の参加リンク。 */

import { lengths } from "../length";
import { listing } from "../listing";
import type { JoinLinkTexts } from "./en";

const length = lengths("時間", "分", "秒", "");
const list = listing("ja");

export const joinLinks: JoinLinkTexts = {
  title: "参加リンク",
  timesIn: (city) => `時刻：${city}時間`,
  loading: "読み込み中…",
  notLoaded: (why) => `一覧は最新ではありません：${why}`,
  roles: {
    moderator: "進行担当",
    venue: "会場",
    guest: "ゲスト",
    interpreter: "通訳ブース",
    viewer: "視聴者",
    stage: "ステージモニター",
    metrics: "メトリクス",
  },
  names: {
    moderator: "進行担当",
    viewer: "視聴者",
    stage: "ステージモニター",
    metrics: "メトリクス用トークン",
  },
  none: "有効なリンクはありません",
  number: (n) => `番号 ${n}`,
  readOnly: "閲覧専用",
  madeBy: { cli: "サーバーで作成", desk: "進行卓で作成" },
  statuses: {
    valid: "有効",
    expired: "期限切れ",
    revoked: "無効化済み",
    "place-gone": "イベントから外れました",
  },
  until: (when) => `有効期限 ${when}`,
  followsEvent: "イベントに連動",
  followsHint: "進行表の変更でイベントの終了が動くと、期限も動きます",
  used: (when, address) => `最終使用 ${when}（${address}）`,
  unused: "サーバー起動後は未使用",
  page: (session) => `ページ ${session}`,
  from: (address, clock) => `${address}、${clock} から接続`,
  feeds: "映像・音声を送信中",
  thisPage: "このページ",
  closePage: "ページを閉じる",
  closePageOf: (session, name) => `ページを閉じる：${name}（${session}）`,
  show: "表示",
  showOf: (n, name) => `${name}のリンク ${n} を表示`,
  shownOnce: "コードは表示済み",
  revoke: "無効にする",
  revokeOf: (n, name) => `${name}のリンク ${n} を無効にする`,
  revokeAll: (n) => `${n}件すべて無効にする`,
  revokeAllOf: (name) => `リンクをすべて無効にする：${name}`,
  ended: (n) => `期限切れ・無効化済み（${n}）`,

  ask: {
    link: (n, name) => `${name}のリンク ${n} を無効にしますか？`,
    all: (n, name) => `${name}のリンク${n}件を無効にしますか？`,
    page: (session, name) => `${name}のページ ${session} を閉じますか？`,
    closes: (n) =>
      n === 0
        ? "現在、このリンクで開いているページはありません。"
        : `開いているページ${n}件が1秒以内に閉じ、理由が表示されます。`,
    feeding: (names) => `${list(names)}がそこから映像・音声を送信中です。送信は終了します。`,
    own: "この進行卓もこのリンクで開いているため、一緒に閉じます。",
    isFinal: "無効にしたリンクは二度と開けません。引き続き参加する方には新しいリンクが必要です。",
    stays: "ページは自動では戻りません。リンクは有効なままです。",
    gone: "すでに終了しています。",
  },

  make: "リンクを作成",
  makeFor: (name) => `${name}のリンクを作成`,
  forWhom: "対象",
  validFor: "有効期間",
  asEvent: "イベント終了の翌日まで",
  hours: (hours) => (hours < 48 ? `${length(hours * 3600)}` : `${hours / 24}日間`),
  lookOn: "閲覧専用：進行卓を見るだけで操作はできません",
  makeIt: "作成",

  shownTitle: (name) => `${name}のリンク`,
  onlyNow:
    "コードが表示されるのは今だけです。閉じる前にコピーか印刷をしてください。閉じた後は誰も見られず、新しいリンクが必要になります。",
  url: "リンク",
  typed: (site) => `コード（${site} で入力）`,
  copyUrl: "リンクをコピー",
  invitation: "案内文",
  copyInvitation: "案内文をコピー",
  copied: "コピーしました",
  notCopied:
    "コピーできませんでした。このブラウザーではここでのコピーが許可されていません。選択された文をキーボードでコピーしてください。",
  qr: (name) => `${name}のリンクのQRコード`,
  printOne: "用紙を印刷",

  print: "用紙を印刷",
  printFor: "1枚ずつ印刷する対象",
  printNow: (n) => `${n}枚を印刷`,
  nothingToPrint: "印刷できるリンクがありません。",
  unprintable: (names) =>
    `${list(names)}の用紙は印刷できません。コードを再表示できるリンクがないためです。サーバーの「schalte links」で作成するか、ここでリンクを作成してすぐに印刷してください。`,
  paper: {
    scan: "QRコードを読み取るか、次のアドレスを開いてください。",
    type: (site) => `または ${site} を開き、次のコードを入力してください。`,
    until: (when, zone) => `有効期限：${when}（${zone}）`,
    keep: {
      venue: "この会場専用です。ほかの人に渡さないでください。",
      guest: "ご本人専用です。ほかの人に渡さないでください。",
      interpreter: "このブース専用です。ほかの人に渡さないでください。",
      stage: "このモニター専用です。ほかの人に渡さないでください。",
    },
    how: {
      venue:
        "カメラ、ミキサー、スピーカーをつないだ会場のパソコンで、Chrome または Edge でリンクを開き、機器を一度選んでください。その後は終了までページを開いたままにしてください。",
      guest:
        "出番の30分前に、カメラとマイクのあるパソコンまたはスマートフォンでリンクを開いてください（できればヘッドホンを使用）。画面の案内で映像と音声を確認できます。",
      interpreter:
        "ヘッドセットをつないだブースのパソコンでリンクを開いてください。通訳者ごとに別々のページを開きます。",
      viewer: "リンクを開くと視聴できます。言語もそこで選べます。",
      stage: "ステージ前のモニターでリンクを開いてください。残り時間が表示されます。操作は不要です。",
    },
  },
};
