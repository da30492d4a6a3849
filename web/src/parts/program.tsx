/**
 * The programme as this page receives it: one picture, or two in a two-shot, or the slate.
 *
 * Both video elements are always there, so that nothing has to be built when the layout changes. A picture is shown
 * from its first frame on; where frames are missing the slate stands, never black and never an old frame. The server
 * sends its slate as a picture too; here it is drawn, sharp, in the reader's language and with a clock that runs.
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

/** What this page is being sent, as the programme matrix says. */
function feed(): { source: string; second: string | null; layout: string } {
  const show = state.value;
  const me = welcome.value;
  if (!show || !me) return { source: SLATE, second: null, layout: "solo" };
  const { source, second } = destinationOf(show, me) ?? { source: show.program.source, second: null };
  return { source, second, layout: second === null ? "solo" : show.program.layout };
}

/** The codecs of the pictures in sight that this browser has not got, in their order; null for those that it can show. */
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
  useFresh(first, source);
  useFresh(other, second ?? SLATE);
  const keepFirst = useCallback((frames: Frames) => (first.value = frames), [first]);
  const keepOther = useCallback((frames: Frames) => (other.value = frames), [other]);
  const tracks = media.call.tracks.value;
  // Without the server a picture that moves is all that is known: it may be the slate, or a source again.
  const slated = source === SLATE && known.value;
  const [lacks, lacksSecond] = missingCodecs(media);
  const shown = !slated && lacks === null && stands(media, first.value, source);
  return (
    <div class={`program layout-${layout}`}>
      <div class={`program-cell main${slated ? " slated" : ""}`}>
        <Video track={tracks.get("program")} testid="program-video" frames={keepFirst} />
        {!shown && <Slate zone={zone} missing={source === SLATE ? null : source} lacks={lacks} />}
      </div>
      <div class="program-cell second">
        <Video track={tracks.get("second")} testid="second-video" frames={keepOther} />
        {(lacksSecond !== null || !stands(media, other.value, second)) && (
          <Absent source={second} lacks={lacksSecond} />
        )}
      </div>
    </div>
  );
}

/** After the slate only a new frame counts: what the element still holds is from before. */
function useFresh(frames: Signal<Frames | null>, source: string): void {
  const slate = source === SLATE;
  // Before anything is painted, or the old frame would be seen for a moment.
  useLayoutEffect(() => {
    if (!slate) frames.value?.reset();
  }, [slate, frames]);
}

/** A small card where a second picture is expected but has not come. */
function Absent({ source, lacks }: { source: string | null; lacks: string | null }) {
  const name = source === null ? "" : (state.value?.sources[source]?.name ?? source);
  const isTold = lacks !== null && !isForAudience.value;
  return <div class="absent">{isTold ? texts.value.cannotShow(name, codecName(lacks)) : name}</div>;
}

/** Whether its picture is there: it moves, or it has, and its sender has nothing new to send. */
function stands(media: PageMedia, frames: Frames | null, source: string | null): boolean {
  if (frames === null) return false;
  const isStill =
    state.value?.sources[source ?? ""]?.still === true && media.call.phase.value === "connected";
  return frames.moving.value || (isStill && frames.begun.value);
}
