/** The programme for everyone else: picture, sound, and what comes. */

import { useCallback, useEffect, useRef } from "preact/hooks";
import { state } from "../link/session";
import type { Studio } from "../media/studio";
import { who } from "../parts/agenda";
import { Banner } from "../parts/banner";
import { Button } from "../parts/button";
import { Header } from "../parts/header";
import { Program } from "../parts/program";
import { toggleFull, useAwake, useFullScreen } from "../parts/screen";
import { blocked, Sound, unblock } from "../parts/sound";
import { Progress, TimeLeft } from "../parts/timeleft";
import { beginOf, fromNowOn } from "../show/agenda";
import { city, ownZone, wall } from "../show/time";
import { texts } from "../texts";

const STRIP = 4;

export function Viewer({ studio }: { studio: Studio }) {
  const zone = ownZone();
  const screen = useRef<HTMLDivElement>(null);
  const element = useCallback(() => screen.current, []);
  useFullScreen(element);
  useAwake();
  useEffect(() => studio.enter(), [studio]);
  return (
    <div class="page viewer">
      <Header zone={zone} place={city(zone)}>
        <Button testid="fullscreen-button" class="quiet" hint="F" press={() => toggleFull(screen.current)}>
          {texts.value.fullScreen} <kbd>F</kbd>
        </Button>
      </Header>
      <main class="viewer-screen" ref={screen}>
        <Program studio={studio} zone={zone} />
        {blocked.value && (
          <Button testid="sound-button" class="sound-button" press={unblock}>
            {texts.value.tapForSound}
          </Button>
        )}
      </main>
      <footer class="strip">
        <Progress />
        <TimeLeft zone={zone} />
        <Strip zone={zone} />
      </footer>
      <Sound studio={studio} />
      <Banner studio={studio} />
    </div>
  );
}

/** The item on air and the next few, side by side. */
function Strip({ zone }: { zone: string }) {
  const show = state.value;
  if (!show) return <ol class="strip-items" />;
  const t = texts.value;
  return (
    <ol class="strip-items">
      {fromNowOn(show, STRIP).map((item) => {
        const at = beginOf(show, item);
        return (
          <li key={item.id} class={`strip-item ${item.status}`} data-testid={`agenda-row-${item.id}`}>
            <span class="now-label tabular">
              {item.status === "on-air" ? t.now : at === null ? "" : wall(at, zone)}
            </span>
            <span class="strip-title" lang={item.language}>
              {item.title}
            </span>
            <span class="muted strip-who">{who(show, item)}</span>
          </li>
        );
      })}
    </ol>
  );
}
