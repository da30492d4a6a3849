/** A computer that is overloaded, in English. */

import type { Relief } from "../../media/load/relief";
import type { Reduction } from "../../media/mlines";

export const load = {
  /** On the page itself: what it gives up now. */
  here: {
    preview: "This computer is at its limit: its own preview shows fewer pictures.",
    previews: "This computer is at its limit: the previews are paused.",
    "720p15": "This computer is at its limit: it sends 15 pictures a second.",
    "540p15": "This computer is at its limit: it sends 15 pictures a second, and smaller ones.",
    "360p10": "This computer is at its limit: it sends 10 small pictures a second.",
    programme: "This computer is at its limit: it receives the programme in a small picture.",
  } satisfies Record<Relief, string>,
  remedy: "Close other programs and tabs, and plug in the charger. It then gets better by itself.",
  /** In the place of a desk's preview. */
  paused: "paused: this computer is at its limit",
  /** Of another page, at the desk. */
  there: {
    "720p15": {
      chip: "computer slow: 15/s",
      what: "That computer is at its limit: it sends 15 pictures a second.",
    },
    "540p15": {
      chip: "computer slow: 15/s",
      what: "That computer is at its limit: it sends 15 pictures a second, and smaller ones.",
    },
    "360p10": {
      chip: "computer slow: 10/s",
      what: "That computer is at its limit: it sends 10 small pictures a second.",
    },
  } satisfies Record<Reduction, unknown>,
  thereRemedy: "Ask them to close other programs and to plug in the charger.",
  /** What encodes the picture, in the technician's panel. */
  encoder: {
    label: "Encoder",
    hardware: "hardware",
    software: "software",
    sent: (width: number, height: number, fps: number) => `${width}×${height}, ${fps} pictures a second`,
  },
};
