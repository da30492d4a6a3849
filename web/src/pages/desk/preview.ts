/** Whether one of this page's previews of a source shows a picture, and why not. */

import { useSignal } from "@preact/signals";
import { useCallback } from "preact/hooks";
import { undecodable } from "../../media/codecs";
import type { Frames } from "../../media/frames";
import type { PageMedia } from "../../media/pagemedia";
import type { SourceDoc } from "../../wire";

export interface SourcePreview {
  /** For the video element. */
  keep: (frames: Frames) => void;
  /** It shows a picture of a live source. */
  isShown: boolean;
  /** The codec that this browser cannot decode; null if it can. */
  lacks: string | null;
}

export function usePreview(source: SourceDoc | undefined, media: PageMedia): SourcePreview {
  const frames = useSignal<Frames | null>(null);
  const keep = useCallback((followed: Frames) => (frames.value = followed), [frames]);
  const lacks = undecodable(source, media.call.receives.value);
  const followed = frames.value;
  const moves = followed?.moving.value === true || (source?.still === true && followed?.begun.value === true);
  return { keep, lacks, isShown: source?.state === "live" && lacks === null && moves };
}
