/**
 * The cover of the programme while an audience watches: it hides everything that is only for the crew.
 *
 * A cue dot, a small square in the corner of the picture as in broadcasting, tells the technician that something waits
 * on the page behind. Viewers do not notice it.
 */

import { status } from "../link/session";
import { needsPerson } from "../media/inputs/phase";
import type { PageMedia } from "../media/pagemedia";
import { isAutoplayBlocked } from "../media/sound/contexts";
import { type Texts, texts } from "../texts";
import { Button } from "./button";
import { hasTrouble } from "./devicenotes";
import { signOf } from "./inputs/card";
import { unread } from "./messages";
import { missingCodecs } from "./program";
import { canFullScreen, isFullScreen, isTouch, leaveAudienceView, showToAudience } from "./screen";
import { startSound } from "./sound";

/** Any click asks the browser for full screen and sound, which it allows only in a user gesture. */
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
      {/* A phone without full screen, or that left it by a gesture, needs a way back. */}
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

/** Whether the page behind shows something that needs the technician. */
function needsSomebody(media: PageMedia): boolean {
  return (
    unread().length > 0 ||
    status.value === "lost" ||
    media.call.problem.value !== null ||
    missingCodecs(media).some((codec) => codec !== null) ||
    media.isFedElsewhere.value ||
    hasTrouble(media) ||
    media.inputs.list.value.some((input) => needsPerson(signOf(input).phase))
  );
}
