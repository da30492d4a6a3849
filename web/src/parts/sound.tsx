/** The sound of this page: one element a microphone slot, all on the chosen loudspeaker. */

import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { wake } from "../media/level";
import type { Studio } from "../media/studio";

const SLOTS = ["mic1", "mic2", "mic3", "mic4", "talkback"] as const;

/** The browser waits for a gesture before it plays sound. */
export const blocked = signal(false);

const elements = new Set<HTMLAudioElement>();

async function play(element: HTMLAudioElement): Promise<void> {
  try {
    await element.play();
  } catch (error) {
    // Other reasons (a track replaced meanwhile) end by themselves.
    if (error instanceof DOMException && error.name === "NotAllowedError") blocked.value = true;
  }
}

/** Call in a gesture: from now on there is sound. */
export function unblock(): void {
  blocked.value = false;
  wake();
  for (const element of elements) void play(element);
}

export function Sound({ studio, on = true }: { studio: Studio; on?: boolean }) {
  const speaker = studio.devices.choice.value.speaker?.id ?? "";
  return (
    <div hidden>
      {SLOTS.map((slot) => (
        <Slot key={slot} slot={slot} track={studio.call.tracks.value.get(slot)} speaker={speaker} on={on} />
      ))}
    </div>
  );
}

interface SlotProperties {
  slot: string;
  track: MediaStreamTrack | undefined;
  speaker: string;
  on: boolean;
}

function Slot({ slot, track, speaker, on }: SlotProperties) {
  const reference = useRef<HTMLAudioElement>(null);
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
    // Not every browser can choose; a loudspeaker that is gone leaves the sound where it was.
    const element = reference.current;
    if (element && "setSinkId" in element) element.setSinkId(speaker).catch(() => undefined);
  }, [speaker]);
  return <audio ref={reference} data-testid={`audio-${slot}`} muted={!on} />;
}
