/**
 * What lies over the programme when an audience looks at it: nothing that is anybody's business but theirs.
 *
 * Whoever runs the room must still learn that something waits on the page behind. Broadcasters use a cue dot for that: a
 * small square in the corner of the picture, which viewers take for nothing.
 */

import { status } from "../link/session";
import type { Studio } from "../media/studio";
import { texts } from "../texts";
import { hasTrouble } from "./devicenotes";
import { unread } from "./messages";
import { canBeFull, fill, isFull } from "./screen";
import { blocked, unblock } from "./sound";

/** Any click asks the browser for what it allows at a click only: full screen and sound. */
export function AudienceCover({ studio }: { studio: Studio }) {
  const t = texts.value;
  const press = (): void => {
    unblock();
    fill();
  };
  return (
    <button
      type="button"
      class="audience-cover"
      data-testid="audience-cover"
      aria-label={t.fullScreen}
      tabIndex={-1}
      onClick={press}
    >
      {needsSomebody(studio) && <span class="cue-dot" data-testid="cue-dot" />}
      {((canBeFull && !isFull.value) || blocked.value) && (
        <span class="audience-hint" data-testid="audience-hint">
          {blocked.value ? t.clickForSound : t.clickForFull}
        </span>
      )}
    </button>
  );
}

/** Whether the page behind says something that calls for a hand. */
function needsSomebody(studio: Studio): boolean {
  return unread().length > 0 || status.value === "lost" || studio.isKeptOut.value || hasTrouble(studio);
}
