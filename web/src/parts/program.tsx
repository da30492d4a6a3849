/**
 * The programme as this page receives it: one picture, or two in a two-shot, or the slate.
 *
 * Both video elements always exist, so a change of layout builds nothing. A picture is shown from its first frame on;
 * without frames the page shows the slate, never black and never an old frame. The server sends its slate as a picture
 * too; the page draws it instead, sharp, in the reader's language and with a running clock.
 */

import { type Signal, useSignal } from "@preact/signals";
import { useCallback, useLayoutEffect } from "preact/hooks";
import { known, state, welcome } from "../link/session";
import { codecName, undecodable } from "../media/codecs";
import type { Frames } from "../media/frames";
import type { PageMedia } from "../media/pagemedia";
import { destinationOf, SLATE } from "../show/agenda";
import { texts } from "../texts";
import { isForAudience } from "./screen";
import { Slate } from "./slate";
import { Video } from "./video";

interface Properties {
  media: PageMedia;
  zone: string;
}

/** The sources that this page receives, by its destination. */
function feed(): { source: string; second: string | null; layout: string } {
  const show = state.value;
  const me = welcome.value;
  if (!show || !me) return { source: SLATE, second: null, layout: "solo" };
  const [source = SLATE, second = null] = destinationOf(show, me)?.pictures ?? [show.program.source];
  return { source, second, layout: second === null ? "solo" : show.program.layout };
}

/** The codecs of the first and second picture that this browser cannot decode; null for one that it can. */
export function missingCodecs(media: PageMedia): [string | null, string | null] {
  const { source, second } = feed();
  const of = (id: string | null): string | null =>
    id === null ? null : undecodable(state.value?.sources[id], media.call.receives.value);
  return [of(source), of(second)];
}

export function Program({ media, zone }: Properties) {
  const { source, second, layout } = feed();
  const first = useSignal<Frames | null>(null);
  const other = useSignal<Frames | null>(null);
  useResetAfterSlate(first, source);
  useResetAfterSlate(other, second ?? SLATE);
  const keepFirst = useCallback((frames: Frames) => (first.value = frames), [first]);
  const keepOther = useCallback((frames: Frames) => (other.value = frames), [other]);
  const tracks = media.call.tracks.value;
  // Without the server a moving picture may be the slate or a source, so it is shown.
  const slated = source === SLATE && known.value;
  const [lacks, lacksSecond] = missingCodecs(media);
  const shown = !slated && lacks === null && isShown(media, first.value, source);
  return (
    <div class={`program layout-${layout}`}>
      <div class={`program-cell main${slated ? " slated" : ""}`}>
        <Video track={tracks.get("program")} testid="program-video" frames={keepFirst} />
        {!shown && <Slate zone={zone} missing={source === SLATE ? null : source} lacks={lacks} />}
      </div>
      <div class="program-cell second">
        <Video track={tracks.get("second")} testid="second-video" frames={keepOther} />
        {(lacksSecond !== null || !isShown(media, other.value, second)) && (
          <Absent source={second} lacks={lacksSecond} />
        )}
      </div>
    </div>
  );
}

/** After the slate only a new frame counts: the element still holds an old one. */
function useResetAfterSlate(frames: Signal<Frames | null>, source: string): void {
  const slate = source === SLATE;
  // A layout effect: otherwise the old frame would be painted once.
  useLayoutEffect(() => {
    if (!slate) frames.value?.reset();
  }, [slate, frames]);
}

/** A card in place of a second picture that has not arrived. */
function Absent({ source, lacks }: { source: string | null; lacks: string | null }) {
  const name = source === null ? "" : (state.value?.sources[source]?.name ?? source);
  const isTold = lacks !== null && !isForAudience.value;
  return <div class="absent">{isTold ? texts.value.cannotShow(name, codecName(lacks)) : name}</div>;
}

/** Whether to show the picture: it moves, or it has moved and its sender reports a still. */
function isShown(media: PageMedia, frames: Frames | null, source: string | null): boolean {
  if (frames === null) return false;
  const isStill =
    state.value?.sources[source ?? ""]?.still === true && media.call.phase.value === "connected";
  return frames.moving.value || (isStill && frames.begun.value);
}
