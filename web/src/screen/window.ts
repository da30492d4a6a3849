/**
 * The hall screen, for the technician's window: it opens it, gives it what to show, and knows whether it is there.
 *
 * The screen finds this window by itself again after a reload of either, as a browser keeps who opened whom. Both run in
 * one process: after its crash, or a restart of the browser, the screen has to be opened again. Chromium 156 lets a page
 * do that without a press only where pop-ups are allowed for it; elsewhere the page says that the screen is closed.
 */

import { effect, type ReadonlySignal, signal } from "@preact/signals";
import { known, showTime, state, welcome } from "../link/session";
import type { PageMedia } from "../media/pagemedia";
import { speaking } from "../media/sound/speakers";
import { language } from "../texts";
import { chooseDisplay, type Display, type DisplayMark, windowFeatures } from "./displays";
import { audiencePart, FILL, type Hall, type HallFeed, type HallScreen } from "./feed";

/** `missing`: it was open, and nobody has closed it on purpose. */
export type ScreenStatus = "closed" | "missing" | "window" | "full";

const ADDRESS = "/screen";
/** The window's name, by which it is found again. */
const NAME = "schalte-screen";
/** A screen that was open attaches in a quarter of a second. */
const MISSING_AFTER_MS = 3_000;
/** A window that was closed is noticed within this time, where it could not say so itself. */
const CHECK_INTERVAL_MS = 500;

interface ScreenDetails {
  screens: readonly Display[];
  currentScreen: Display;
}

/** What a browser with the Window Management API has. */
interface ManagedWindow {
  getScreenDetails?: () => Promise<ScreenDetails>;
}

interface Remembered {
  /** It is to be open. */
  isWanted: boolean;
  display: DisplayMark | null;
}

export class HallWindow {
  readonly status: ReadonlySignal<ScreenStatus>;
  /** The browser has refused to open it. */
  readonly isBlocked = signal(false);
  private readonly current = signal<ScreenStatus>("closed");
  private readonly screen = signal<HallScreen | null>(null);
  private missing: ReturnType<typeof setTimeout> | undefined;
  /** This tab has the screen. */
  private isOwner = false;
  /** Counts the requests for it. */
  private turn = 0;
  private remembered: Remembered;

  constructor(
    private readonly media: PageMedia,
    private readonly key: string,
  ) {
    this.status = this.current;
    this.remembered = { ...read(key), isWanted: false };
    this.own();
    effect(() => this.feed());
    setInterval(() => {
      const screen = this.screen.peek();
      if (screen?.window.closed) this.hall.detach(screen);
    }, CHECK_INTERVAL_MS);
  }

  /** What the screen calls. */
  readonly hall: Hall = {
    attach: (screen) => {
      clearTimeout(this.missing);
      this.isBlocked.value = false;
      this.current.value = "window";
      if (!this.isOwner) this.own(true);
      this.remember({ isWanted: true });
      this.screen.value = screen;
    },
    detach: (screen) => {
      if (screen !== this.screen.peek()) return;
      this.screen.value = null;
      if (this.remembered.isWanted) this.awaitScreen();
      else this.current.value = "closed";
    },
    report: (isFull, display) => {
      // A window that closes still reports that it does not fill its display any more.
      if (this.screen.peek() === null) return;
      this.current.value = isFull ? "full" : "window";
      if (isFull && display !== null) this.remember({ display });
    },
    time: showTime,
  };

  /** Open it, on the projector's display where the browser knows of it. Call in a user gesture. */
  async open(): Promise<void> {
    if (!this.isOwner) this.own(true);
    this.remember({ isWanted: true });
    const opened = window.open(ADDRESS, NAME, windowFeatures(await this.display()));
    this.isBlocked.value = opened === null;
    this.awaitScreen();
  }

