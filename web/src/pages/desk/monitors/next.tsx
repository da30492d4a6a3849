/** NEXT: the item that Next goes to as it will look, from the desk's previews, and below it what it is. */

import { state } from "../../../link/session";
import { codecName } from "../../../media/codecs";
import type { PageMedia } from "../../../media/pagemedia";
import { who } from "../../../parts/agenda";
import { styleOf } from "../../../parts/tile";
import { Video } from "../../../parts/video";
import { ifKnown } from "../../../parts/words";
import { beginOf, SLATE, sourceName } from "../../../show/agenda";
import { type Rectangle, rectangles } from "../../../show/layout";
import { nextGoesTo } from "../../../show/moves";
import { wall } from "../../../show/time";
import { texts } from "../../../texts";
import type { ItemDoc, State } from "../../../wire";
import { reason } from "../alarms/alarms";
import { usePreview } from "../preview";
import { Checks } from "./checks";

/** The width:height of the area. */
const ASPECT = 16 / 9;

export function NextItem({ media }: { media: PageMedia }) {
  const show = state.value;
  const t = texts.value.monitors;
  const item = show && nextGoesTo(show);
  return (
    <section class="monitor next" aria-label={t.label} data-testid="next-item" data-item={item?.id ?? ""}>
      <div class="monitor-picture">{show && <Pictures show={show} item={item} media={media} />}</div>
      {show && <Foot show={show} item={item} />}
    </section>
  );
}

interface PicturesProperties {
  show: State;
  /** Null: the event ends. */
  item: ItemDoc | null;
  media: PageMedia;
}

function Pictures({ show, item, media }: PicturesProperties) {
  const sources = item ? picturesOf(item) : [];
  const layout = item?.layout ?? "solo";
  const places = rectangles(sources.length, ASPECT, layout);
  return (
    <div
      class={`program layout-${layout}`}
      style={{ "--smallest": String(Math.min(1, ...places.map(({ width }) => width))) }}
    >
      {sources.map((source, n) => (
        <Picture
          key={source}
          show={show}
          source={source}
          place={places[n] ?? null}
          isNamed={sources.length > 1}
          media={media}
        />
      ))}
      {item === null && <div class="absent">{texts.value.monitors.nothing}</div>}
      <div class="monitor-source">
        <span class="chip next">{ifKnown(labelOf(show))}</span>
        {item && sources.map((source) => sourceName(show, source, texts.value.slate)).join(" + ")}
      </div>
    </div>
  );
}

/** The pictures of an item as the agenda has them, the main one first. */
function picturesOf(item: ItemDoc): string[] {
  return item.layout === "solo" ? [item.source] : [item.source, ...item.with];
}

interface PictureProperties {
  show: State;
  source: string;
  place: Rectangle | null;
  isNamed: boolean;
  media: PageMedia;
}

function Picture({ show, source, place, isNamed, media }: PictureProperties) {
  const t = texts.value;
  const doc = show.sources[source];
  const { keep, isShown, lacks } = usePreview(doc, media);
  const name = sourceName(show, source, t.slate);
  return (
    <div class="program-tile" style={styleOf(place)} data-testid={`next-picture-${source}`}>
      {source === SLATE ? (
        <div class="absent">{show.event.title}</div>
      ) : (
        <Video
          track={media.call.tracks.value.get(`view:${source}`)}
          testid={`next-video-${source}`}
          frames={keep}
          preview
        />
      )}
      {doc && !isShown && (
        <div class="absent">
          {name}
          <span class="monitor-why">
            {lacks ? t.cannotShowShort(codecName(lacks)) : doc.state !== "live" && reason(doc, t)}
          </span>
        </div>
      )}
      {isNamed && isShown && (
        <div class="program-name">
          <span>{name}</span>
        </div>
      )}
    </div>
  );
}

function labelOf(show: State): string {
  const t = texts.value.monitors;
  if (show.show.armed?.kind === "item") return t.asMarked;
  return show.show.phase === "before" ? t.first : t.next;
}

function Foot({ show, item }: { show: State; item: ItemDoc | null }) {
  const t = texts.value;
  const at = item && beginOf(show, item);
  const zone = show.event.timezone;
  return (
    <div class="monitor-foot">
      <div class="monitor-item">
        <div class="monitor-title" data-testid="next-title" lang={item?.language}>
          {item?.title ?? t.monitors.nothing}
        </div>
        <div class="monitor-who muted">
          {item ? who(show, item) : t.monitors.nothingHint}
          {item && at !== null && (
            <span class="tabular">
              {" · "}
              {item.hard ? t.monitors.hard(wall(at, zone)) : t.monitors.begins(wall(at, zone))}
            </span>
          )}
        </div>
        {item && <Checks show={show} item={item.id} />}
      </div>
    </div>
  );
}
