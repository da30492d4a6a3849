/** The sign of a microphone: struck through if it is open in the show but not heard. */

import type { MicState } from "../show/light";

interface Properties {
  mic: MicState;
  /** The accessible name, where no words are beside it. */
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
