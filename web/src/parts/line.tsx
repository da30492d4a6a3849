/** Warnings about this page's own connection, with remedies. */

import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { lines, online, state, welcome } from "../link/session";
import type { PageMedia } from "../media/pagemedia";
import { destinationOf } from "../show/agenda";
import { type Complaint, type ConnectionMean, complaintAbout, type Grade, updateMean } from "../show/quality";
import { figure, type Texts, texts } from "../texts";
import type { SourceDoc } from "../wire";
import { Admission } from "./admission";
import { DeviceNotes } from "./devicenotes";
import { isBlocked, PathNote, pathRemedy } from "./linepath";
import { said, saidWithLine } from "./said";
import { Talks } from "./talk";

const UPDATE_INTERVAL_MS = 1_000;

interface ConnectionState {
  line: ConnectionMean;
  complaint: Complaint | null;
}

const connection = signal<ConnectionState | null>(null);

/** Update this page's connection mean once a second. */
export function useOwnLine(media: PageMedia): void {
  useEffect(() => {
    const look = (): void => {
      const found = lines.value;
      const me = welcome.value;
      if (!found || !me || !media.joined.value || !online.value) return;
      const fed = found.sources[media.feeding.value ?? ""] ?? null;
      const line = updateMean(connection.value?.line ?? null, fed, destinationOf(found, me));
      connection.value = { line, complaint: complaintAbout(line, connection.value?.complaint ?? null) };
    };
    const timer = setInterval(look, UPDATE_INTERVAL_MS);
    return () => clearInterval(timer);
  }, [media]);
}

/** The source that this page feeds. */
function own(media: PageMedia): SourceDoc | null {
  return state.value?.sources[media.feeding.value ?? ""] ?? null;
}

/** The grade of the connection; null while unknown. */
export function ownGrade(media: PageMedia): Grade | null {
  if (!media.joined.value) return null;
  if (isBlocked(media)) return "danger";
  if (!connection.value) return null;
  return missing(media) ? "danger" : (connection.value.complaint?.grade ?? "good");
}

/** This page's source, if the server reports it as stalled. */
function missing(media: PageMedia): SourceDoc | null {
  const source = own(media);
  const { camera, microphone } = media.devices.tracks;
  // Without any device the device notes apply instead.
  const feeds = camera.value !== null || microphone.value !== null;
  return feeds && media.joined.value && online.value && source?.state === "stalled" ? source : null;
}

function sentence({ line, complaint }: ConnectionState, t: Texts): string | null {
  switch (complaint?.about) {
    case "up":
      return t.line.up(percent(line.up));
    case "down":
      return t.line.down(percent(line.down));
    case "trip":
      return t.line.trip(figure(line.trip / 1_000, 1));
    case "small":
      return t.line.small;
    default:
      return null;
  }
}

function percent(fraction: number): string {
  return `${figure(Math.max(1, fraction * 100))} %`;
}

/** Laid over the programme, so that nothing moves; empty while all is well. */
export function OwnLine({ media, children }: { media: PageMedia; children?: ComponentChildren }) {
  return (
    <div class="line-notes">
      <div {...said}>
        <Admission media={media} />
        <Talks media={media} />
        <div data-testid="own-line">
          {media.isFedElsewhere.value ? <PathNote media={media} /> : <Note media={media} />}
        </div>
        {children}
      </div>
      {media.joined.value && <DeviceNotes media={media} />}
    </div>
  );
}

function Note({ media }: { media: PageMedia }) {
  const t = texts.value;
  if (isBlocked(media)) return <PathNote media={media} />;
  const source = missing(media);
  if (source) {
    const remedy =
      t.remedies[source.why === "no-keyframe" || source.why === "too-large" ? source.why : "network"];
    return <Sentence grade="danger" text={whatIsMissing(media, source, t)} remedy={remedy} />;
  }
  const text = media.joined.value && online.value && connection.value ? sentence(connection.value, t) : null;
  if (!text) return <LimitNote media={media} />;
  const remedy = pathRemedy(media) ?? t.lineRemedy;
  return <Sentence grade={connection.value?.complaint?.grade ?? "warn"} text={text} remedy={remedy} />;
}

/** What this page gives up, or why its picture is smaller than the camera's; else what is said of the path. */
function LimitNote({ media }: { media: PageMedia }) {
  const { limit } = media.condition.value;
  if (media.load.given.value.length > 0) return <LoadNote media={media} />;
  if (!limit || !media.joined.value || !online.value) return <PathNote media={media} />;
  const { what, remedy } = texts.value.limits.here[limit];
  const advice = limit === "bandwidth" ? (pathRemedy(media) ?? remedy) : remedy;
  return <Sentence grade="warn" text={what} remedy={advice} />;
}

/** What this page gives up while its computer is overloaded. */
export function LoadNote({ media }: { media: PageMedia }) {
  const last = media.load.given.value.at(-1);
  const { here, remedy } = texts.value.load;
  return last ? <Sentence grade="warn" text={here[last]} remedy={remedy} /> : null;
}

/** A hall is named, a guest addressed. */
function whatIsMissing(media: PageMedia, source: SourceDoc, t: Texts): string {
  const picture = media.devices.tracks.camera.value !== null;
  if (welcome.value?.role === "guest") return picture ? t.ownPictureMissing : t.ownSoundMissing;
  return picture ? t.pictureMissing(source.name) : t.soundMissing(source.name);
}

function Sentence({ grade, text, remedy }: { grade: Grade; text: string; remedy: string }) {
  return (
    <div class={`line-note ${grade}`} data-grade={grade}>
      <strong {...saidWithLine}>{text}</strong>
      <span>{remedy}</span>
    </div>
  );
}
