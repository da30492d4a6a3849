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
import { missingCodecs } from "./program";
import { canFullScreen, isFullScreen, isTouch, leaveAudienceView, showToAudience } from "./screen";
import { isAutoplayBlocked, startSound } from "./sound";

/** Any click asks the browser for what it allows at a click only: full screen and sound. */
export function AudienceCover({ media }: { media: PageMedia }) {
  const t = texts.value;
  const press = (): void => {
    startSound();
    showToAudience();
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
        {((canFullScreen && !isFullScreen.value) || isAutoplayBlocked.value) && (
          <span class="audience-hint" data-testid="audience-hint">
            {hint(t)}
          </span>
        )}
      </button>
      {/* A phone cannot be full, or has left it by its own gesture: somebody holds it, and needs a way back. */}
      {isTouch && !isFullScreen.value && (
        <Button testid="audience-back" class="audience-hint audience-back" press={leaveAudienceView}>
          {t.back}
        </Button>
      )}
    </>
  );
}

function hint(t: Texts): string {
  if (isTouch) return isAutoplayBlocked.value ? t.tapForSound : t.tapForFull;
  return isAutoplayBlocked.value ? t.clickForSound : t.clickForFull;
}

/** Whether the page behind says something that calls for a hand. */
function needsSomebody(media: PageMedia): boolean {
  return (
    unread().length > 0 ||
    status.value === "lost" ||
    media.call.problem.value !== null ||
    missingCodecs(media).some((codec) => codec !== null) ||
    media.isFedElsewhere.value ||
    hasTrouble(media)
  );
}
