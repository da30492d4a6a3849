/** Whether a video element presents frames: one that has a track may still show nothing, or the last frame. */

import { type Signal, signal } from "@preact/signals";
import { SuspensionDetector } from "../link/suspension";

/** Without a frame for so long a picture counts as frozen: thirty frames at 15 a second. */
const FROZEN_AFTER_MS = 2_000;
const CHECK_INTERVAL_MS = 250;
/** A page whose timer was late by so much was itself suspended. */
const SUSPENDED_AFTER_MS = 1_000;

/** Between two frames of a preview that is to cost little. */
const SLOW_INTERVAL_MS = 500;

export interface Frames {
  /** Frames are being presented. */
  moving: Signal<boolean>;
  /** A frame has been presented. */
  begun: Signal<boolean>;
  /** Forget the frames so far: only a frame that arrives from now on counts. */
  reset(): void;
  stop(): void;
}

/**
 * Follow the frames that `video` presents. A callback for a frame makes the browser prepare a frame of the whole page. So
 * while the picture moves it is asked for a few times a second, and for each frame only until one counts. `coarse`: look at
 * the count of frames instead, for one of twenty previews.
 */
export function followFrames(video: HTMLVideoElement, coarse = false): Frames {
  const moving = signal(false);
  const begun = signal(false);
  let last = 0;
  let since = 0;
  let request = 0;
  const follow = (): void => {
    if (!coarse && request === 0) request = video.requestVideoFrameCallback(presented);
  };
  const presented: VideoFrameRequestCallback = (now, { receiveTime }) => {
    request = 0;
    last = performance.now();
    // An element that was hidden first presents the frame that it kept. `receiveTime` is missing for a local camera,
    // and in some browsers.
    if ((receiveTime ?? now) >= since) moving.value = begun.value = true;
    if (!moving.value) follow();
  };
  follow();
  let count = 0;
  const counted = (now: number): void => {
    const before = count;
    count = video.getVideoPlaybackQuality().totalVideoFrames;
    if (count <= before) return;
    last = now;
    moving.value = begun.value = true;
  };
  const suspension = new SuspensionDetector(SUSPENDED_AFTER_MS);
  const timer = setInterval(() => {
    const now = performance.now();
    if (coarse) counted(now);
    follow();
    const ran = suspension.elapsed(now) !== null;
    // A hidden or suspended page presents no frames, which says nothing about the picture.
    if (document.hidden || !ran) last = now;
    else if (now - last > FROZEN_AFTER_MS) moving.value = false;
  }, CHECK_INTERVAL_MS);
  return {
    moving,
    begun,
    reset: () => {
      since = performance.now();
      moving.value = begun.value = false;
      follow();
    },
    stop: () => {
      clearInterval(timer);
      video.cancelVideoFrameCallback(request);
    },
  };
}

/** Present a frame only now and then, so that an overloaded computer draws less; returns how to end it. */
export function presentSlowly(video: HTMLVideoElement): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let request = 0;
  const play = () => void video.play().catch(() => undefined);
  const next = () => {
    request = video.requestVideoFrameCallback(rest);
    play();
  };
  const rest = () => {
    video.pause();
    timer = setTimeout(next, SLOW_INTERVAL_MS);
  };
  next();
  return () => {
    clearTimeout(timer);
    video.cancelVideoFrameCallback(request);
    play();
  };
}
