/** The header of every page: whose page it is, the event, the clocks. */

import type { ComponentChildren } from "preact";
import { state, status, welcome } from "../link/session";
import type { PageMedia } from "../media/pagemedia";
import { LANGUAGES, type Language, language, speak, texts } from "../texts";
import { Clock } from "./clock";
import { ItemSaid } from "./itemsaid";
import { ownGrade } from "./line";
import { pathWords } from "./linepath";
import { noServer } from "./words";

interface Properties {
  zone: string;
  /** The name of the place of `zone`. */
  place: string;
  /** Given where this page feeds a source: the dot then shows its connection quality. */
  media?: PageMedia;
  children?: ComponentChildren;
}

export function Header({ zone, place, media, children }: Properties) {
  const me = welcome.value;
  return (
    <header class="header">
      <div class="header-who">
        <Quality media={media ?? null} zone={zone} />
        <h1 class="header-name">
          {me?.role === "viewer" || me?.role === "stage" ? texts.value.roles[me.role] : me?.name}
        </h1>
        <span class="header-event muted">{state.value?.event.title}</span>
      </div>
      <ItemSaid />
      <div class="header-tools">{children}</div>
      <Languages />
      <Clock zone={zone} name={place} />
    </header>
  );
}

/** A dot for the state and quality of this page's connection. */
function Quality({ media, zone }: { media: PageMedia | null; zone: string }) {
  const t = texts.value;
  const line = media && ownGrade(media);
  const words = { good: t.lineGood, warn: t.lineFair, danger: t.linePoor };
  const open = status.value === "open";
  const text = open ? (line ? words[line] : t.connected) : noServer(zone) || t.connecting;
  const look = open ? { good: "good", warn: "bad", danger: "worst" }[line ?? "good"] : "bad";
  // The session is for people who look for this page in the server's log.
  const details = [text, media && open && pathWords(media)?.what, open && welcome.value?.session]
    .filter(Boolean)
    .join(" · ");
  return <span class={`dot ${look}`} role="img" aria-label={text} title={details} data-testid="quality" />;
}

function Languages() {
  return (
    <select
      class="quiet"
      data-testid="language-select"
      aria-label={texts.value.language}
      value={language.value}
      onChange={(event) => speak(event.currentTarget.value as Language)}
    >
      {LANGUAGES.map(([code, name]) => (
        <option key={code} value={code} lang={code}>
          {name}
        </option>
      ))}
    </select>
  );
}
