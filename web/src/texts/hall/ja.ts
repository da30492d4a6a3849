/** The texts of the hall's second window and of the technician's tools, in Japanese. */

import type { Texts } from "../en";

export const hall: Texts["hall"] = {
  join: "参加する",
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
  channel: "通訳：",
  line: {
    title: "回線",
    open: "直近10分間の回線の状態と、再起動の操作を開きます",
    loss: "損失",
    names: { trip: "往復時間", loss: "パケット損失", up: "ビットレート（送信・受信）", down: "受信" },
    arrows: { up: "↑", down: "↓" },
    upTo: (value) => `目盛りの上限 ${value}`,
    tenMinutes: "10分前",
    now: "現在",
  },
  restart: {
    buttons: {
      camera: "カメラを再起動",
      microphone: "マイクを再起動",
      connection: "接続をやり直す",
    },
    effects: {
      camera: "カメラを閉じて開き直します。約1秒間、映像が止まります。",
      microphone: "マイクを閉じて開き直します。約1秒間、音声が途切れます。",
      connection: "サーバーに接続し直します。約1秒間、送受信とも映像と音声が途切れます。",
    },
    notJoined: "このページはまだ参加していません",
  },
  auto: {
    asks: "ブラウザーがカメラとマイクの許可を求めていますが、応答する人がいません。",
    sound: "クリックするまで、ブラウザーは音声を再生しません。",
    start: "次を付けてChromiumを起動してください：",
  },
  deskContact: "進行担当の連絡先：",
  onIn: (clock, title) => `あと${clock}で出番 · ${title}`,
};
