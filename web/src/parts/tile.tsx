/** One slot of the programme: its picture, or what is shown in its place; and in a grid its name, and whether it speaks. */

import type { Signal } from "@preact/signals";
import { useCallback, useLayoutEffect } from "preact/hooks";
import { known, state, welcome } from "../link/session";
import { codecName, undecodable } from "../media/codecs";
import type { Frames } from "../media/frames";
import { speaking } from "../media/sound/speakers";
import { SLATE, sourceName } from "../show/agenda";
import { isSpeaking } from "../show/arrangement";
import { isPictureWithheld } from "../show/headline";
import type { Rectangle } from "../show/layout";
import { texts } from "../texts";
import type { Received } from "./program";
import { isForAudience } from "./screen";
import { Slate } from "./slate";
import { Video } from "./video";

/** The slot of the first tile. */
const FIRST_SLOT = "program";

interface Properties {
  media: Received;
  zone: string;
  slot: string;
  /** The frames of this slot's video, which the tile sets. */
  frames: Signal<Frames | null>;
  /** Null: not drawn. */
  place: Rectangle | null;
  /** The source that is drawn; null: none. */
  source: string | null;
  /** The source that the state names; it differs while a cut is waited for. */
  wanted: string | null;
  /** It fills the area, alone or under smaller pictures, so that without its picture the slate is shown. */
  isMain: boolean;
  /** The sources of all tiles. */
  drawn: readonly string[];
}

/** The codec of a source's picture, if this browser cannot decode it. */
export function codecMissing(media: Received, source: string | null): string | null {
  return source === null ? null : undecodable(state.value?.sources[source], media.call.receives.value);
}

export function Tile({ media, zone, slot, frames, place, source, wanted, isMain, drawn }: Properties) {
  useResetAfterSlate(frames, wanted ?? SLATE);
  const keep = useCallback((found: Frames) => (frames.value = found), [frames]);
  // Without the server a moving picture may be the slate or a source, so it is shown.
  const slated = source === SLATE && known.value;
  const lacks = codecMissing(media, source);
  const shown = !slated && lacks === null && isShown(media, frames.value, source);
  const isNamed = source !== null && shown && drawn.length > 1;
  const speaks = isNamed && source === wanted && isSpeaking(source, speaking.value, drawn);
  const look = `${place === null ? " unused" : ""}${slated ? " slated" : ""}${speaks ? " speaks" : ""}`;
  return (
    <div class={`program-tile${look}`} style={styleOf(place)} data-testid={`slot-${slot}`}>
      <Video track={media.call.tracks.value.get(slot)} testid={`${slot}-video`} frames={keep} />
      {place !== null && !shown && isMain && (
        <Slate zone={zone} missing={source === SLATE ? null : source} lacks={lacks} />
      )}
      {place !== null && !shown && !isMain && (
        <Absent source={source} lacks={lacks} isFirst={slot === FIRST_SLOT} />
      )}
      {isNamed && <Name key={source} source={source} isKnown={source === wanted && known.value} />}
    </div>
  );
}

/** A tile's place in the area of its pictures. */
export function styleOf(place: Rectangle | null): Record<string, string> | undefined {
  if (place === null) return undefined;
  const percent = (share: number): string => `${share * 100}%`;
  return {
    left: percent(place.x),
    top: percent(place.y),
    width: percent(place.width),
    height: percent(place.height),
  };
}

function nameOf(source: string): string {
  return state.value ? sourceName(state.value, source, texts.value.slate) : source;
}

/**
 * Appears only when the picture has surely changed, and is hidden from the moment on when it may: at a cut, and while
 * the server is lost, whose slate may by now be in this slot.
 */
function Name({ source, isKnown }: { source: string; isKnown: boolean }) {
  return (
    <div class={`program-name${isKnown ? "" : " leaving"}`} data-testid="program-name">
      <span>{nameOf(source)}</span>
    </div>
  );
}

/** After the slate, or an unused slot, only a new frame counts: the element still holds an old one. */
function useResetAfterSlate(frames: Signal<Frames | null>, source: string): void {
  const slate = source === SLATE;
  // A layout effect: otherwise the old frame would be painted once.
  useLayoutEffect(() => {
    if (!slate) frames.value?.reset();
  }, [slate, frames]);
}

/** A card in place of a tile's picture that has not arrived. The first one says what concerns all of them. */
function Absent({
  source,
  lacks,
  isFirst,
}: {
  source: string | null;
  lacks: string | null;
  isFirst: boolean;
}) {
  const t = texts.value;
  const name = source === null ? "" : nameOf(source);
  const isTold = lacks !== null && !isForAudience.value;
  const isWithheld = isFirst && known.value && isPictureWithheld(state.value, welcome.value?.role ?? null);
  const text = isTold ? t.cannotShow(name, codecName(lacks)) : isWithheld ? t.pictureWithheld : name;
  return <div class="absent">{text}</div>;
}

/** Whether to show the picture: it moves, or it has moved and its sender reports a still. */
function isShown(media: Received, frames: Frames | null, source: string | null): boolean {
  if (frames === null) return false;
  const isStill =
    state.value?.sources[source ?? ""]?.still === true && media.call.phase.value === "connected";
  return frames.moving.value || (isStill && frames.begun.value);
}
