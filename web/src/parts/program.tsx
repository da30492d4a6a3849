/**
 * The programme as this page receives it: one to nine pictures, or the slate.
 *
 * All video elements always exist, so a change of layout builds nothing. A picture is shown from its first frame on;
 * without frames the page shows the slate, or in a tile the name, never black and never an old frame. The server sends
 * its slate as a picture too; the page draws it instead, sharp, in the reader's language and with a running clock.
 *
 * The state says that the programme cuts, not when a slot's picture has changed: that is after the next keyframe and
 * the way through the jitter buffer. So the old rectangles stay until every new tile has its first frame, and a tile
 * that changes its source has no name for a moment: a missing name disturbs nobody, a wrong one does.
 */

import { effect, type Signal, signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { state, welcome } from "../link/session";
import type { Frames } from "../media/frames";
import type { PageMedia } from "../media/pagemedia";
import { type Arrangement, arrangementOf, cutTo, isSame } from "../show/arrangement";
import { rectangles } from "../show/layout";
import { codecMissing, Tile } from "./tile";

/** The slots that pictures arrive in. */
const SLOTS = ["program", "second", ...Array.from({ length: 7 }, (_, n) => `picture${n + 3}`)];
/** From the state's change to the new source's first frame: an armed cut, and the jitter buffer. */
const SETTLE_MS = 250;
/** A new tile without a frame by then is drawn as a card with its name. */
const MAX_HOLD_MS = 1_000;
const UNMEASURED_ASPECT = 16 / 9;

/** The part of a page's media that the programme needs. The hall screen has no more. */
export interface Received {
  readonly call: Pick<PageMedia["call"], "tracks" | "receives" | "phase">;
}

interface Properties {
  media: Received;
  zone: string;
}

/** The codecs of the pictures that this browser cannot decode; null for one that it can. */
export function missingCodecs(media: Received): (string | null)[] {
  return arrangementOf(state.value, welcome.value).sources.map((source) => codecMissing(media, source));
}

export function Program({ media, zone }: Properties) {
  const wanted = arrangementOf(state.value, welcome.value);
  const frames = useMemo(() => SLOTS.map(() => signal<Frames | null>(null)), []);
  const shown = useShown(wanted, frames);
  const [area, aspect] = useAspect();
  const places = rectangles(shown.sources.length, aspect, shown.layout);
  return (
    <div
      ref={area}
      class={`program layout-${shown.layout}`}
      style={{ "--smallest": String(Math.min(...places.map((place) => place.width))) }}
    >
      {frames.map((each, n) => (
        <Tile
          key={SLOTS[n]}
          media={media}
          zone={zone}
          slot={SLOTS[n] ?? ""}
          frames={each}
          place={places[n] ?? null}
          source={shown.sources[n] ?? null}
          wanted={wanted.sources[n] ?? null}
          isMain={n === 0 && (shown.layout === "solo" || shown.layout === "pip")}
          drawn={shown.sources}
        />
      ))}
    </div>
  );
}

/** The arrangement to draw: the wanted one as soon as its pictures are there, until then the one before. */
function useShown(wanted: Arrangement, frames: readonly Signal<Frames | null>[]): Arrangement {
  const [shown, show] = useState(wanted);
  const cut = cutTo(shown, wanted);
  // The states in between render as often, but do not begin a new wait.
  useEffect(() => {
    if (isSame(shown, wanted)) return;
    if (cut === null) {
      show(wanted);
      return;
    }
    const isSettled = signal(!cut.settles);
    const settling = setTimeout(() => (isSettled.value = true), SETTLE_MS);
    const giveUp = setTimeout(() => show(wanted), MAX_HOLD_MS);
    const stop = effect(() => {
      const begun = cut.awaited.every((slot) => frames[slot]?.value?.begun.value === true);
      if (begun && isSettled.value) show(wanted);
    });
    return () => {
      clearTimeout(settling);
      clearTimeout(giveUp);
      stop();
    };
  }, [keyOf(shown), keyOf(wanted)]);
  return cut === null ? wanted : shown;
}

function keyOf({ sources, layout }: Arrangement): string {
  return `${layout} ${sources.join()}`;
}

/** The width:height of the programme's area. */
function useAspect() {
  const area = useRef<HTMLDivElement>(null);
  const [aspect, setAspect] = useState(UNMEASURED_ASPECT);
  useLayoutEffect(() => {
    const element = area.current;
    if (!element) return;
    const measure = (): void => {
      if (element.clientHeight > 0) setAspect(element.clientWidth / element.clientHeight);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [area, aspect] as const;
}
