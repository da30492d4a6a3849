/** A video element for one track, which reports whether it presents frames. */

import { useEffect, useRef } from "preact/hooks";
import { type Frames, followFrames, presentSlowly } from "../media/frames";

interface Properties {
  track: MediaStreamTrack | null | undefined;
  testid: string;
  class?: string;
  mirrored?: boolean;
  /** Present a frame only now and then. */
  slow?: boolean;
  /** Called with the element's frames once it is there. */
  frames?: (frames: Frames) => void;
  /** It is a preview, one of many: its frames are followed a few times a second. */
  preview?: boolean;
}

export function Video({
  track,
  testid,
  class: name = "",
  mirrored = false,
  slow = false,
  frames,
  preview = false,
}: Properties) {
  const element = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const video = element.current;
    if (!video || !frames) return;
    const followed = followFrames(video, preview);
    frames(followed);
    return followed.stop;
  }, [frames, preview]);
  useEffect(() => {
    const video = element.current;
    if (!video) return;
    video.srcObject = track ? new MediaStream([track]) : null;
    // Muted video may always play; a rejection means that the element was removed.
    if (track) video.play().catch(() => undefined);
  }, [track]);
  useEffect(() => {
    const video = element.current;
    return video && slow && track ? presentSlowly(video) : undefined;
  }, [slow, track]);
  return (
    <video
      ref={element}
      data-testid={testid}
      class={`${name}${mirrored ? " mirrored" : ""}`}
      muted
      autoplay
      playsInline
      disablePictureInPicture
    />
  );
}
