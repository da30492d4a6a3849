/** Level meters for microphones. */

import { effect, type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { followLevel } from "../media/sound/level";
import { levelOf } from "../media/sound/meters";
import { texts } from "../texts";

/** This page's own microphone, measured here. */
export function Meter({ track, muted = false }: { track: MediaStreamTrack | null; muted?: boolean }) {
  const level = useSignal<Signal<number> | null>(null);
  useEffect(() => {
    if (!track) return;
    const [measured, stop] = followLevel(track);
    level.value = measured;
    return () => {
      level.value = null;
      stop();
    };
  }, [track, level]);
  const value = muted ? 0 : (level.value?.value ?? 0);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a <meter> cannot be given this look in every browser
    <div
      class="meter"
      data-testid="level-meter"
      role="meter"
      aria-label={texts.value.level}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(value * 100)}
    >
      <div class="meter-cover" style={{ transform: `scaleX(${1 - value})` }} />
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
        if (cover.current) cover.current.style.transform = `scaleY(${1 - level})`;
      }),
    [source],
  );
  return (
    <div class={`level${open ? " open" : ""}`} data-testid={`level-${source}`} aria-hidden="true">
      <div class="level-cover" ref={cover} />
    </div>
  );
}
