/** Several pictures taken by hand: sources are picked on their tiles, and taken together in a layout. */

import { signal } from "@preact/signals";
import { looksOn, state } from "../../../link/session";
import { Button } from "../../../parts/button";
import { barred } from "../../../parts/words";
import { sourceName } from "../../../show/agenda";
import { type Layout, rectangles } from "../../../show/layout";
import { cannotTake } from "../../../show/moves";
import { texts } from "../../../texts";
import type { State } from "../../../wire";
import { rests } from "../foresight/foresee";
import { type Order, send } from "../send";

/** The pictures of the programme at most. */
const MAX_PICTURES = 9;
const ICON_ASPECT = 16 / 9;

/** The sources that were picked, the main one first. */
const picks = signal<readonly string[]>([]);

/** Adds a source to the next take, or leaves it out. */
export function Pick({ id, name }: { id: string; name: string }) {
  const t = texts.value.override;
  const place = picks.value.indexOf(id);
  const isPicked = place >= 0;
  const label = isPicked ? t.unpick(name) : t.pick(name);
  return (
    <Button
      testid={`pick-${id}`}
      class="small pick"
      hint={label}
      pressed={isPicked}
      blocked={barred()}
      press={() => {
        const others = picks.value.filter((other) => other !== id);
        picks.value = isPicked ? others : [...others, id].slice(-MAX_PICTURES);
      }}
    >
      {isPicked ? place + 1 : "+"} <span class="unseen">{label}</span>
    </Button>
  );
}

/** What was picked, with a button for each layout. */
export function Picked() {
  const show = state.value;
  if (!show || looksOn.value || picks.value.length === 0) return null;
  const t = texts.value;
  const sources = picks.value.filter((id) => show.sources[id]);
  const names = sources.map((id) => sourceName(show, id, t.slate)).join(" + ");
  const blocked =
    barred() ?? sources.map((id) => cannotBeShown(show, id)).find((why) => why !== null) ?? null;
  return (
    <div class="picked" role="toolbar" aria-label={t.override.picked} data-testid="picked">
      <strong>{names}</strong>
      {layoutsOf(sources.length).map((layout) => {
        const order: Order = { type: "take", source: sources[0] ?? "", with: sources.slice(1), layout };
        return (
          <Button
            key={layout}
            testid={`take-${layout}`}
            class="small take-layout"
            label={`${t.override.take}: ${t.override.layouts[layout]}`}
            hint={t.override.layouts[layout]}
            blocked={blocked}
            rests={rests(() => order)}
            press={() => void take(order)}
          >
            <Icon count={sources.length} layout={layout} /> {t.override.take}
          </Button>
        );
      })}
      <Button
        testid="picked-clear"
        class="quiet small"
        label={t.override.clear}
        press={() => (picks.value = [])}
      >
        ×
      </Button>
    </div>
  );
}

async function take(order: Order): Promise<void> {
  if (await send(order)) picks.value = [];
}

function cannotBeShown(show: State, id: string): string | null {
  const source = show.sources[id];
  return source?.state === "absent" ? cannotTake(show, id, source, null, texts.value) : null;
}

/** The layouts of so many pictures. */
function layoutsOf(count: number): Layout[] {
  if (count <= 1) return ["solo"];
  return count === 2 ? ["side-by-side", "pip"] : count <= 4 ? ["grid", "pip"] : ["grid"];
}

/** The layout, drawn small. */
function Icon({ count, layout }: { count: number; layout: Layout }) {
  return (
    <svg class="layout-icon" viewBox="0 0 32 18" aria-hidden="true">
      {rectangles(count, ICON_ASPECT, layout).map(({ x, y, width, height }, n) => (
        <rect
          key={`${x} ${y}`}
          x={x * 32 + 0.75}
          y={y * 18 + 0.75}
          width={width * 32 - 1.5}
          height={height * 18 - 1.5}
          class={n === 0 ? "main" : ""}
        />
      ))}
    </svg>
  );
}
