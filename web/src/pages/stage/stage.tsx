/** The stage display, readable from the stage: the time left, the cities' clocks, items, cues and messages. No picture, no sound. */

import { known, now, state } from "../../link/session";
import { useFreshBuild } from "../../link/update";
import { who } from "../../parts/agenda";
import { Banner } from "../../parts/banner";
import { Button } from "../../parts/button";
import { Fitted } from "../../parts/fitted";
import { ItemSaid } from "../../parts/itemsaid";
import {
  canFullScreen,
  isForAudience,
  isFullScreen,
  showToAudience,
  toggleAudience,
  useAudience,
  useAwake,
} from "../../parts/screen";
import { Progress } from "../../parts/timeleft";
import { ifKnown, nowWord } from "../../parts/words";
import { beginOf, onAir, upNext } from "../../show/agenda";
import { homeOf } from "../../show/stage/cityclocks";
import { driftAt } from "../../show/stage/drift";
import { wall } from "../../show/time";
import { texts } from "../../texts";
import type { ItemDoc, State } from "../../wire";
import { CityClocks } from "./clocks";
import { Said, SaidAloud, saidNow } from "./said";
import { StageTime, stageTime } from "./time";

/** `?at=krefeld`: the venue in which this display stands, if that is not the host. */
const wanted = new URLSearchParams(location.search).get("at");

export function Stage() {
  useAudience();
  useAwake();
  useFreshBuild();
  const show = state.value;
  if (!show) return null;
  const home = homeOf(show, wanted);
  const zone = home?.timezone ?? show.event.timezone;
  const time = stageTime(show, zone);
  const said = saidNow(show, home);
  const drift = driftAt(now.value);
  const looks = [
    `tone-${time.tone}`,
    said.length > 0 ? "is-told" : "",
    time.isIdle ? "idle" : "",
    isFullScreen.value ? "full" : "",
  ];
  return (
    // A double click anywhere does the same as the key F.
    <main
      class={`page stage ${looks.join(" ")}`}
      style={{ "--drift-x": drift.x, "--drift-y": drift.y }}
      data-testid="stage"
      data-tone={known.value ? time.tone : "unknown"}
      onDblClick={toggleAudience}
    >
      <h1 class="unseen">{texts.value.roles.stage}</h1>
      <ItemSaid />
      <SaidAloud show={show} home={home} />
      <CityClocks show={show} home={home} />
      <StageTime time={time} />
      <Progress />
      <Said said={said} zone={zone} />
      {said.length === 0 && <Items show={show} zone={zone} />}
      {isForAudience.value && canFullScreen && !isFullScreen.value && (
        <Button testid="full-again-button" class="quiet full-again" press={showToAudience}>
          {texts.value.clickForFull}
        </Button>
      )}
      <Banner media={null} zone={zone} />
    </main>
  );
}

/** The item on air and the one after it. */
function Items({ show, zone }: { show: State; zone: string }) {
  const t = texts.value;
  const [item, next] = [onAir(show), upNext(show)];
  const at = next && beginOf(show, next);
  const held = show.show.held && item ? ` · ${t.phases.held}` : "";
  const label = item ? `${nowWord()}${ifKnown(held)}` : ifKnown(t.phases[show.show.phase]);
  return (
    <div class="stage-items">
      {item ? (
        <Item label={label} item={item} show={show} />
      ) : (
        <Item label={label} title={show.event.title} lang={show.event.language} show={show} />
      )}
      {next ? (
        <Item label={t.nextUp} at={at === null ? "" : wall(at, zone)} item={next} show={show} />
      ) : (
        item && <Item label={t.nextUp} title={t.nothingElse} show={show} />
      )}
    </div>
  );
}

interface ItemProperties {
  show: State;
  label: string;
  /** When it begins. */
  at?: string;
  item?: ItemDoc;
  /** Of what is no item. */
  title?: string;
  lang?: string;
}

function Item({ show, label, at = "", item, title = "", lang }: ItemProperties) {
  const text = item?.title ?? title;
  return (
    <div class="stage-item">
      <div class="now-label">
        {label} {at !== "" && <span class="tabular stage-at">{at}</span>}
      </div>
      <Fitted class="stage-title" text={text} lang={item?.language ?? lang} most={0.5}>
        {text}
      </Fitted>
      <div class="muted stage-who">{item && who(show, item)}</div>
    </div>
  );
}
