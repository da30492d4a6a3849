/** The line at the top of every page: the event, whose page this is, the clocks. */

import type { ComponentChildren } from "preact";
import { state, status, welcome } from "../link/session";
import { LANGUAGES, type Language, language, speak, texts } from "../texts";
import { Clock } from "./clock";

interface Properties {
  zone: string;
  /** Where `zone` is, for people. */
  place: string;
  children?: ComponentChildren;
}

export function Header({ zone, place, children }: Properties) {
  const t = texts.value;
  const me = welcome.value;
  const open = status.value === "open";
  return (
    <header class="header">
      <div class="header-who">
        <span
          class={`dot ${open ? "good" : "bad"}`}
          role="img"
          aria-label={open ? t.connected : t.connecting}
        />
        <strong class="header-name">
          {me?.role === "viewer" || me?.role === "stage" ? t.roles[me.role] : me?.name}
        </strong>
        <span class="header-event muted">{state.value?.event.title}</span>
      </div>
      <div class="header-tools">{children}</div>
      <Languages />
      <Clock zone={zone} name={place} />
    </header>
  );
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
