/** The sound of this page: one audio element per microphone slot, all on the chosen loudspeaker. */

import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Devices } from "../media/devices";
import { resumeAudio } from "../media/level";
import type { PageMedia } from "../media/pagemedia";

const SLOTS = ["mic1", "mic2", "mic3", "mic4", "talkback"] as const;

/** The browser plays no sound before a user gesture. */
export const isAutoplayBlocked = signal(false);

const elements = new Set<HTMLAudioElement>();

async function play(element: HTMLAudioElement): Promise<void> {
  try {
    await element.play();
  } catch (error) {
    // Other errors (a track was replaced meanwhile) do not matter.
    if (error instanceof DOMException && error.name === "NotAllowedError") isAutoplayBlocked.value = true;
  }
}

/** Start the sound; call in a user gesture. */
export function startSound(): void {
  isAutoplayBlocked.value = false;
  resumeAudio();
  for (const element of elements) void play(element);
}

export function Sound({ media, on = true }: { media: PageMedia; on?: boolean }) {
  const { devices } = media;
  return (
    <div hidden>
      {SLOTS.map((slot) => (
        <Slot key={slot} slot={slot} track={media.call.tracks.value.get(slot)} devices={devices} on={on} />
      ))}
    </div>
  );
}

interface SlotProperties {
  slot: string;
  track: MediaStreamTrack | undefined;
  devices: Devices;
  on: boolean;
}

function Slot({ slot, track, devices, on }: SlotProperties) {
  const reference = useRef<HTMLAudioElement>(null);
  const sink = devices.speaker.sink.value;
  useEffect(() => {
    const element = reference.current;
    if (!element) return;
    elements.add(element);
    return () => void elements.delete(element);
  }, []);
  useEffect(() => {
    const element = reference.current;
    if (!element) return;
    element.srcObject = track ? new MediaStream([track]) : null;
    if (track && on) void play(element);
  }, [track, on]);
  useEffect(() => {
    // Not in every browser. If a loudspeaker is refused, the sound stays where it was, and the page says so.
    const element = reference.current;
    if (element && "setSinkId" in element)
      element.setSinkId(sink).catch(() => sink !== "" && devices.speaker.refuse(sink));
  }, [sink, devices]);
  return <audio ref={reference} data-testid={`audio-${slot}`} muted={!on} />;
}
