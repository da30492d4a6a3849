/** What a command would do, in Japanese. */

import type { Foresight } from "./en";

export const foresight: Foresight = {
  line: {
    drop: (what) => `ここに置くと：${what}`,
    press: (what) => `実行すると：${what}`,
    save: (what) => `保存すると：${what}`,
  },
  drops: (titles) => `${titles}を省略`,
  bringsBack: (titles) => `${titles}を復活`,
  standsIn: (name) => `${name}で代替`,
  ends: (at, how) => (how ? `${at}終了（${how}）` : `${at}終了`),
  nothing: "進行に変更はありません",
  refused: (why) => `実行できません。${why}`,
  unknown: "サーバーの応答がありません",
  dropped: "省略",
};
