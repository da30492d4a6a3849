/**
 * The alarms over the programme: sources that are missing on air or next, with the reason and the time; undecodable
 * pictures; pages for which nothing gets through; and other computers that feed, or want to feed, a place.
 */

import { computed, effect, signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { now, state } from "../../../link/session";
import type { PageMedia } from "../../../media/pagemedia";
import { Contact } from "../../../parts/contact";
import { said, saidAtOnce, saidWhole } from "../../../parts/said";
import { ifKnown, lightWord } from "../../../parts/words";
import { type Alarm, alarms, type Missing, missing } from "../../../show/alarms";
import { type DeviceFault, urgentFaults } from "../../../show/devices";
import { wall } from "../../../show/time";
import { type Texts, texts } from "../../../texts";
import type { SourceDoc, State } from "../../../wire";
import { ChannelAlarms, useChannelAlarms } from "./channels";
import { Flags, useFlagChime } from "./flags";
import { LargePackets } from "./largepackets";
import { ServerWarnings } from "./server";
import { BadSound } from "./sound";
import { Takeovers } from "./takeovers";
import { Undecodable } from "./undecodable";
import { Unreached } from "./unreached";

const since = signal<Missing | null>(null);

/** The alarms now, the most urgent first. */
export const raised = computed<readonly Alarm[]>(() =>
  state.value && since.value ? alarms(state.value, since.value) : [],
);

/** Record from now on when sources go missing. */
export function useAlarms(): void {
  useChannelAlarms();
  useEffect(
    () =>
      effect(() => {
        const show = state.value;
        if (show) since.value = missing(since.peek(), show, now.peek());
      }),
    [],
  );
}

/** Why a source is missing, or its faults, in a few words. */
export function reason(source: SourceDoc, t: Texts): string {
  const faults = urgentFaults(source).map((fault) => faultWords(fault, t));
  if (source.state === "live" && faults.length > 0) return faults.join(" · ");
  const why =
    source.why === null || source.why === "flows" ? t.sourceStates[source.state] : t.sourceWhys[source.why];
  return [why, ...faults].join(" · ");
}

export function faultWords(fault: DeviceFault, t: Texts): string {
  return fault.kind === "muted" ? t.mutedThere : t.deviceFaults[fault.kind][fault.status];
}

/** Make the box a tab stop while it has lines: on a small screen it is scrolled, by the keyboard as well. */
function useTabStop(box: { current: HTMLElement | null }): void {
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const look = (): void => {
      element.tabIndex = element.querySelector(".alarm") ? 0 : -1;
    };
    look();
    const observer = new MutationObserver(look);
    observer.observe(element, { childList: true, subtree: true });
    return () => observer.disconnect();
  }, [box]);
}

export function Alarms({ show, media }: { show: State; media: PageMedia }) {
  const box = useRef<HTMLDivElement>(null);
  useTabStop(box);
  useFlagChime(media);
  return (
    <div ref={box} class="alarms" data-testid="alarms">
      <div {...saidAtOnce}>
        {raised.value.map((alarm) => (
          <Line key={alarm.source} show={show} alarm={alarm} />
        ))}
        <ChannelAlarms show={show} />
        <Flags show={show} />
      </div>
      <div {...said}>
        <Unreached show={show} media={media} />
        <Undecodable show={show} />
        <LargePackets show={show} />
        <BadSound show={show} />
        <Takeovers show={show} />
        <ServerWarnings show={show} />
      </div>
    </div>
  );
}

function Line({ show, alarm }: { show: State; alarm: Alarm }) {
  const t = texts.value;
  const source = show.sources[alarm.source];
  if (!source) return null;
  const begun = alarm.since;
  const replaced = alarm.where === "on-air" && source.tally !== "on-air";
  return (
    <div class={`alarm ${alarm.where}`} {...saidWhole} data-testid={`alarm-${alarm.source}`}>
      <span class="alarm-mark" aria-hidden="true">
        !
      </span>
      <strong>{source.name}</strong>
      <span class="alarm-where">{ifKnown(replaced ? t.dueOnAir : lightWord(alarm.where))}</span>
      <span class="alarm-why">
        {reason(source, t)}
        {begun !== null && <span class="tabular"> · {t.since(wall(begun, show.event.timezone, true))}</span>}
        <Contact show={show} of={alarm.source} />
      </span>
    </div>
  );
}
