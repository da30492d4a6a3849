/** How loud the programme is at the guest's; in the green room it can be off. The desk is heard all the same. */

import type { PageMedia } from "../../media/pagemedia";
import { MIN_PROGRAMME_DB } from "../../media/sound/mix";
import { Button } from "../../parts/button";
import { LevelSlider } from "../../parts/levelslider";
import { figure, texts } from "../../texts";

const STEP_DB = 2;

/** `mayBeOff`: nobody should speak to a hall without hearing it. */
export function Volume({ media, mayBeOff }: { media: PageMedia; mayBeOff: boolean }) {
  const t = texts.value;
  const { listening } = media;
  const { isPaused } = listening;
  const db = listening.volumeDb.value;
  const label = isPaused.value ? t.guest.listen.on : t.guest.listen.off;
  return (
    <div class="volume" title={t.guest.listen.volume}>
      {!isPaused.value && (
        <>
          <span aria-hidden="true">♪</span>
          <LevelSlider
            testid="volume"
            label={t.guest.listen.volume}
            words={`${db < 0 ? "−" : ""}${figure(Math.abs(db))} dB`}
            range={[MIN_PROGRAMME_DB, 0]}
            step={STEP_DB}
            value={db}
            set={(level) => listening.setVolume(level)}
          />
        </>
      )}
      {mayBeOff && (
        <Button
          testid="listen-button"
          pressed={isPaused.value}
          label={label}
          hint={label}
          press={() => (isPaused.value = !isPaused.value)}
        >
          {isPaused.value ? t.soundOn : t.soundOff}
        </Button>
      )}
    </div>
  );
}
