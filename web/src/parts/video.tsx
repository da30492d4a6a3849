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
}

export function Video({
  track,
  testid,
  class: name = "",
  mirrored = false,
  slow = false,
  frames,
}: Properties) {
  const element = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const video = element.current;
    if (!video || !frames) return;
    const followed = followFrames(video);
    frames(followed);
    return followed.stop;
  }, [frames]);
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
