/** Loudness meters for microphones: momentary loudness by EBU R128, with the range of speech marked. */

import { effect, type ReadonlySignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { SILENCE_LUFS } from "../media/loudness/kweighting";
import { SPEECH_LUFS } from "../media/loudness/verdict";
import { FLOOR_DB, onScale } from "../media/sound/level";
import { levelOf } from "../media/sound/meters";
import { figure, texts } from "../texts";

const SPEECH_BEGINS = onScale(SPEECH_LUFS.low);
const SPEECH_ENDS = onScale(SPEECH_LUFS.high);
const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;

/** This page's own microphone. Sets only style and figure: a new measurement must not render the page. */
export function Meter({ loudness }: { loudness: ReadonlySignal<number> }) {
  const meter = useRef<HTMLDivElement>(null);
  const cover = useRef<HTMLDivElement>(null);
  const shown = useRef<HTMLSpanElement>(null);
  const label = texts.value.level;
  useEffect(
    () =>
      effect(() => {
        const lufs = loudness.value;
        const words = lufs <= SILENCE_LUFS ? "" : `${figure(Math.max(FLOOR_DB, Math.round(lufs)))} LUFS`;
        if (cover.current) cover.current.style.backgroundSize = `${percent(1 - onScale(lufs))} 100%`;
        if (shown.current && shown.current.textContent !== words) shown.current.textContent = words;
        meter.current?.setAttribute("aria-valuenow", String(Math.round(Math.max(FLOOR_DB, lufs))));
        meter.current?.setAttribute("aria-valuetext", words);
        meter.current?.setAttribute("data-lufs", lufs.toFixed(1));
      }),
    [loudness],
  );
  return (
    <div class="meter-row" title={texts.value.sound.range}>
      {/* biome-ignore lint/a11y/useSemanticElements: a <meter> cannot be given this look in every browser */}
      <div
        class="meter"
        data-testid="level-meter"
        role="meter"
        aria-label={label}
        aria-valuemin={FLOOR_DB}
        aria-valuemax={0}
        aria-valuenow={FLOOR_DB}
        ref={meter}
      >
        <div class="meter-cover" ref={cover} />
        <div
          class="meter-speech"
          style={{ left: percent(SPEECH_BEGINS), right: percent(1 - SPEECH_ENDS) }}
          aria-hidden="true"
        />
      </div>
      <span class="meter-figure tabular" aria-hidden="true" ref={shown} />
    </div>
  );
}

/** A source's microphone, by the server's levels. Sets only the style: a new level must not render the page. */
export function Level({ source, open }: { source: string; open: boolean }) {
  const cover = useRef<HTMLDivElement>(null);
  useEffect(
    () =>
      effect(() => {
        const level = levelOf(source).value;
        if (cover.current) cover.current.style.backgroundSize = `100% ${percent(1 - level)}`;
      }),
    [source],
  );
  return (
    <div class={`level${open ? " open" : ""}`} data-testid={`level-${source}`} aria-hidden="true">
      <div class="level-cover" ref={cover} />
      <div class="level-speech" style={{ bottom: percent(SPEECH_BEGINS), top: percent(1 - SPEECH_ENDS) }} />
    </div>
  );
}
