/** What the sound comes from, which decides how the browser treats it. */

import type { PageMedia } from "../../media/pagemedia";
import { texts } from "../../texts";
import type { Preset } from "../../texts/entry/en";

const PRESETS: readonly Preset[] = ["mixer", "laptop"];

export function Presets({ media: { devices } }: { media: PageMedia }) {
  const t = texts.value.entry.presets;
  const chosen: Preset = devices.choice.value.processing ? "laptop" : "mixer";
  return (
    <fieldset class="presets" data-testid="presets" data-preset={chosen}>
      <legend>{t.label}</legend>
      {PRESETS.map((preset) => (
        <label key={preset} class={`preset${preset === chosen ? " chosen" : ""}`}>
          <input
            type="radio"
            name="preset"
            data-testid={`preset-${preset}`}
            checked={preset === chosen}
            onChange={() => void devices.choose({ processing: preset === "laptop" })}
          />
          <strong>{t[preset].name}</strong>
          <span>{t[preset].words}</span>
        </label>
      ))}
    </fieldset>
  );
}
