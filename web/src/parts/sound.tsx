/**
 * The sound of this page: one media element per received audio track. An element is muted where Web Audio plays its
 * track, or where the track is not to be heard.
 */

import { useEffect, useRef } from "preact/hooks";
import type { PageMedia } from "../media/pagemedia";
import { resumeAudio } from "../media/sound/contexts";
import { fade } from "../media/sound/fade";
import { busOf } from "../media/sound/mix";
import { play, usePlayAgain } from "./playagain";

const elements = new Set<HTMLAudioElement>();

/** Start the sound; call in a user gesture. */
export function startSound(): void {
  resumeAudio();
  for (const element of elements) void play(element);
}

export function Sound({ media, on = true }: { media: PageMedia; on?: boolean }) {
  usePlayAgain(media);
  useEffect(() => {
    media.sound.on.value = on;
  }, [media, on]);
  const slots = [...media.call.tracks.value].filter(([slot]) => busOf(slot) !== null);
  return (
    <div hidden>
      {slots.map(([slot, track]) => (
        <Slot key={slot} slot={slot} track={track} media={media} />
      ))}
    </div>
  );
}

interface SlotProperties {
  slot: string;
  track: MediaStreamTrack;
  media: PageMedia;
}

function Slot({ slot, track, media }: SlotProperties) {
  const reference = useRef<HTMLAudioElement>(null);
  const { speaker } = media.devices;
  const sink = speaker.sink.value ?? "";
  const isMuted = !media.sound.isDirect(slot);
  useEffect(() => {
    const element = reference.current;
    if (!element) return;
    elements.add(element);
    return () => void elements.delete(element);
  }, []);
  useEffect(() => {
    // A muted element may always play. One that was blocked is played again once it is to be heard.
    const element = reference.current;
    return element ? fade(element, !isMuted) : undefined;
  }, [isMuted]);
  useEffect(() => {
    const element = reference.current;
    if (!element) return;
    if (element.srcObject instanceof MediaStream && element.srcObject.getTracks()[0] === track) {
      if (element.paused) void play(element);
      return;
    }
    element.srcObject = new MediaStream([track]);
    void play(element);
  }, [track, isMuted]);
  useEffect(() => {
    // Not in every browser. If a loudspeaker is refused, the sound stays where it was, and the page says so.
    const element = reference.current;
    if (element && "setSinkId" in element)
      element.setSinkId(sink).catch(() => sink !== "" && speaker.refuse(sink));
  }, [sink, speaker]);
  return <audio ref={reference} data-testid={`audio-${slot}`} muted />;
}
