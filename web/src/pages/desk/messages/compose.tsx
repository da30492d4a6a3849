/** Writes a message: to whom, a text or a preset, and how urgent. */

import { signal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { looksOn } from "../../../link/session";
import { Button } from "../../../parts/button";
import { cueWords } from "../../../parts/cues";
import { isShortcut, useKeys } from "../../../parts/screen";
import { barred } from "../../../parts/words";
import { PRESETS } from "../../../show/cues";
import { texts } from "../../../texts";
import type { MessageDoc, State } from "../../../wire";
import { send } from "../send";
import { address, answers, RecipientChoice, recipientNames, to } from "./recipients";

type Level = MessageDoc["level"];
const LEVELS: readonly Level[] = ["info", "warn", "urgent"];
const MAX_CHARS = 500;

const text = signal("");
const level = signal<Level>("info");
/** A message is being sent; a second press is ignored. */
const sending = signal(false);
/** Where an answer is written. */
let field: HTMLInputElement | null = null;

/** Write to whose flag is raised; what is sent then takes the flag away. */
export function answer(of: string): void {
  address(of);
  answers.value = of;
  field?.focus();
}

async function sendMessage(said: string, preset: string | null): Promise<boolean> {
  if (sending.value) return false;
  sending.value = true;
  const answered = answers.value;
  const done = await send({ type: "message", to: to.value, text: said, preset, level: level.value });
  if (done && answered !== null) await send({ type: "flag", text: null, of: answered });
  sending.value = false;
  if (!done) return false;
  level.value = "info";
  answers.value = null;
  return true;
}

export function Compose({ show }: { show: State }) {
  return (
    <>
      <RecipientChoice show={show} />
      <Presets show={show} />
      <Write show={show} />
    </>
  );
}

/** With a recipient chosen, a press sends. */
function Presets({ show }: { show: State }) {
  const t = texts.value;
  const own = Object.keys(show.event.presets);
  return (
    // It scrolls. Where its buttons are disabled, it takes the focus itself.
    <div
      class="message-presets"
      role="toolbar"
      aria-label={t.notes.presets}
      tabIndex={looksOn.value ? 0 : undefined}
    >
      {[...new Set([...own, ...PRESETS])].map((preset) => {
        const words = cueWords(show, preset) ?? preset;
        return (
          <Button
            key={preset}
            testid={`preset-${preset}`}
            class="small"
            hint={t.notes.presetHint}
            blocked={barred()}
            press={() => void sendMessage(words, preset)}
          >
            {words}
          </Button>
        );
      })}
    </div>
  );
}

function Write({ show }: { show: State }) {
  const t = texts.value;
  const own = useRef<HTMLInputElement>(null);
  useKeys((event) => {
    if (!isShortcut(event, "m")) return;
    event.preventDefault(); // otherwise the m is typed into the field
    own.current?.focus();
  });
  const blocked = barred() ?? (text.value.trim() === "" ? t.blocked.noText : null);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (blocked !== null || sending.value) return;
    leaveField();
    const said = text.value;
    // A refused text stays for correction, and so does one written meanwhile.
    if ((await sendMessage(said, null)) && text.value === said) text.value = "";
  };
  const name = recipientNames(show).get(to.value) ?? to.value;
  const label = answers.value === null ? t.messageText : t.notes.answerTo(name);
  return (
    <form
      class="message-form"
      onSubmit={(event) => void submit(event)}
      onKeyDown={(event) => event.key === "Escape" && leaveField()}
    >
      <input
        ref={(element) => {
          own.current = element;
          field = element;
        }}
        type="text"
        data-testid="message-text"
        disabled={looksOn.value}
        title={looksOn.value ? t.looksOn : undefined}
        aria-label={label}
        placeholder={`${label} · ${t.keyHint("M")}`}
        maxLength={MAX_CHARS}
        autocomplete="off"
        value={text.value}
        onInput={(event) => (text.value = event.currentTarget.value)}
      />
      <select
        data-testid="message-level"
        disabled={looksOn.value}
        title={looksOn.value ? t.looksOn : undefined}
        aria-label={t.messageLevel}
        value={level.value}
        onChange={(event) => (level.value = event.currentTarget.value as Level)}
      >
        {LEVELS.map((choice) => (
          <option key={choice} value={choice}>
            {t.messageLevels[choice]}
          </option>
        ))}
      </select>
      <button
        type="submit"
        data-testid="message-send"
        disabled={blocked !== null}
        title={blocked ?? t.sendHint}
      >
        {t.send}
      </button>
    </form>
  );
}

/** In a field no key is a shortcut: N would be typed. */
function leaveField(): void {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
}
