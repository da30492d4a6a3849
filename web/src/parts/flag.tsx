/** The flag that a place or booth raises at the desk: one press calls, another says what is wrong. */

import { signal } from "@preact/signals";
import { command, online, state, welcome } from "../link/session";
import { instant, ownZone, wall } from "../show/time";
import { texts } from "../texts";
import type { FlagDoc } from "../wire";
import { Button } from "./button";
import { MessagesOver } from "./messages";
import { Modal } from "./modal";
import { said } from "./said";
import { toastRefusal } from "./toasts";

const REASONS = ["no-sound", "no-picture", "not-ready"] as const;
const MAX_CHARS = 200;

/** The panel that asks what is wrong. */
const asks = signal(false);

function ownFlag(): FlagDoc | undefined {
  return state.value?.flags[welcome.value?.id ?? ""];
}

export function isRaised(flag: FlagDoc | undefined): flag is FlagDoc {
  return flag !== undefined && flag.answered_at === null;
}

/** What a flag says, in the reader's language; empty for a call without words. */
export function flagWords({ what, text }: FlagDoc): string {
  const reason = what === null ? "" : texts.value.notes.reasons[what];
  return [reason, text].filter(Boolean).join(" · ");
}

/** The words follow the call within a second, so neither waits for the other's answer. The server keeps their order. */
function send(text: string | null, what: FlagDoc["what"] = null): void {
  command({ type: "flag", text, what }).catch(toastRefusal);
}

/** Raise this page's flag at the desk, or take it away. */
export function toggleFlag(): void {
  send(isRaised(ownFlag()) ? null : "");
}

/** `keyName`: the key that raises it, or takes it away. */
export function FlagButton({ class: name = "", keyName }: { class?: string; keyName?: string }) {
  const t = texts.value;
  const flag = ownFlag();
  const raised = isRaised(flag);
  const answered = instant(flag?.answered_at);
  const press = (): void => {
    if (!raised) send("");
    asks.value = true;
  };
  return (
    <>
      <Button
        testid="flag-button"
        class={`${name}${raised ? " flag-raised" : ""}`}
        pressed={raised}
        hint={raised ? t.notes.sayWhat : t.flags.raiseHint}
        blocked={online.value ? null : t.blocked.offline}
        press={press}
      >
        <span {...said}>
          {raised
            ? t.flags.lower
            : answered === null
              ? t.flags.raise
              : t.notes.answered(wall(answered, ownZone()))}
        </span>{" "}
        {keyName && <kbd>{keyName}</kbd>}
      </Button>
      {asks.value && raised && <What flag={flag} />}
    </>
  );
}

/** What is wrong: a press, or words of one's own. */
function What({ flag }: { flag: FlagDoc }) {
  const t = texts.value;
  const done = (): void => {
    asks.value = false;
  };
  const say = (text: string | null, what: FlagDoc["what"] = null): void => {
    done();
    send(text, what);
  };
  return (
    <Modal testid="flag-panel" label={t.flags.lower} class="panel flag-panel" closed={done}>
      <MessagesOver />
      <h1>{t.flags.lower}</h1>
      <p class="muted">{t.notes.sayWhat}</p>
      <div class="flag-reasons">
        {REASONS.map((what) => (
          <Button
            key={what}
            testid={`flag-${what}`}
            class="big"
            pressed={flag.what === what}
            press={() => say("", what)}
          >
            {t.notes.reasons[what]}
          </Button>
        ))}
      </div>
      <form
        class="flag-words"
        onSubmit={(event) => {
          event.preventDefault();
          say(String(new FormData(event.currentTarget).get("text") ?? ""));
        }}
      >
        <input
          name="text"
          type="text"
          data-testid="flag-text"
          aria-label={t.notes.ownWords}
          placeholder={t.notes.ownWords}
          maxLength={MAX_CHARS}
          autocomplete="off"
        />
        <button type="submit" data-testid="flag-send">
          {t.send}
        </button>
      </form>
      <div class="flag-end">
        <Button testid="flag-lower" press={() => say(null)}>
          {t.flags.lowerHint}
        </Button>
        <Button testid="flag-done" class="primary" press={done}>
          {t.done}
        </Button>
      </div>
    </Modal>
  );
}
