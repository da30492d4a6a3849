/** How well this page's own picture and sound get through, and what to do where they do not. */

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { online, state, welcome } from "../link/session";
import type { Studio } from "../media/studio";
import { destinationOf } from "../show/agenda";
import { type Complaint, complaint, type Grade, heard, type Line } from "../show/quality";
import { figure, type Texts, texts } from "../texts";
import type { SourceDoc } from "../wire";
import { Admission } from "./admission";
import { DeviceNotes } from "./devicenotes";

const SECOND = 1_000;

interface Told {
  line: Line;
  complaint: Complaint | null;
}

const told = signal<Told | null>(null);

/** Look at this page's own line once a second. */
export function useOwnLine(studio: Studio): void {
  useEffect(() => {
    const look = (): void => {
      const show = state.value;
      const me = welcome.value;
      if (!show || !me || !studio.joined.value || !online.value) return;
      const sent = destinationOf(show, me);
      const line = heard(told.value?.line ?? null, own(studio), sent);
      told.value = { line, complaint: complaint(line, told.value?.complaint ?? null) };
    };
    const timer = setInterval(look, SECOND);
    return () => clearInterval(timer);
  }, [studio]);
}

/** The source that this page feeds. */
function own(studio: Studio): SourceDoc | null {
  return state.value?.sources[studio.feeding.value ?? ""] ?? null;
}

/** How good the line is; null while nothing is known of it. */
export function ownGrade(studio: Studio): Grade | null {
  if (!studio.joined.value || !told.value) return null;
  return missing(studio) ? "danger" : (told.value.complaint?.grade ?? "good");
}

/** What keeps this page's picture or sound away from the show, as far as the server knows. */
function missing(studio: Studio): SourceDoc | null {
  const source = own(studio);
  const { camera, microphone } = studio.devices.tracks;
  // Without a device there is nothing to miss; what to do about that is said beside the device.
  const feeds = camera.value !== null || microphone.value !== null;
  return feeds && studio.joined.value && online.value && source?.state === "stalled" ? source : null;
}

function sentence({ line, complaint }: Told, t: Texts): string | null {
  switch (complaint?.about) {
    case "up":
      return t.line.up(percent(line.up));
    case "down":
      return t.line.down(percent(line.down));
    case "trip":
      return t.line.trip(figure(line.trip / SECOND, 1));
    case "small":
      return t.line.small;
    default:
      return null;
  }
}

function percent(fraction: number): string {
  return `${figure(Math.max(1, fraction * 100))} %`;
}

/** Lies over the programme, so that nothing moves; empty while all is well. */
export function OwnLine({ studio }: { studio: Studio }) {
  return (
    <div class="line-notes" role="status">
      <Admission studio={studio} />
      <div data-testid="own-line">{studio.isKeptOut.value || <Note studio={studio} />}</div>
      {studio.joined.value && <DeviceNotes studio={studio} />}
    </div>
  );
}

function Note({ studio }: { studio: Studio }) {
  const t = texts.value;
  const source = missing(studio);
  if (source) {
    const remedy =
      t.remedies[source.why === "no-keyframe" || source.why === "too-large" ? source.why : "network"];
    return <Sentence grade="danger" text={whatIsMissing(studio, source, t)} remedy={remedy} />;
  }
  const text = studio.joined.value && online.value && told.value ? sentence(told.value, t) : null;
  if (!text) return null;
  return <Sentence grade={told.value?.complaint?.grade ?? "warn"} text={text} remedy={t.lineRemedy} />;
}

/** Rooms go by their name, a guest is spoken to. */
function whatIsMissing(studio: Studio, source: SourceDoc, t: Texts): string {
  const picture = studio.devices.tracks.camera.value !== null;
  if (welcome.value?.role === "guest") return picture ? t.ownPictureMissing : t.ownSoundMissing;
  return picture ? t.pictureMissing(source.name) : t.soundMissing(source.name);
}

function Sentence({ grade, text, remedy }: { grade: Grade; text: string; remedy: string }) {
  return (
    <div class={`line-note ${grade}`} data-grade={grade}>
      <strong>{text}</strong>
      <span>{remedy}</span>
    </div>
  );
}
