/** Why a command or a link was refused and what to do, in English. */

import type { Refusals } from "../../show/refusals";
import { people } from "../people/en";

/** Who was faster; empty where nobody was, since the agenda went on by itself. */
const faster = (who: string, desk: string): string => who || (desk && people.desk(desk));

export const refusals: Refusals = {
  reasons: {
    "not-begun": () => "The show has not started. Press Start first.",
    running: () => "The show is already running.",
    "ended-start": () => "The show has ended. Use “Go to” in the agenda to put an item on air again.",
    ended: ({ who, desk }) =>
      `${faster(who, desk) ? `${faster(who, desk)} has ended the show.` : "The show has already ended."} Use “Go to” in the agenda to go on.`,
    "all-skipped": () => "Every item is skipped. Use “Go to” in the agenda to put one on air.",
    "first-item": ({ item }) => `“${item}” is the first item; there is nothing before it.`,
    "just-back": ({ item, who, desk }) =>
      `“${item}” has just been put back on air${faster(who, desk) && ` by ${faster(who, desk)}`}.`,
    "went-on": ({ item, who, desk }) =>
      `“${item}” is already on air${faster(who, desk) && `: ${faster(who, desk)} was faster`}. Check, then press again.`,
    "went-off": ({ item, who, desk }) =>
      `“${item}” has already ended${faster(who, desk) && `: ${faster(who, desk)} was faster`}. Nothing is on air. Check first.`,
    "from-missing": ({ item }) => `This page did not say which item it sees (now ${item}). Reload it.`,
    "item-on-air": ({ item }) => `“${item}” is already on air.`,
    "source-on-air": ({ source }) => `${source} is already on air.`,
    "nothing-to-extend": () => "No item is on air that could be made longer or shorter.",
    "too-long": ({ item }) => `“${item}” cannot be made longer by more than 24 hours.`,
    "too-late": ({ item }) => `“${item}” cannot be delayed by more than 24 hours.`,
    "not-to-come": ({ item }) => `“${item}” is on air. Change its length with +1 min, or press Next.`,
    over: ({ item }) => `“${item}” is over. Use “Go to” to put it on air again.`,
    "plan-fixed": () => "The show has started; its plan can no longer be moved.",
    "nothing-to-undo": () =>
      "There is nothing to undo: no command was given since the show last advanced by itself.",
    "mark-one": () => "Mark an item or a source, not both.",
    "slate-silent": () => "The slate has no microphone.",
    "slate-alone": () => "Nothing can be on screen beside the slate.",
    "source-twice": ({ source }) => `${source} is named twice.`,
    "not-its-language": ({ booth, one, other }) => `${booth} interprets between ${one} and ${other} only.`,
    "seat-closed": ({ seat }) => `The microphone of ${seat} is off. There is nothing to take over.`,
    "unknown-item": ({ name }) =>
      `“${name}” is no longer in the agenda. The agenda was changed; check again.`,
    "unknown-source": ({ name }) => `The event no longer has a source “${name}”. The agenda was changed.`,
    "unknown-place": ({ name }) => `“${name}” no longer takes part. The agenda was changed.`,
    "unknown-language": ({ name }) => `There is no channel “${name}”.`,
    "unknown-booth": ({ name }) => `The event no longer has a booth “${name}”. The agenda was changed.`,
    "unknown-cue": ({ name }) => `There is no cue “${name}” any more. The agenda was changed.`,
    "event-file": () => "The event file would have an error.",
    "source-needed": ({ source, id }) =>
      `${source} is on air and not in the new file. Leave “${id}” in the file until it is off air.`,
    "file-outdated": () =>
      "The event has been changed since this file was made. Nothing was done: make your change again in the newest one.",
    "file-under-way": () =>
      "Your last file is still being checked. Wait for the result, then choose this one again.",
    "files-waiting": () => "Several files are being checked. Choose this one again in a moment.",
    "no-file": () => "The server does not have the text of this event, so it cannot be edited here.",
    "item-stays": ({ item }) => `“${item}” is on air or over. It stays where it is in the agenda.`,
    "item-lost": ({ item }) => `“${item}” would be above what is on air and would never run.`,
    "not-editable": () => "The event file is written in a way that cannot be edited here. Change the file.",
    "nobody-waits": ({ place }) => `Nobody is waiting to feed ${place} any more.`,
    "others-wait": ({ place, elsewhere }) =>
      `Nobody is waiting to feed ${place} any more, but somebody is for ${elsewhere}.`,
    "not-yours": ({ source }) =>
      `This link does not let you feed “${source}”. The agenda was changed; reload this page.`,
    "fed-elsewhere": ({ place }) =>
      `${place} is fed from another computer. The desk has been asked to let you in.`,
    "fed-now": ({ place }) => `Another window or computer feeds ${place} now.`,
    "many-wait": ({ place }) =>
      `Too many pages are waiting to feed ${place}. Close those that are not needed.`,
    "inputs-full": ({ most }) =>
      `This link already sends ${most} further inputs. Stop one that is not needed.`,
    overloaded: () => "The server is overloaded and takes no more viewers for now.",
    "watchers-full": () => "The server cannot serve more viewers.",
    "offers-waiting": () => "Many people are connecting right now.",
    "offers-often": () => "This page connected too often and has to wait for a moment.",
    "pages-full": () => "Too many pages are open with this link. Close those that are not needed.",
    "booth-full": ({ booth, seats }) =>
      `All ${seats} seats of ${booth} are taken. Take over one of them, or close its page.`,
    "commands-often": () => "Too many commands came by this link. Wait a few seconds.",
    "previews-often": () => "The server is busy with other previews. Try again in a moment.",
    "choices-often": () => "Too many changes at once. Wait a moment.",
    "message-gone": () => "This message has been replaced or removed.",
    "not-to-you": () => "This message was for someone else.",
    "other-flag": () => "Only its owner can raise this flag. The moderator can take it away.",
    "cue-to-all": () => "A cue from the booth goes to one place, not to all.",
    "link-damaged": () =>
      "This link or code does not open this event, or it has a mistake. Check it letter by letter against your message.",
    "link-version": () =>
      "This link was made by an older version of Schalte. Ask the organiser for a new one.",
    "link-expired": () => "This link has expired. Ask the organiser for a new one.",
    "link-revoked": () => "This link has been revoked. Ask the organiser for a new one.",
    "link-place-gone": ({ id }) =>
      `“${id}” no longer takes part in this event. Ask the organiser for a new link.`,
    "link-metrics": () => "This key is for the server’s metrics and does not open a page.",
    "link-no-metrics": () => "This link does not open the server’s metrics.",
    "links-busy": () => "Another program is changing the links. Nothing was changed. Try again in a moment.",
    "links-fail": ({ fault }) =>
      `The server cannot change the links; its disk may be full. Nothing was changed. Tell the technician: ${fault}`,
    "links-full": ({ most }) => `There are ${most} valid links. Revoke some that nobody needs.`,
    "guesses-often": () =>
      "Too many wrong links or codes came from your network, so it has to wait for some seconds.",
    "thrown-out": () =>
      "It does not come back by itself. Your link is still valid: ask the organiser before you open it again.",
    role: () => "Your link does not allow this. Ask the moderator.",
    "read-only": () => "Your link only looks on; it changes nothing.",
    "other-booth": () => "Your link is for another booth.",
    "messages-often": () => "This page sent too much at once and was disconnected for some seconds.",
    "commands-waiting": () => "The server is too busy right now. Try again in a moment.",
    "id-used": () => "This was sent twice. Check whether it was done, then press again.",
    "log-fails": ({ fault }) =>
      `The server cannot write its log; its disk may be full. Tell the technician: ${fault}`,
    stops: () => "The server is being stopped.",
    "stops-unsure": () => "The server is being stopped, and this may not have been done. Check afterwards.",
  },
  codes: {
    stale: "The show has moved on. Check, then press again.",
    invalid: "This is not possible now.",
    unauthorized: "This link is not valid. Ask the organiser for a new one.",
    forbidden: "Your link does not allow this.",
    "too-many": "That was too often. Wait a moment.",
    busy: "The server is too busy right now. Try again in a moment.",
    offer:
      "The server cannot connect to this browser’s picture and sound. Try another one, such as Chrome or Firefox.",
    waiting: "Another page feeds this place.",
    failed: "Something is wrong with the server. Tell the technician.",
  },
};
