/** The people at the desks and what they did, in Japanese. */

import type { People } from "./en";

export const people: People = {
  heading: "進行卓",
  desk: (number) => `進行卓${number}`,
  program: "プログラム",
  onlooker: "閲覧のみ",
  you: "自分",
  ask: "お名前（ほかの進行卓に表示）",
  save: "OK",
  change: "名前を変更",
  did: (who, what, at) => `${who} · ${what} · ${at}`,
  whose: (what, who, at) => `${what}（${who} ${at}）`,
  undid: (what) => `取り消し：${what}`,
  takesBack: (whose) => `${whose}を取り消します`,
  about: (command, what) => `${command}：${what}`,
  micOpen: (name) => `${name}：マイク開`,
  micClosed: (name) => `${name}：マイク閉`,
  more: "最近の操作",
};
