/** A test tone on one output, and whether the microphone hears it back. */

import { useState } from "preact/hooks";
import type { PageMedia } from "../../media/pagemedia";
import type { Output } from "../../media/sound/mix";
import { checkTone, type ToneResult } from "../../media/sound/tonecheck";
import { texts } from "../../texts";
import { Button } from "../button";

interface Properties {
  media: PageMedia;
  output: Output;
  /** The output's name for people. */
  name: string;
}

export function ToneTest({ media, output, name }: Properties) {
  const t = texts.value;
  const [found, setFound] = useState<ToneResult | "plays" | null>(null);
  const test = (): void => {
    setFound("plays");
    void checkTone(media.sound, output, media.devices.tracks.microphone.value).then(setFound, () =>
      setFound(null),
    );
  };
  return (
    <div class="tone-test">
      <Button
        testid={`test-${output}`}
        class="small test-tone"
        hint={t.outputs.testHint(name)}
        label={t.outputs.testHint(name)}
        blocked={found === "plays" ? t.entry.tone.plays : null}
        press={test}
      >
        {t.outputs.test(name)}
      </Button>
      <span
        class={found === "heard" ? "tone-heard" : "muted"}
        role="status"
        data-testid={`tone-${output}`}
        data-tone={found}
      >
        {found && t.entry.tone[found]}
      </span>
    </div>
  );
}
