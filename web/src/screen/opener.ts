/**
 * The technician's window, for the hall screen: finds it, also after its reload, and takes in what it gives to show.
 *
 * While it is away the screen shows the slate with what comes and when, by the last state and its own clock.
 */

import { batch, signal } from "@preact/signals";
import { known, now, state, welcome } from "../link/session";
import type { CallPhase } from "../media/call";
import { showSpeakers } from "../media/sound/speakers";
import { isFullScreen } from "../parts/screen";
import { language, speak } from "../texts";
import type { DisplayMark } from "./displays";
import type { Hall, HallFeed, HallScreen } from "./feed";

/** Between two looks for the technician's window, and two readings of the show's time. */
const LOOK_INTERVAL_MS = 250;
/** Screens of one origin hear each other. */
const CHANNEL = "schalte-screen";

/** Counts the attachments to a technician's window that has something to show; null while there is none. */
export const attachment = signal<number | null>(null);
/** The channel that the hall plays; null: the floor. */
export const channel = signal<string | null>(null);
/** The part of a call that the programme needs. */
export const received = {
  call: {
    tracks: signal<ReadonlyMap<string, MediaStreamTrack>>(new Map()),
    receives: signal<ReadonlySet<string>>(new Set()),
    phase: signal<CallPhase>("idle"),
  },
};

let hall: Hall | null = null;
let count = 0;
/** The show's time minus this computer's. */
let ahead = 0;
const others = new BroadcastChannel(CHANNEL);

const own: HallScreen = {
  window,
  show: (feed) => batch(() => show(feed)),
};

function show(feed: HallFeed): void {
  // A page that goes away still reports its own end.
  if (hall === null) return;
  const isNew = attachment.value === null;
  welcome.value = feed.welcome;
  state.value = feed.state;
  known.value = feed.known;
  channel.value = feed.channel;
  showSpeakers(feed.speaking);
  if (language.peek() !== feed.language) speak(feed.language);
  received.call.tracks.value = feed.tracks;
  received.call.receives.value = feed.receives;
  received.call.phase.value = feed.phase;
  if (!isNew) return;
  readTime();
  count += 1;
  attachment.value = count;
  // A screen of this hall that lost its technician's window for good ends now.
  others.postMessage(feed.welcome.id);
}

/** The technician's window has gone, or loads. */
function lose(): void {
  hall = null;
  batch(() => {
    attachment.value = null;
    known.value = false;
    received.call.tracks.value = new Map();
    showSpeakers(new Set());
  });
}

/** The technician's window, if it is there and has loaded. */
function found(): Hall | null {
  try {
    const from = window.opener as (Window & { schalteHall?: Hall }) | null;
    return from && !from.closed ? (from.schalteHall ?? null) : null;
  } catch {
    return null; // It shows a page of another origin.
  }
}

function look(): void {
  const current = found();
  if (current !== hall) {
    if (hall !== null) lose();
    hall = current;
    if (current !== null) {
      (window.opener as Window).addEventListener("pagehide", lose, { once: true });
      current.attach(own);
      reportPlace();
    }
  }
  readTime();
}

function readTime(): void {
  if (hall !== null) ahead = hall.time() - Date.now();
  now.value = Date.now() + ahead;
}

/** Tell the technician's window where this screen is. */
export function reportPlace(display: DisplayMark | null = null): void {
  hall?.report(isFullScreen.value, display);
}

/** Follow the technician's window from now on. */
export function followHall(): void {
  others.onmessage = ({ data }) => {
    if (attachment.value === null && data === welcome.value?.id) window.close();
  };
  addEventListener("pagehide", () => hall?.detach(own));
  setInterval(look, LOOK_INTERVAL_MS);
  look();
}
