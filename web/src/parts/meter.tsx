/** Bars that move with the microphones, so that people see that they are heard, and whom they would hear. */

import { effect, type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { followLevel } from "../media/level";
import { levelOf } from "../media/meters";
import { texts } from "../texts";

/** This machine's own microphone, measured here. */
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

/** A source's microphone, as the server hears it. Only the bar is written to: pages are not drawn anew for it. */
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
