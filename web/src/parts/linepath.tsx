/** The network path of this page: what is blocked, what it uses instead, and what to ask for. */

import { signal } from "@preact/signals";
import { online } from "../link/session";
import type { PageMedia } from "../media/pagemedia";
import type { LineCheck } from "../media/path/linecheck";
import { type Texts, texts } from "../texts";
import { Button } from "./button";

export interface PathWords {
  what: string;
  remedy: string;
}

/** A note that somebody has read stays closed until the page is loaded again, or something else is blocked. */
const closed = signal<LineCheck["kind"] | null>(null);

function wordsOf(check: LineCheck, t: Texts["path"]): PathWords | null {
  switch (check.kind) {
    case "unknown":
    case "good":
      return null;
    case "tcp":
      return { what: t.here.tcp, remedy: t.remedies.udp(check.ports) };
    case "relay":
      return { what: t.here.relay(check.ports, check.over), remedy: t.remedies.direct(check.ports) };
    case "blocked":
      return { what: t.here.blocked, remedy: `${t.goesOn} ${t.remedies.any(check.ports)}` };
    case "family":
      return { what: t.here.family(check.family), remedy: `${t.goesOn} ${t.remedies.family(check.family)}` };
  }
}

/** What is blocked for this page; null while all is well or not known. */
export function pathWords(media: PageMedia): PathWords | null {
  if (!media.joined.value || !online.value) return null;
  return wordsOf(media.call.path.check.value, texts.value.path);
}

/** What would help a bad connection: a port to be opened, if one is blocked. */
export function pathRemedy(media: PageMedia): string | null {
  return pathWords(media)?.remedy ?? null;
}

/** Whether nothing gets through. */
export function isBlocked(media: PageMedia): boolean {
  return media.joined.value && online.value && media.call.path.check.value.path === "blocked";
}

/** Laid over the programme: an alarm where nothing gets through, else a quiet note that can be closed. */
export function PathNote({ media }: { media: PageMedia }) {
  const words = pathWords(media);
  const { kind } = media.call.path.check.value;
  if (!words || closed.value === kind) return null;
  const alarm = isBlocked(media);
  return (
    <div class={`line-note ${alarm ? "danger" : "quiet"}`} data-testid="path-note" data-path={kind}>
      <strong>{words.what}</strong>
      <span>{words.remedy}</span>
      {!alarm && (
        <Button
          testid="path-close"
          class="quiet"
          label={texts.value.close}
          press={() => (closed.value = kind)}
        >
          ×
        </Button>
      )}
    </div>
  );
}

/** The path in the setup, where it is shown also while all is well. Nothing before the page has joined. */
export function PathState({ media }: { media: PageMedia }) {
  if (!media.joined.value) return null;
  const t = texts.value.path;
  const { kind, path } = media.call.path.check.value;
  const words = pathWords(media);
  return (
    <div class="path-state" data-testid="path-state" data-path={path}>
      <strong>
        {t.label}: {path === null ? t.connecting : t.names[path]}
      </strong>
      {words ? `${words.what} ${words.remedy}` : kind === "good" && t.good}
    </div>
  );
}
