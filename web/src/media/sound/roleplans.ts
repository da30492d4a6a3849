/** The outputs of each role's page. */

import { computed, type ReadonlySignal } from "@preact/signals";
import { state } from "../../link/session";
import { DESK, isTalkedTo } from "../../show/channels";
import type { Welcome } from "../../wire";
import type { Devices } from "../devices";
import type { Listening } from "./listening";
import { atVolume, mixesOf, type Routing } from "./mix";
import type { OutputPlans } from "./pagesound";

/** The id by which a page is called in talkback. */
export function talkbackId({ role, id }: Welcome): string {
  return role === "moderator" ? DESK : id;
}

/** What a page plays. A hall has up to three outputs; every other page has one, which people hear in headphones. */
export function plansOf(
  welcome: Welcome,
  devices: Devices,
  listening: Listening,
): ReadonlySignal<OutputPlans> {
  const me = talkbackId(welcome);
  const hearing = computed(() => ({
    isInterpreted: listening.status.value.kind === "interpreted",
    under: listening.under.value,
    isTalkedTo: state.value !== null && isTalkedTo(state.value, me),
  }));
  return computed(() => {
    const isHall = welcome.role === "venue";
    const { loudspeakers, headphones } = devices.choice.value;
    const routing: Routing = isHall
      ? { main: loudspeakers, talkback: headphones ? "headphones" : "none" }
      : { main: "channel", talkback: "main" };
    const mixes = mixesOf(hearing.value, routing);
    if (!isHall) {
      // Only a guest's page has the controls for it.
      const { isPaused, volume } = listening;
      const gain = welcome.role !== "guest" ? 1 : isPaused.value ? 0 : volume.value;
      const mix = atVolume(mixes.main, gain);
      return { main: { mix, device: devices.speaker } };
    }
    return {
      main: { mix: mixes.main, device: devices.speaker },
      interpretation: { mix: mixes.interpretation, device: devices.interpretation },
      headphones: { mix: mixes.headphones, device: devices.headphones },
    };
  });
}
