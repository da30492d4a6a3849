/**
 * What lies over the programme when an audience looks at it: nothing that is anybody's business but theirs.
 *
 * Whoever runs the room must still learn that something waits on the page behind. Broadcasters use a cue dot for that: a
 * small square in the corner of the picture, which viewers take for nothing.
 */

import { status } from "../link/session";
import type { PageMedia } from "../media/pagemedia";
import { type Texts, texts } from "../texts";
import { Button } from "./button";
import { hasTrouble } from "./devicenotes";
import { unread } from "./messages";
import { lacking } from "./program";
import { canBeFull, fill, isFull, isTouch, leave } from "./screen";
import { blocked, unblock } from "./sound";

/** Any click asks the browser for what it allows at a click only: full screen and sound. */
export function AudienceCover({ media }: { media: PageMedia }) {
  const t = texts.value;
  const press = (): void => {
    unblock();
    fill();
  };
  return (
    <>
      <button
        type="button"
        class="audience-cover"
        data-testid="audience-cover"
        aria-label={t.fullScreen}
        tabIndex={-1}
        onClick={press}
      >
        {needsSomebody(media) && <span class="cue-dot" data-testid="cue-dot" />}
        {((canBeFull && !isFull.value) || blocked.value) && (
          <span class="audience-hint" data-testid="audience-hint">
            {hint(t)}
          </span>
        )}
      </button>
      {/* A phone cannot be full, or has left it by its own gesture: somebody holds it, and needs a way back. */}
      {isTouch && !isFull.value && (
        <Button testid="audience-back" class="audience-hint audience-back" press={leave}>
          {t.back}
        </Button>
      )}
    </>
  );
}

function hint(t: Texts): string {
  if (isTouch) return blocked.value ? t.tapForSound : t.tapForFull;
  return blocked.value ? t.clickForSound : t.clickForFull;
}

/** Whether the page behind says something that calls for a hand. */
function needsSomebody(media: PageMedia): boolean {
  return (
    unread().length > 0 ||
    status.value === "lost" ||
    media.call.problem.value !== null ||
    lacking(media).some((codec) => codec !== null) ||
    media.isFedElsewhere.value ||
    hasTrouble(media)
  );
}
