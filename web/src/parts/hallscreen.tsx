/** The hall screen as the technician's window has it: its button, and the note that it is closed. */

import { signal } from "@preact/signals";
import { welcome } from "../link/session";
import type { PageMedia } from "../media/pagemedia";
import { HallWindow } from "../screen/window";
import { texts } from "../texts";
import { Button } from "./button";
import { isTouch } from "./screen";

const screen = signal<HallWindow | null>(null);

/** Offer the show to hall screens; once for each page. */
export function serveHallScreen(media: PageMedia): void {
  const id = welcome.peek()?.id;
  if (screen.peek() || id === undefined) return;
  const served = new HallWindow(media, `schalte.venue.${id}.screen`);
  screen.value = served;
  Object.defineProperty(window, "schalteHall", { value: served.hall });
}

/** Opens the screen, then lets it fill its display, then closes it. A phone has no second display. */
export function HallScreenButton() {
  const t = texts.value.hall;
  const served = screen.value;
  if (!served || isTouch) return null;
  const status = served.status.value;
  const ways = {
    closed: [t.button, t.buttonHint, () => void served.open()],
    missing: [t.button, t.buttonHint, () => void served.open()],
    window: [t.fill, t.fillHint, () => served.fill()],
    full: [t.close, t.closeHint, () => served.close()],
  } as const;
  const [words, hint, press] = ways[status];
  return (
    <span class="hall-screen-button" data-testid="hall-screen-status" data-status={status}>
      <Button testid="hall-screen-button" hint={hint} press={press}>
        {words}
      </Button>
      {status === "window" && (
        <Button
          testid="hall-screen-close"
          class="small"
          label={t.close}
          hint={t.close}
          press={() => served.close()}
        >
          ×
        </Button>
      )}
    </span>
  );
}

/** Laid over the programme while the screen that was open is not there, or the browser has refused it. */
export function HallScreenNote() {
  const t = texts.value.hall;
  const served = screen.value;
  if (!served || (!served.isBlocked.value && served.status.value !== "missing")) return null;
  const isBlocked = served.isBlocked.value;
  return (
    <div class="line-note hall-note" data-testid="hall-screen-note">
      <strong>{isBlocked ? t.blocked : t.missing}</strong>
      <span>{isBlocked ? t.blockedHint : t.missingHint}</span>
      <Button testid="hall-screen-again" class="small" press={() => void served.open()}>
        {t.openAgain}
      </Button>
      <Button testid="hall-screen-not-needed" class="small" press={() => served.close()}>
        {t.notNeeded}
      </Button>
    </div>
  );
}
