/** Whether a picture is really there: a video element that has its track may still show nothing, or the last frame. */

import { type Signal, signal } from "@preact/signals";
import { SuspensionDetector } from "../link/suspension";

/** A picture that has not moved for so long is gone. At fifteen frames a second that is thirty frames. */
const FROZEN_AFTER = 2_000;
const LOOK_EVERY = 250;
/** A page that was not woken for so long was itself at a standstill. */
const STANDSTILL = 1_000;

export interface Frames {
  /** Frames are being presented. */
  moving: Signal<boolean>;
  /** One has been presented. */
  begun: Signal<boolean>;
  /** What has come so far is of the past: only a frame that arrives from now on counts. */
  reset(): void;
  stop(): void;
}

/** Follow the frames that `video` presents. */
export function follow(video: HTMLVideoElement): Frames {
  const moving = signal(false);
  const begun = signal(false);
  let last = 0;
  let since = 0;
  let request = 0;
  const presented: VideoFrameRequestCallback = (now, { receiveTime }) => {
    last = performance.now();
    // An element that was hidden presents at first the frame that it has held since then. Only of a camera of this
    // machine, and in some browsers, it is not known when a frame arrived.
    if ((receiveTime ?? now) >= since) moving.value = begun.value = true;
    request = video.requestVideoFrameCallback(presented);
  };
  request = video.requestVideoFrameCallback(presented);
  const running = new SuspensionDetector(STANDSTILL);
  const timer = setInterval(() => {
    const now = performance.now();
    const ran = running.since(now) !== null;
    // A page that is hidden or stands still is not shown frames; that says nothing of the picture.
    if (document.hidden || !ran) last = now;
    else if (now - last > FROZEN_AFTER) moving.value = false;
  }, LOOK_EVERY);
  return {
    moving,
    begun,
    reset: () => {
      since = performance.now();
      moving.value = begun.value = false;
    },
    stop: () => {
      clearInterval(timer);
      video.cancelVideoFrameCallback(request);
    },
  };
}
