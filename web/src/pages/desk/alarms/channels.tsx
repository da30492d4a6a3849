/** Channels that are needed and carry no interpretation: unfed for ten seconds, or silent while the floor speaks. */

import { effect, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { now, state } from "../../../link/session";
import { type ChannelFault, channelFaults, type Unheard, unheard } from "../../../show/channelfaults";
import { wall } from "../../../show/time";
import { nameOfLanguage, texts } from "../../../texts";
import type { State } from "../../../wire";

const since = signal<Unheard | null>(null);

/** Record from now on since when channels carry nothing. */
export function useChannelAlarms(): void {
  useEffect(
    () =>
      effect(() => {
        const show = state.value;
        if (show) since.value = unheard(since.peek(), show, now.value);
      }),
    [],
  );
}

export function ChannelAlarms({ show }: { show: State }) {
  const faults = since.value ? channelFaults(since.value, now.value) : [];
  return (
    <>
      {faults.map((fault) => (
        <Line key={fault.language} show={show} fault={fault} />
      ))}
    </>
  );
}

function Line({ show, fault }: { show: State; fault: ChannelFault }) {
  const t = texts.value;
  const name = nameOfLanguage(fault.language);
  return (
    <div class="alarm on-air" data-testid={`channel-alarm-${fault.language}`} data-why={fault.why}>
      <span class="alarm-mark" aria-hidden="true">
        !
      </span>
      <strong>{fault.why === "unfed" ? t.languages.alarm(name) : t.languages.silentAlarm(name)}</strong>
      <span class="alarm-why tabular">{t.since(wall(fault.since, show.event.timezone, true))}</span>
    </div>
  );
}
