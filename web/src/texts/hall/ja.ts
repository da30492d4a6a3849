/** The texts of the hall's second window and of the technician's tools, in Japanese. */

import type { Texts } from "../en";

export const hall: Texts["hall"] = {
  button: "会場スクリーン",
  buttonHint: "プロジェクター用の別ウィンドウを開きます。番組だけを映し、スタッフ向けの表示は出しません",
  fill: "会場スクリーンを全画面に",
  fillHint:
    "会場スクリーンをディスプレイいっぱいに表示します。ならないときは、そのウィンドウをクリックしてFを押してください",
  close: "会場スクリーンを閉じる",
  closeHint: "会場スクリーンは全画面で表示中です。そのウィンドウを閉じます",
  missing: "会場スクリーンが閉じています。",
  missingHint: "プロジェクターにはこのページの映像が出ていません。このページと音声はそのまま動いています。",
  openAgain: "もう一度開く",
  notNeeded: "使わない",
  blocked: "ブラウザーが会場スクリーンをブロックしました。",
  blockedHint:
    "アドレスバーでこのページのポップアップを許可してから、会場スクリーンをもう一度開いてください。",
  place: "このウィンドウをプロジェクターへ移動し、Fを押すか、ここをクリックしてください。",
  alone:
    "このウィンドウは会場の番組を映すためのものです。会場のページの「会場スクリーン」ボタンから開いてください。",
  channel: "通訳:",
};
