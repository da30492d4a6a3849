/** A test tone on one output, and whether the microphone hears it back. */

import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import type { PageMedia } from "../../media/pagemedia";
import type { Output } from "../../media/sound/mix";
import { checkTone, type ToneResult } from "../../media/sound/tonecheck";
import { texts } from "../../texts";
import { Button } from "../button";
import { said } from "../said";

/** One at a time: the microphone would hear the tone of another output. */
const isPlaying = signal(false);

interface Properties {
  media: PageMedia;
  output: Output;
  /** The output's name for people. */
  name: string;
  /** People wear it as headphones, which no microphone hears. */
  isWorn?: boolean;
}

export function ToneTest({ media, output, name, isWorn = false }: Properties) {
  const t = texts.value;
  const [found, setFound] = useState<ToneResult | "plays" | null>(null);
  const test = async (): Promise<void> => {
    isPlaying.value = true;
    setFound("plays");
    try {
      if (isWorn) await media.sound.playTestTone(output);
      setFound(isWorn ? "worn" : await checkTone(media.sound, output, media.devices.tracks.microphone.value));
    } catch {
      setFound(null); // The browser has closed the microphone or its context meanwhile
    } finally {
      isPlaying.value = false;
    }
  };
  return (
    <div class="tone-test">
      <Button
        testid={`test-${output}`}
        class="small test-tone"
        hint={t.outputs.testHint(name)}
        blocked={isPlaying.value ? t.entry.tone.plays : null}
        press={() => void test()}
      >
        {t.outputs.test(name)}
      </Button>
      <span
        class={found === "heard" ? "tone-heard" : "muted"}
        {...said}
        data-testid={`tone-${output}`}
        data-tone={found}
      >
        {found && t.entry.tone[found]}
      </span>
    </div>
  );
}
