/** Whether a picture is really there: a video element that has its track may still show nothing, or the last frame. */

import { type Signal, signal } from "@preact/signals";

/** A picture that has not moved for so long is gone. Fifteen frames a second are a thirtieth of this apart. */
const FROZEN_AFTER = 2_000;

/**
 * Follows the frames that `video` presents. The first value is the time of the last one on `performance.now()`, or null
 * when there was none for a while; it changes only between those two. The second value ends it.
 */
export function follow(video: HTMLVideoElement): [Signal<boolean>, () => number, () => void] {
  const moving = signal(false);
  let last = Number.NEGATIVE_INFINITY;
  let request = 0;
  const presented = (): void => {
    last = performance.now();
    moving.value = true;
    request = video.requestVideoFrameCallback(presented);
  };
  request = video.requestVideoFrameCallback(presented);
  const timer = setInterval(() => {
    // A hidden page is not shown frames; that says nothing of the picture.
    if (document.hidden) last = Math.max(last, performance.now() - FROZEN_AFTER / 2);
    else if (performance.now() - last > FROZEN_AFTER) moving.value = false;
  }, 250);
  return [
    moving,
    () => last,
    () => {
      clearInterval(timer);
      video.cancelVideoFrameCallback(request);
    },
  ];
}
