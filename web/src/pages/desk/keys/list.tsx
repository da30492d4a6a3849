/** The list of the desk's keys. */

import { signal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { Button } from "../../../parts/button";
import { Modal } from "../../../parts/modal";
import { setSingleKeys, singleKeys } from "../../../parts/singlekeys";
import { texts } from "../../../texts";
import type { Keys } from "../../../texts/keys/en";

export const isListed = signal(false);

const KEYS: Record<keyof Keys["list"], readonly string[]> = {
  next: ["N", "space"],
  hold: ["H"],
  undo: ["U"],
  lengths: ["+", "−"],
  release: ["R"],
  sources: ["1", "…", "9"],
  take: ["T"],
  agenda: ["↑", "↓"],
  move: ["Alt", "↑", "↓"],
  message: ["M"],
  talk: ["K"],
  lines: ["L"],
  help: ["?"],
};

export function KeysButton() {
  const t = texts.value.keys;
  return (
    <Button
      testid="keys-button"
      class="quiet keys-button"
      label={t.title}
      hint={t.hint}
      press={() => (isListed.value = true)}
    >
      ?
    </Button>
  );
}

export function KeyList() {
  const dialog = useRef<HTMLDialogElement>(null);
  if (!isListed.value) return null;
  const t = texts.value.keys;
  return (
    <Modal testid="keys" labelledby="keys-title" dialog={dialog} closed={() => (isListed.value = false)}>
      <h1 id="keys-title">{t.title}</h1>
      <dl class="key-list">
        {(Object.keys(KEYS) as (keyof Keys["list"])[]).map((what) => (
          <div key={what}>
            <dt>
              {KEYS[what].map((key) => (
                <kbd key={key}>{key === "space" ? t.space : key}</kbd>
              ))}
            </dt>
            <dd>{t.list[what]}</dd>
          </div>
        ))}
      </dl>
      <label class="key-switch">
        <input
          type="checkbox"
          data-testid="single-keys"
          checked={singleKeys.value}
          aria-describedby="single-keys-note"
          onChange={(event) => setSingleKeys(event.currentTarget.checked)}
        />
        {t.single}
      </label>
      <p class="muted" id="single-keys-note">
        {t.singleNote}
      </p>
      <Button testid="keys-close" class="primary" press={() => dialog.current?.close()}>
        {t.close}
      </Button>
    </Modal>
  );
}
