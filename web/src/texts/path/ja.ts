/** 映像と音声のネットワーク経路：何が遮断され、何で代替し、何を依頼するか。 */

import type { Ports, RelayTransport } from "../../media/path/linecheck";
import type { path as english } from "./en";

const either = ({ udp, tcp }: Ports): string => (tcp ? `UDP ${udp} または TCP ${tcp}` : `UDP ${udp}`);
const over = (relay: RelayTransport): string =>
  relay === null ? "TURN" : `TURN・${relay.toUpperCase()}経由`;

export const path: typeof english = {
  label: "ネットワーク経路",
  names: { udp: "UDP", tcp: "TCP", relay: "中継", blocked: "遮断" },
  good: "遮断されていません",
  connecting: "接続中",
  trying: "確認中…",
  again: "もう一度確認する",
  here: {
    tcp: "ここではUDPが遮断されています。映像と音声はTCP経由のため、回線が悪いと途切れます。",
    relay: ({ tcp }, relay) =>
      `ここではサーバーへの${tcp ? "UDPとTCP" : "UDP"}が遮断されています。映像と音声は中継サーバー（${over(relay)}）経由のため、遅延が増えます。`,
    blocked: "このページはサーバーに接続していますが、映像と音声はここから通りません。",
    family: (family) =>
      `映像と音声が通りません。サーバーはIPv${family}だけで送受信しますが、このネットワークにはIPv${family}がありません。`,
  },
  ahead: {
    tcp: "ここではUDPが遮断されています。映像と音声はTCP経由になるため、回線が悪いと途切れます。",
    relay: ({ tcp }, relay) =>
      `ここではサーバーへの${tcp ? "UDPとTCP" : "UDP"}が遮断されています。映像と音声は中継サーバー（${over(relay)}）経由になるため、遅延が増えます。`,
  },
  there: {
    tcp: "UDPが遮断されています。映像と音声はTCP経由のため、回線が悪いと途切れます。",
    relay: "映像と音声は中継サーバー（TURN）経由のため、遅延が増えます。",
    blocked: "映像と音声が遮断されています。通るのはページだけです。",
  },
  remedies: {
    udp: ({ hosts, udp }) => `ネットワーク管理者に、${hosts} へのUDP ${udp} の開放を依頼してください。`,
    direct: (ports) =>
      `ネットワーク管理者に、${ports.hosts} へのUDP ${ports.udp}${ports.tcp ? `（無理なら TCP ${ports.tcp}）` : ""} の開放を依頼してください。`,
    any: (ports) =>
      `ネットワーク管理者に、${ports.hosts} への${either(ports)} の開放を依頼するか、スマートフォンのテザリングなど別のネットワークを使ってください。`,
    family: (family) =>
      `IPv${family}のあるネットワークを使うか、サーバーにIPv${family === 4 ? 6 : 4}のメディアアドレスを用意するよう依頼してください。`,
  },
  goesOn: "このページは接続を試み続けます。",
};
