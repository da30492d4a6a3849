/** The network path of this page: what is blocked, what it uses instead, and what to ask for. */

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { online } from "../link/session";
import type { PageMedia } from "../media/pagemedia";
import type { LineCheck } from "../media/path/linecheck";
import { type Texts, texts } from "../texts";
import { Button } from "./button";
import { LineMeasured } from "./entry/linemeasured";
import { said } from "./said";

export interface PathWords {
  what: string;
  remedy: string;
}

/** A note that somebody has read stays closed until the page is loaded again, or something else is blocked. */
const closed = signal<LineCheck["kind"] | null>(null);

/** `ahead`: the page has not joined, so nothing is sent yet. */
function wordsOf(check: LineCheck, t: Texts["path"], ahead = false): PathWords | null {
  const here = ahead ? { ...t.here, ...t.ahead } : t.here;
  switch (check.kind) {
    case "unknown":
    case "good":
      return null;
    case "tcp":
      return { what: here.tcp, remedy: t.remedies.udp(check.ports) };
    case "relay":
      return { what: here.relay(check.ports, check.over), remedy: t.remedies.direct(check.ports) };
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

/** Try the path while the page has not joined: at once, and again when the network changes. */
export function useLineTrial(media: PageMedia): void {
  const joined = media.joined.value;
  useEffect(() => {
    if (joined || media.joinedBefore) return;
    const begin = () => media.trial.begin();
    begin();
    addEventListener("online", begin);
    return () => removeEventListener("online", begin);
  }, [media, joined]);
}

/** The path in the setup, where it is shown also while all is well. Before joining it is as the trial has found it. */
export function PathState({ media }: { media: PageMedia }) {
  const t = texts.value.path;
  const ahead = !media.joined.value;
  const check = media.path.value;
  const isTried = media.trial.runs.value;
  if (ahead && !isTried && check.kind === "unknown") return null;
  const words = online.value ? wordsOf(check, t, ahead) : null;
  const name = check.path === null ? (ahead ? t.trying : t.connecting) : t.names[check.path];
  return (
    <div
      class={`path-state${words ? " warns" : ""}`}
      aria-busy={isTried}
      data-testid="path-state"
      data-path={check.path}
    >
      <div {...said}>
        <strong>
          {t.label}: {name}
        </strong>
        <div class="path-found">
          {words ? `${words.what} ${words.remedy}` : check.kind === "good" && t.good}
        </div>
      </div>
      {ahead && <LineMeasured trial={media.trial} />}
      {ahead && (words || media.trial.meter) && (
        <Button
          testid="path-again"
          class="small"
          blocked={isTried ? t.trying : online.value ? null : texts.value.blocked.offline}
          press={() => media.trial.begin()}
        >
          {isTried ? t.trying : t.again}
        </Button>
      )}
    </div>
  );
}
