/** Opens the panel of join links, whose code is loaded then. */

import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { Button } from "../../../parts/button";
import { toastText } from "../../../parts/toasts";
import { barred } from "../../../parts/words";
import { texts } from "../../../texts";

/** The panel while it is open. */
const panel = signal<ComponentType<{ close: () => void }> | null>(null);

async function open(): Promise<void> {
  try {
    panel.value = (await import("./panel")).JoinLinks;
  } catch {
    // The server was updated since and has other files, or there is no connection.
    toastText(texts.value.joinLinks.notLoaded);
  }
}

function close(): void {
  panel.value = null;
}

export function JoinLinksButton() {
  const t = texts.value;
  return (
    <Button
      testid="joinlinks-button"
      class="quiet"
      hint={t.joinLinks.hint}
      blocked={barred()}
      press={() => void open()}
    >
      {t.joinLinks.button}
    </Button>
  );
}

export function JoinLinksPanel() {
  const Panel = panel.value;
  return Panel && <Panel close={close} />;
}
