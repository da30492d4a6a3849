/** Pictures and microphones by hand, in Japanese. */

import type { Override } from "./en";

export const override: Override = {
  written: (names) => `手動：${names}。「解除」または次の項目まで続きます。`,
  pick: (name) => `${name}を切り替える映像に加えます`,
  unpick: (name) => `${name}を切り替える映像から外します`,
  picked: "手動",
  layouts: {
    solo: "1画面",
    "side-by-side": "左右に並べる",
    pip: "子画面",
    grid: "分割",
  },
  take: "切替",
  clear: "選択を取り消す",
  openMic: (name) => `${name}のマイクを次の項目まで開けます`,
  closeMic: (name) => `${name}のマイクを次の項目まで閉じます`,
};
