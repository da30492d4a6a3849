/** The further inputs of this page's place: a line for each in view, and a panel in which they are chosen. */

import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { needsPerson } from "../../media/inputs/phase";
import type { PageMedia } from "../../media/pagemedia";
import type { Light } from "../../show/light";
import { texts } from "../../texts";
import { Button } from "../button";
import { MessagesOver } from "../messages";
import { Modal } from "../modal";
import { InputCard, nameOf, noteText, signOf } from "./card";

const isOpen = signal(false);

export function closeInputs(): void {
  isOpen.value = false;
}

interface ButtonProperties {
  media: PageMedia;
  words: string;
  hint: string;
  class?: string;
}

/** Opens the panel; nothing where the place has one input. */
export function InputsButton({ media, words, hint, class: name = "" }: ButtonProperties) {
  if (media.inputs.list.value.length === 0) return null;
  return (
    <Button testid="inputs-button" class={name} hint={hint} press={() => (isOpen.value = true)}>
      {words}
    </Button>
  );
}

/** As of a tally, for those who do not see the colour. */
const MARKS: Readonly<Record<Light, string>> = {
  "on-air": "●",
  next: "◐",
  preview: "◉",
  off: "○",
  unknown: "?",
};

/** A chip for each input that is sent, or that needs a person. A press opens the panel. */
export function InputChips({ media }: { media: PageMedia }) {
  const signs = media.inputs.list.value.map((input) => ({ input, ...signOf(input) }));
  const shown = signs.filter(({ phase }) => phase !== "off");
  if (shown.length === 0) return null;
  return (
    <div class="input-chips">
      {shown.map(({ input, phase, light, word }) => (
        <Button
          key={input.source}
          testid={`input-chip-${input.source}`}
          class={`input-chip ${phase} ${light}`}
          label={`${nameOf(input)}: ${word}`}
          hint={noteText(input) || word}
          press={() => (isOpen.value = true)}
        >
          <span aria-hidden="true">{needsPerson(phase) ? "!" : MARKS[light]}</span> {partOf(input.source)}
        </Button>
      ))}
    </div>
  );
}

/** The name of an input within its place. */
function partOf(source: string): string {
  return source.split("/", 2)[1] ?? source;
}

interface PanelProperties {
  media: PageMedia;
  title: string;
  hint: string;
  /** What this page shows over its panels. */
  children?: ComponentChildren;
}

export function InputsPanel({ media, title, hint, children }: PanelProperties) {
  const t = texts.value;
  if (!isOpen.value) return null;
  return (
    <Modal class="panel inputs-panel" label={title} testid="inputs-panel" closed={closeInputs}>
      {children}
      <div>
        <h1>{title}</h1>
        <p class="muted">
          {hint} {t.inputs.tip}
        </p>
      </div>
      <div class="input-cards">
        {media.inputs.list.value.map((input) => (
          <InputCard key={input.source} input={input} />
        ))}
      </div>
      <MessagesOver />
      <Button testid="inputs-done" class="primary" press={closeInputs}>
        {t.done}
      </Button>
    </Modal>
  );
}
