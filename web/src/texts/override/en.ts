/** Pictures and microphones by hand, in English. */

import type { Layout } from "../../show/layout";

export const override = {
  /** Across the desk until it is released. */
  written: (names: string) => `By hand: ${names}. It stays until Release or the next item.`,
  pick: (name: string) => `Add ${name} to the pictures of a take`,
  unpick: (name: string) => `Leave ${name} out of the take`,
  picked: "By hand",
  layouts: {
    solo: "One picture",
    "side-by-side": "Side by side",
    pip: "Small over large",
    grid: "Grid",
  } satisfies Record<Layout, string>,
  take: "Take",
  clear: "Clear the choice",
  openMic: (name: string) => `Open the microphone of ${name} until the next item`,
  closeMic: (name: string) => `Close the microphone of ${name} until the next item`,
};

export type Override = typeof override;
