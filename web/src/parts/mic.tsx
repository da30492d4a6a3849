/** The sign of a microphone that the show opens or closes: filled while it is heard, struck through where it is not. */

import type { MicState } from "../show/light";

interface Properties {
  mic: MicState;
  /** What it says, where no words stand beside it. */
  label?: string;
  class?: string;
}

export function MicSign({ mic, label = "", class: name = "" }: Properties) {
  const silent = mic === "open" || mic === "closed" ? "" : " silent";
  return (
    <span
      class={`mic-sign${silent} ${name}`}
      role="img"
      aria-label={label}
      title={label}
      aria-hidden={label === ""}
    >
      <span class="mic-mark" />
    </span>
  );
}
