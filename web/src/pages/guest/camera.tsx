/** A phone's camera: flipping it, whether its picture is mirrored, and an arrow to it. */

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { PageMedia } from "../../media/pagemedia";
import { Button } from "../../parts/button";
import { isTouch } from "../../parts/screen";
import { cameraSide, type Facing, facingOf, flipped, type Side } from "../../show/guest/facing";
import { texts } from "../../texts";

/** Counts the turns of the phone. */
const turns = signal(0);

function facing(media: PageMedia): Facing | null {
  const track = media.devices.tracks.camera.value;
  return track && facingOf(track.getSettings().facingMode, track.label);
}

/** People look at themselves as in a mirror, but not at what is in front of them. */
export function isMirrored(media: PageMedia): boolean {
  return facing(media) !== "environment";
}

/** Where there are two cameras. The page sends on in the same m-line; phones cannot open both at once. */
export function FlipButton({ media }: { media: PageMedia }) {
  const { devices } = media;
  const current = devices.camera.current();
  const other = current && flipped(current, facing(media), devices.camera.devices.value ?? []);
  if (!other || !devices.tracks.camera.value) return null;
  const { flip } = texts.value.guest;
  return (
    <Button
      testid="flip-button"
      class="flip-button"
      label={flip}
      hint={flip}
      press={() => void devices.choose({ camera: { id: other.id, label: other.label } })}
    >
      ⟲
    </Button>
  );
}

/** Where to look, at the edge of the screen that has the camera; nothing where that is not known. */
export function LookHere({ media }: { media: PageMedia }) {
  useEffect(() => {
    const turned = (): void => {
      turns.value += 1;
    };
    const { orientation } = screen;
    orientation?.addEventListener("change", turned);
    return () => orientation?.removeEventListener("change", turned);
  }, []);
  turns.value;
  const side = sideNow(media);
  if (side === null) return null;
  return (
    <div class={`look-here ${side}`} data-testid="look-here" data-side={side} aria-hidden="true">
      {{ top: "▲", left: "◀", right: "▶" }[side]} {texts.value.guest.lookHere}
    </div>
  );
}

function sideNow(media: PageMedia): Side | null {
  const { width, height, orientation } = screen;
  return cameraSide(facing(media), { width, height, angle: orientation?.angle ?? 0, isTouch });
}
