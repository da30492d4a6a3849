/** Join links at the desk, in English. They come with the panel, not with every page. */

import type { LinkRole } from "../../pages/desk/joinlinks/groups";
import type { JoinLinkDoc } from "../../wire";
import { lengths } from "../length";
import { listing } from "../listing";

const length = lengths(" h", " min", " s", " ");
const list = listing("en-GB");
const links = (n: number): string => (n === 1 ? "1 link" : `${n} links`);

export const joinLinks = {
  title: "Join links",
  timesIn: (city: string) => `Times in ${city}`,
  loading: "Loading …",
  notLoaded: (why: string) => `The list is not up to date: ${why}`,
  roles: {
    moderator: "Moderators",
    venue: "Halls",
    guest: "Guests",
    interpreter: "Booths",
    viewer: "Viewers",
    stage: "Stage displays",
    metrics: "Metrics",
  } satisfies Record<LinkRole, string>,
  /** Of those whose role has no places. */
  names: {
    moderator: "Moderator",
    viewer: "Viewers",
    stage: "Stage display",
    metrics: "Metrics token",
  } as Readonly<Record<string, string>>,
  none: "No valid link",
  number: (n: number) => `No. ${n}`,
  readOnly: "read-only",
  madeBy: { cli: "made on the server", desk: "made at the desk" } satisfies Record<JoinLinkDoc["by"], string>,
  statuses: {
    valid: "valid",
    expired: "expired",
    revoked: "revoked",
    "place-gone": "no longer in the event",
  } satisfies Record<JoinLinkDoc["status"], string>,
  until: (when: string) => `valid until ${when}`,
  followsEvent: "follows the event",
  followsHint: "Moves when a changed agenda moves the end of the event",
  used: (when: string, address: string) => `last used ${when} from ${address}`,
  unused: "not used since the server started",
  page: (session: string) => `Page ${session}`,
  from: (address: string, clock: string) => `from ${address} since ${clock}`,
  feeds: "sends a source",
  thisPage: "this page",
  closePage: "Close page",
  closePageOf: (session: string, name: string) => `Close page ${session} of ${name}`,
  show: "Show",
  showOf: (n: number, name: string) => `Show link ${n} of ${name}`,
  shownOnce: "code was shown once",
  revoke: "Revoke",
  revokeOf: (n: number, name: string) => `Revoke link ${n} of ${name}`,
  revokeAll: (n: number) => `Revoke all ${n}`,
  revokeAllOf: (name: string) => `Revoke all links: ${name}`,
  ended: (n: number) => `Expired and revoked (${n})`,

  ask: {
    link: (n: number, name: string) => `Revoke link ${n} of ${name}?`,
    all: (n: number, name: string) => `${name}: revoke ${links(n)}?`,
    page: (session: string, name: string) => `Close page ${session} of ${name}?`,
    closes: (n: number) =>
      n === 0
        ? "No page is open with it now."
        : `${n === 1 ? "One open page closes" : `${n} open pages close`} within a second and ${n === 1 ? "says" : "say"} why.`,
    feeding: (names: readonly string[]) =>
      `${list(names)} ${names.length > 1 ? "send" : "sends"} a source from there: picture and sound end.`,
    own: "This desk is open with it, and closes too.",
    isFinal: "A revoked link never opens again. Those who still take part need a new one.",
    stays: "The page does not come back by itself. Its link stays valid.",
    gone: "This has already ended.",
  },

  make: "Make a link",
  makeFor: (name: string) => `Make a link for ${name}`,
  forWhom: "For",
  validFor: "Valid",
  asEvent: "Until a day after the event",
  hours: (hours: number) => (hours < 48 ? `For ${length(hours * 3600)}` : `For ${hours / 24} days`),
  lookOn: "Read-only: sees the desk, steers nothing",
  makeIt: "Make",

  shownTitle: (name: string) => `Link for ${name}`,
  onlyNow:
    "The code is shown only now. Copy or print it before you close: nobody can see it again, and then a new link is needed.",
  url: "Link",
  typed: (site: string) => `Code, to type at ${site}`,
  copyUrl: "Copy link",
  invitation: "Invitation",
  copyInvitation: "Copy invitation",
  copied: "Copied",
  notCopied:
    "Not copied: this browser does not allow it here. The text is selected; copy it with the keyboard.",
  qr: (name: string) => `QR code of the link for ${name}`,
  printOne: "Print a sheet",

  print: "Print sheets",
  printFor: "A sheet each for",
  printNow: (n: number) => (n === 1 ? "Print 1 sheet" : `Print ${n} sheets`),
  nothingToPrint: "No link can be printed.",
  unprintable: (names: readonly string[]) =>
    `Not for ${list(names)}: there is no link whose code can be shown again. “schalte links” on the server makes one. Or make a link here and print it at once.`,
  paper: {
    scan: "Scan the QR code, or open this address:",
    type: (site: string) => `Or open ${site} and type this code:`,
    until: (when: string, zone: string) => `Valid until ${when} (${zone})`,
    /** A viewers' link is for everybody who passes. */
    keep: {
      venue: "Only for this hall: please do not pass it on.",
      guest: "Only for you: please do not pass it on.",
      interpreter: "Only for this booth: please do not pass it on.",
      stage: "Only for this monitor: please do not pass it on.",
    } as Readonly<Record<string, string>>,
    how: {
      venue:
        "Open the link in Chrome or Edge on the hall’s computer, with camera, mixer and loudspeakers plugged in, and choose them once. Then leave the page open until the end.",
      guest:
        "Half an hour before you are on, open the link on a computer or phone with camera and microphone, with headphones if you can. The page checks picture and sound with you.",
      interpreter:
        "Open the link on the booth’s computer, with a headset plugged in. Each interpreter opens a page of their own.",
      viewer: "Open the link to watch the programme. Choose your language there.",
      stage: "Open the link on the monitor in front of the stage. It shows the time left and needs nobody.",
    } as Readonly<Record<string, string>>,
  },
};

export type JoinLinkTexts = typeof joinLinks;
