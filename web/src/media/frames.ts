/** Whether a picture is really there: a video element that has its track may still show nothing, or the last frame. */

import { type Signal, signal } from "@preact/signals";

/** A picture that has not moved for so long is gone. At fifteen frames a second that is thirty frames. */
const FROZEN_AFTER = 2_000;

export interface Frames {
  /** Frames are being presented. */
  moving: Signal<boolean>;
  /** What has come so far is of the past: only a frame that arrives from now on counts. */
  reset(): void;
  stop(): void;
}

/** Follow the frames that `video` presents. */
export function follow(video: HTMLVideoElement): Frames {
  const moving = signal(false);
  let last = 0;
  let since = 0;
  let request = 0;
  const presented: VideoFrameRequestCallback = (now, { receiveTime }) => {
    last = performance.now();
    // An element that was hidden presents at first the frame that it has held since then. Only of a camera of this
    // machine, and in some browsers, it is not known when a frame arrived.
    if ((receiveTime ?? now) >= since) moving.value = true;
    request = video.requestVideoFrameCallback(presented);
  };
  request = video.requestVideoFrameCallback(presented);
  const timer = setInterval(() => {
    // A hidden page is not shown frames; that says nothing of the picture.
    if (document.hidden) last = performance.now();
    else if (performance.now() - last > FROZEN_AFTER) moving.value = false;
  }, 250);
  return {
    moving,
    reset: () => {
      since = performance.now();
      moving.value = false;
    },
    stop: () => {
      clearInterval(timer);
      video.cancelVideoFrameCallback(request);
    },
  };
}
