/** A bar that moves with the microphone, so that people see that they are heard. */

import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { measure } from "../media/level";
import { texts } from "../texts";

export function Meter({ track, muted = false }: { track: MediaStreamTrack | null; muted?: boolean }) {
  const level = useSignal<Signal<number> | null>(null);
  useEffect(() => {
    if (!track) return;
    const [measured, stop] = measure(track);
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
