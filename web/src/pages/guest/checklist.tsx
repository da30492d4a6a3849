/** The guest's checklist in the green room: each line from what the page measures, or is sent. */

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { state, welcome } from "../../link/session";
import type { PageMedia } from "../../media/pagemedia";
import { ownGrade } from "../../parts/line";
import { returnsEcho } from "../../parts/soundnotes";
import { placeDoc } from "../../show/agenda";
import { type Check, checksOf, HEARD_LUFS } from "../../show/guest/checks";
import { instant, ownZone, wall } from "../../show/time";
import { texts } from "../../texts";

const MARKS = { ok: "✓", open: "…", bad: "!" } as const;

/** The microphone's track that has been heard; another device has to be heard again. */
const heard = signal<MediaStreamTrack | null>(null);

/** Note when the microphone is heard. */
export function useHeard(media: PageMedia): void {
  useEffect(
    () =>
      media.sounds.loudness.subscribe((lufs) => {
        const track = media.devices.tracks.microphone.peek();
        if (lufs >= HEARD_LUFS && track) heard.value = track;
      }),
    [media],
  );
}

function checks(media: PageMedia): readonly Check[] {
  const { devices } = media;
  const source = state.value?.sources[media.feeding.value ?? ""];
  const { camera, microphone, muted } = media.condition.value;
  const track = devices.tracks.microphone.value;
  const output = devices.speaker.devices.value?.find(
    (each) => each.id === (devices.speaker.sink.value || "default"),
  );
  return checksOf({
    devices: { camera, microphone, muted },
    heard: track !== null && heard.value === track,
    labels: [output?.label ?? "", track?.label ?? ""],
    echoes: returnsEcho(media),
    line: media.feeding.value === null ? null : ownGrade(media),
    approved: (source?.approved_at ?? null) !== null,
  });
}

export function Checklist({ media }: { media: PageMedia }) {
  const t = texts.value.guest.checks;
  return (
    <section class="checklist" aria-label={t.title}>
      <ul>
        {checks(media).map(({ id, state, word }) => (
          <li key={id} class={`check check-${id} ${state}`} data-testid={`check-${id}`} data-check={state}>
            <span class="check-mark" aria-hidden="true">
              {MARKS[state]}
            </span>
            <span>
              <strong>{t.names[id]}</strong>{" "}
              <span class="check-word">{word === "approved" ? t.approved(approvedClock()) : t[word]}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** When the moderators approved the guest, in the guest's time zone. */
function approvedClock(): string {
  const id = welcome.value?.id ?? "";
  const show = state.value;
  const at = instant(show?.sources[id]?.approved_at);
  return at === null ? "" : wall(at, (show && placeDoc(show, id)?.timezone) ?? ownZone());
}

/** Before going on: camera, microphone, and where to look. */
export function Ready({ media }: { media: PageMedia }) {
  const t = texts.value.guest;
  const [camera, microphone] = checks(media);
  const isCameraOn = camera?.state === "ok";
  const isMicrophoneOn = microphone?.word === "heard" || microphone?.word === "notHeard";
  return (
    <div class="turn-ready" data-testid="get-ready">
      <span class={isCameraOn ? "" : "off"}>{isCameraOn ? t.camera.on : t.camera.off}</span>
      <span class={isMicrophoneOn ? "" : "off"}>{isMicrophoneOn ? t.microphone.on : t.microphone.off}</span>
      <span>{t.lookAtCamera}</span>
    </div>
  );
}
