/** The sound of this page: one element a microphone slot, all on the chosen loudspeaker. */

import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Devices } from "../media/devices";
import { resumeAudio } from "../media/level";
import type { PageMedia } from "../media/pagemedia";

const SLOTS = ["mic1", "mic2", "mic3", "mic4", "talkback"] as const;

/** The browser waits for a gesture before it plays sound. */
export const isAutoplayBlocked = signal(false);

const elements = new Set<HTMLAudioElement>();

async function play(element: HTMLAudioElement): Promise<void> {
  try {
    await element.play();
  } catch (error) {
    // Other reasons (a track replaced meanwhile) end by themselves.
    if (error instanceof DOMException && error.name === "NotAllowedError") isAutoplayBlocked.value = true;
  }
}

/** Call in a gesture: from now on there is sound. */
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
    // Not every browser can choose. A loudspeaker that is refused leaves the sound where it was, and the page says so.
    const element = reference.current;
    if (element && "setSinkId" in element)
      element.setSinkId(sink).catch(() => sink !== "" && devices.speaker.refuse(sink));
  }, [sink, devices]);
  return <audio ref={reference} data-testid={`audio-${slot}`} muted={!on} />;
}
