/** The headset: microphone and headphones. */

import { useSignal } from "@preact/signals";
import type { PageMedia } from "../../media/pagemedia";
import { canChooseOutput } from "../../media/sound/outlet";
import { Button } from "../../parts/button";
import { SpeakerTrouble, Trouble } from "../../parts/devicenotes";
import { PathState } from "../../parts/linepath";
import { Meter } from "../../parts/meter";
import { Picker } from "../../parts/setup";
import { SoundNote } from "../../parts/soundnotes";
import { texts } from "../../texts";

export function Headset({ media }: { media: PageMedia }) {
  const t = texts.value;
  const { devices } = media;
  const isPlaying = useSignal(false);
  const test = (): void => {
    isPlaying.value = true;
    void media.sound.playTestTone("main").finally(() => (isPlaying.value = false));
  };
  return (
    <div class="devices">
      <Picker
        label={t.microphone}
        testid="microphone-select"
        picks={devices.microphone.devices.value}
        chosen={devices.choice.value.microphone}
        used={devices.microphone}
        choose={(microphone) => void devices.choose({ microphone })}
      />
      <Trouble media={media} kind="microphone" />
      <SoundNote media={media} isChecked />
      <Meter loudness={media.sounds.loudness} />
      <p class="muted">{t.levelHint}</p>
      {canChooseOutput && (
        <Picker
          label={t.interpreter.headphones}
          testid="speaker-select"
          picks={devices.speaker.devices.value}
          chosen={devices.choice.value.speaker}
          choose={(speaker) => void devices.choose({ speaker })}
        />
      )}
      <SpeakerTrouble media={media} />
      <PathState media={media} />
      <Button testid="test-tone" pressed={isPlaying.value} press={test}>
        {t.interpreter.testHeadphones}
      </Button>
      <p class="muted">{t.interpreter.devicesHint}</p>
    </div>
  );
}
