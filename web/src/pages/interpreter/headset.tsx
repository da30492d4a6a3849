/** The headset: microphone and headphones. */

import type { PageMedia } from "../../media/pagemedia";
import { canChooseOutput } from "../../media/sound/outlet";
import { SpeakerTrouble, Trouble } from "../../parts/devicenotes";
import { ToneTest } from "../../parts/entry/tonetest";
import { PathState } from "../../parts/linepath";
import { Meter } from "../../parts/meter";
import { Picker } from "../../parts/setup";
import { SoundNote } from "../../parts/soundnotes";
import { texts } from "../../texts";

export function Headset({ media }: { media: PageMedia }) {
  const t = texts.value;
  const { devices } = media;
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
      <ToneTest media={media} output="main" name={t.interpreter.headphones} isWorn />
      <PathState media={media} />
      <p class="muted">{t.interpreter.devicesHint}</p>
    </div>
  );
}
