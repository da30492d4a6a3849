/** Into the room: what the sound comes from, the test tone, the check of the line, and help with a blocked device. */

import type { ToneResult } from "../../media/sound/tonecheck";

export type Preset = "mixer" | "laptop";

export const entry = {
  presets: {
    label: "Where the sound comes from",
    mixer: {
      name: "Mixer or capture card",
      words: "In stereo, as it comes: nothing is filtered or levelled.",
    },
    laptop: {
      name: "Laptop or headset",
      words: "The browser removes echo and noise, and evens out the level.",
    },
  } satisfies Record<Preset | "label", unknown>,
  tone: {
    plays: "Playing and listening …",
    heard: "Heard back ✓",
    "not-heard":
      "Not heard back by the microphone. Are the loudspeakers on? With headphones, or a mixer that does not return them, that is right.",
    removed:
      "Played. The browser removes what the loudspeakers play from the microphone, so only you can say whether you heard it.",
    "no-microphone": "Played. Without a microphone only you can say whether you heard it.",
  } satisfies Record<ToneResult | "plays", string>,
};
