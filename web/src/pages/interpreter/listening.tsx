/** What this seat hears: volumes and tone, remembered on this computer. */

import { useId } from "preact/hooks";
import {
  type BoothLevels,
  type BoothSound,
  MAX_VOLUME_DB,
  MIN_VOLUME_DB,
} from "../../media/sound/boothsound";
import { MAX_TONE_DB } from "../../media/sound/tone";
import { LevelSlider } from "../../parts/levelslider";
import { figure, texts } from "../../texts";
import { KEYS } from "./keys";
import type { SeatControl } from "./seatcontrol";

export function Listening({ control, sound }: { control: SeatControl; sound: BoothSound }) {
  const t = texts.value.interpreter;
  const isOnRelay = control.doc.value.relay !== null;
  return (
    <section class="console-listening" aria-label={t.sound}>
      <Slider
        name="floor"
        label={isOnRelay ? t.relayVolume : t.volume}
        keys={[KEYS.volumeDown, KEYS.volumeUp]}
        sound={sound}
      />
      <Slider name="bass" label={t.bass} sound={sound} />
      <Slider name="treble" label={t.treble} sound={sound} />
      <Slider
        name="partner"
        label={t.partnerVolume}
        keys={[KEYS.partnerDown, KEYS.partnerUp]}
        sound={sound}
      />
    </section>
  );
}

interface SliderProperties {
  name: keyof BoothLevels;
  label: string;
  sound: BoothSound;
  keys?: readonly string[];
}

function Slider({ name, label, sound, keys = [] }: SliderProperties) {
  const id = useId();
  const value = sound.levels.value[name];
  const isVolume = name === "floor" || name === "partner";
  const words = isVolume && value <= MIN_VOLUME_DB ? texts.value.interpreter.off : decibels(value);
  return (
    <div class="console-slider">
      <label for={id}>
        {label}
        {keys.map((key) => (
          <kbd key={key}>{key}</kbd>
        ))}
      </label>
      <LevelSlider
        id={id}
        testid={`slider-${name}`}
        range={isVolume ? [MIN_VOLUME_DB, MAX_VOLUME_DB] : [-MAX_TONE_DB, MAX_TONE_DB]}
        step={1}
        value={value}
        words={words}
        set={(db) => sound.set({ [name]: db })}
        reset={() => sound.set({ [name]: 0 })}
      />
      <span class="console-slider-value tabular" aria-hidden="true">
        {words}
      </span>
    </div>
  );
}

function decibels(value: number): string {
  return `${value > 0 ? "+" : value < 0 ? "−" : ""}${figure(Math.abs(value))} dB`;
}
