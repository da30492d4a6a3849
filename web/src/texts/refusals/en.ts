/** Why something was not done and what to do about it, in English. */

import type { Refusals } from "../../show/refusals";

export const refusals: Refusals = {
  reasons: {
    "not-begun": () => "The show has not started. Press Start first.",
    running: () => "The show is running already.",
    "ended-start": () => "The show has ended. Use Go to in the agenda to put an item on air again.",
    ended: () => "The show has ended already. Use Go to in the agenda to go on.",
    "all-skipped": () => "Every item is skipped. Use Go to in the agenda to put one on air.",
    "first-item": ({ item }) => `“${item}” is the first item; there is nothing before it.`,
    "just-back": ({ item }) => `“${item}” has just been put back on air, perhaps by somebody else.`,
    "went-on": ({ item }) => `Somebody was faster: “${item}” is on air already. Look, then press again.`,
    "went-off": ({ item }) => `Somebody was faster: “${item}” has ended, and nothing is on air. Look first.`,
    "from-missing": ({ item }) => `This page did not say which item it sees (now ${item}). Reload it.`,
    "item-on-air": ({ item }) => `“${item}” is on air already.`,
    "source-on-air": ({ source }) => `${source} is on air already.`,
    "nothing-to-extend": () => "No item is on air that could be made longer or shorter.",
    "too-long": ({ item }) => `“${item}” cannot be made longer by more than 24 hours.`,
    "too-late": ({ item }) => `“${item}” cannot be delayed by more than 24 hours.`,
    "not-to-come": ({ item }) => `“${item}” is on air. Change its length with +1 min, or press Next.`,
    over: ({ item }) => `“${item}” is over. Use Go to to put it on air again.`,
    "plan-fixed": () => "The show has started; its plan can no longer be moved.",
    "nothing-to-undo": () =>
      "There is nothing to take back: nothing was done by hand since the show last went on by itself.",
    "mark-one": () => "Mark an item or a source, not both.",
    "slate-silent": () => "The slate has no microphone.",
    "unknown-item": ({ name }) => `The agenda has no item “${name}” any more. It was changed; look again.`,
    "unknown-source": ({ name }) => `The event has no source “${name}” any more. The agenda was changed.`,
    "unknown-place": ({ name }) => `The event has no “${name}” any more. The agenda was changed.`,
    "event-file": () => "This file has faults and was not loaded.",
    "source-needed": ({ source, id }) =>
      `${source} is on air and not in the new file. Leave “${id}” in the file until it is off air.`,
    "file-under-way": () =>
      "A file of yours is being checked. Wait for its answer, then choose this one again.",
    "files-waiting": () => "Several files are being checked. Choose this one again in a moment.",
    "nobody-waits": ({ place }) => `Nobody waits to feed ${place} any more.`,
    "others-wait": ({ place, elsewhere }) =>
      `Nobody waits to feed ${place} any more, but somebody at ${elsewhere}.`,
    "not-yours": ({ source }) =>
      `This link does not permit feeding “${source}”. The agenda was changed; reload this page.`,
    "fed-elsewhere": ({ place }) =>
      `${place} is fed from another computer. The desk has been asked to let you in.`,
    "fed-now": ({ place }) => `Another window or computer feeds ${place} now.`,
    "many-wait": ({ place }) => `Too many pages wait to feed ${place}. Close those that are not needed.`,
    "watchers-full": () => "As many are watching as the server can carry. Please try again later.",
    "offers-waiting": () => "Many are connecting right now. This page tries again by itself.",
    "offers-often": () => "This page connected too often. It tries again in a moment.",
    "link-damaged": () =>
      "This link is not complete, or it is for another event. Open it from the message again, whole.",
    "link-version": () =>
      "This link was made by another version of this service. Ask the organiser for a new one.",
    "link-expired": () => "This link has expired. Ask the organiser for a new one.",
    "link-withdrawn": () => "This link has been withdrawn. Ask the organiser for a new one.",
    "link-place-gone": ({ id }) =>
      `“${id}” no longer takes part in this event. Ask the organiser for a new link.`,
    "link-metrics": () => "This key is for the measurements of the server and opens no page.",
    "link-no-metrics": () => "This link does not open the measurements of the server.",
    role: () => "Your link does not permit this. Ask the moderator.",
    "messages-often": () => "This page sent too much at once and was cut off. Reload it.",
    "commands-waiting": () => "The server has too much to do right now. Try again in a moment.",
    "id-used": () => "This was sent twice. Look whether it was done, then press again.",
    "log-fails": ({ fault }) =>
      `The server cannot write its log; its disk may be full. Tell the technician: ${fault}`,
    stops: () => "The server is being stopped.",
    "stops-unsure": () =>
      "The server is being stopped; whether this was done is not certain. Look afterwards.",
  },
  codes: {
    stale: "The show has gone on meanwhile. Look, then press again.",
    invalid: "This is not possible now.",
    unauthorized: "This link does not count. Ask the organiser for a new one.",
    forbidden: "Your link does not permit this.",
    "too-many": "That was too often. Wait a moment.",
    busy: "The server has too much to do right now. Try again in a moment.",
    offer:
      "The server cannot connect picture and sound of this browser. Try another one, such as Chrome or Firefox.",
    waiting: "Another page feeds this place.",
    failed: "The server has a fault. Tell the technician.",
  },
};