  /** Let it fill its display. Call in a user gesture: the screen may then do so without one of its own. */
  fill(): void {
    const target = this.screen.peek()?.window;
    const message = { targetOrigin: location.origin, delegate: "fullscreen" };
    target?.focus();
    try {
      target?.postMessage(FILL, message);
    } catch {
      // No right to pass on: a press in the screen's window does it.
    }
  }

  /** Close it on purpose. */
  close(): void {
    this.remember({ isWanted: false });
    clearTimeout(this.missing);
    this.screen.peek()?.window.close();
    this.screen.value = null;
    this.current.value = "closed";
    this.isBlocked.value = false;
  }

  /**
   * Be the one tab of this hall that has the screen, and open it again if it was open. Another tab has it until it is
   * gone, or until this one takes it: what that one has open is not missing here.
   */
  private own(takes = false): void {
    const turn = ++this.turn;
    const granted = (): void => {
      this.isOwner = true;
      if (takes) return;
      this.remembered = read(this.key);
      if (this.remembered.isWanted && this.screen.peek() === null) this.awaitScreen(true);
    };
    const held = async (): Promise<void> => {
      // An older request of this tab gives the screen back: it would keep it from the newer one.
      if (turn !== this.turn) return;
      granted();
      await new Promise(() => undefined); // until the page goes
    };
    // Missing where the page is not secure.
    const locks: LockManager | undefined = navigator.locks;
    if (!locks) granted();
    else locks.request(this.key, { steal: takes }, held).catch(() => turn === this.turn && this.lose());
  }

  /** Another tab has taken the screen. */
  private lose(): void {
    this.isOwner = false;
    this.remembered = { ...this.remembered, isWanted: false };
    clearTimeout(this.missing);
    if (this.screen.peek() === null) this.current.value = "closed";
    this.own();
  }

  /** Say that it is missing if it does not attach in time. `isLoaded`: and load it again, after a crash. */
  private awaitScreen(isLoaded = false): void {
    clearTimeout(this.missing);
    this.missing = setTimeout(() => {
      if (this.screen.peek() !== null) return;
      this.current.value = "missing";
      // Refused but where pop-ups are allowed, as in a kiosk.
      if (isLoaded)
        void this.display().then((display) => window.open(ADDRESS, NAME, windowFeatures(display)));
    }, MISSING_AFTER_MS);
  }

  private async display(): Promise<Display | null> {
    const { getScreenDetails } = window as ManagedWindow;
    // With a single display there is nothing to ask permission for.
    if (!getScreenDetails || (screen as { isExtended?: boolean }).isExtended === false) return null;
    const details = await getScreenDetails.call(window).catch(() => null);
    return details && chooseDisplay(details.screens, details.currentScreen, this.remembered.display);
  }

  private feed(): void {
    const { call, isChannelPlayed, listening } = this.media;
    const shown = this.screen.value;
    const show = state.value;
    const me = welcome.value;
    if (!shown || !show || !me) return;
    const feed: HallFeed = {
      state: audiencePart(show),
      welcome: me,
      known: known.value,
      language: language.value,
      channel: isChannelPlayed.value ? listening.channel.value : null,
      speaking: speaking.value,
      tracks: call.tracks.value,
      receives: call.receives.value,
      phase: call.phase.value,
    };
    try {
      shown.show(feed);
    } catch (error) {
      // Its code runs in here: what fails there must not end this page's reading of a message from the server.
      console.error(error);
    }
  }

  private remember(part: Partial<Remembered>): void {
    this.remembered = { ...this.remembered, ...part };
    try {
      localStorage.setItem(this.key, JSON.stringify(this.remembered));
    } catch {
      // Storage is switched off: a reload forgets it.
    }
  }
}

function read(key: string): Remembered {
  const nothing = { isWanted: false, display: null };
  try {
    return { ...nothing, ...(JSON.parse(localStorage.getItem(key) ?? "{}") as Partial<Remembered>) };
  } catch {
    return nothing; // Storage is switched off or holds something else
  }
}
