/**
 * A WebSocket that comes back.
 *
 * It knows nothing of the show: it opens, hands over messages, notices silence, and tries again, soon at first and
 * then every few seconds. A connection that is dead without being closed (a hall's Wi-Fi that went away) is noticed
 * by an answer that stays out, because the browser itself would need minutes.
 */

import { ANSWER_WITHIN_S, ASK_AFTER_S, type ClientMessage, type ServerMessage } from "../wire";
import { SleepDetector, SuspensionDetector } from "./suspension";

const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 5_000;
/** With nothing heard for so long we ask for a sign of life … */
const QUIET = ASK_AFTER_S * 1_000;
/** … and with nothing heard for so long the connection counts as lost. */
const DEAD = QUIET + ANSWER_WITHIN_S * 1_000;
/** A connection that is not open after so long is tried anew, perhaps over another network. */
const OPEN_WITHIN = 9_000;
/** Where picture and sound have stopped as well it counts as lost after so long. */
const DOUBTFUL = 1_000;
const LOOK_EVERY = 1_000;
/** Woken so much later than that, or than it asked for, the page itself stood still. */
const STANDSTILL = 3_000;
/** A connection that held for so long was a good one: the next attempts begin without a long pause again. */
const GOOD = 5_000;

/** Milliseconds to wait before attempt `n` (from 0): doubling, with jitter so that halls do not return all at once. */
export function pause(n: number, random: number): number {
  return Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** n) * (0.5 + random / 2);
}

export interface Listener {
  opened(): void;
  message(message: ServerMessage): void;
  /** Not open any more, since `at` on this page's monotonic clock. Return false to stay away. */
  closed(at: number): boolean;
  /** Nothing was heard for a while: send something that is answered. */
  quiet(): void;
  /** The page stood still, and its clock may have for `missed` milliseconds: what it knew may be of long ago. */
  woke(missed: number): void;
}

export class Link {
  private socket: WebSocket | null = null;
  private attempt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private since = 0;
  /** Messages on this connection. */
  private heard = 0;
  /** When the last of them came, on this page's monotonic clock; before the first, when the connection was begun. */
  private heardAt = 0;
  /** Milliseconds in which this page ran and heard nothing. */
  private silence = 0;
  private readonly running = new SuspensionDetector(STANDSTILL);
  private readonly sleep = new SleepDetector();

  constructor(
    private readonly url: string,
    private readonly listener: Listener,
  ) {
    this.sleep.since(performance.now(), Date.now());
    this.running.since(performance.now());
    setInterval(() => this.watch(), LOOK_EVERY);
    // A page that is shown again was hidden, and perhaps asleep; its timers may take another while to wake.
    addEventListener("visibilitychange", () => this.watch());
    addEventListener("online", () => this.retryNow());
    addEventListener("offline", () => this.drop());
  }

  open(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const socket = new WebSocket(this.url);
    this.socket = socket;
    this.since = this.heardAt = performance.now();
    this.heard = this.silence = 0;
    socket.onopen = () => this.listener.opened();
    socket.onmessage = (event: MessageEvent<string>) => {
      if (socket !== this.socket) return;
      this.heard++;
      this.heardAt = performance.now();
      this.silence = 0;
      this.listener.message(JSON.parse(event.data) as ServerMessage);
    };
    socket.onclose = () => {
      if (socket === this.socket) this.lost(performance.now());
    };
  }

  /** False when there is no open connection; nothing was sent then. */
  send(message: ClientMessage): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  /**
   * Give this connection up and open another. A closing handshake may never end, so nobody waits for it. `since`: when it
   * came to an end, for one that did so unnoticed.
   */
  drop(since = performance.now()): void {
    const socket = this.socket;
    if (!socket) return;
    this.lost(since);
    socket.close();
  }

  /** Something else that comes from the same server has stopped: ask for a sign of life at once. */
  doubt(): void {
    const { socket, heard } = this;
    if (socket?.readyState !== WebSocket.OPEN) return;
    this.listener.quiet();
    const asked = performance.now();
    setTimeout(() => {
      // Later than that, the page stood still, perhaps with the answer unread. `watch` will ask again.
      const onTime = performance.now() - asked < DOUBTFUL + STANDSTILL;
      if (onTime && socket === this.socket && heard === this.heard) this.drop(this.heardAt);
    }, DOUBTFUL);
  }

  private lost(at: number): void {
    this.socket = null;
    if (performance.now() - this.since > GOOD) this.attempt = 0;
    if (!this.listener.closed(at)) return;
    this.timer = setTimeout(() => this.open(), pause(this.attempt++, Math.random()));
  }

  private retryNow(): void {
    if (this.timer !== undefined) this.open();
  }

  private watch(): void {
    const now = performance.now();
    const missed = this.sleep.since(now, Date.now());
    const ran = this.running.since(now);
    if (missed > 0 || ran === null) {
      this.listener.woke(missed);
      this.retryNow();
      this.doubt();
    } else if (this.socket) {
      this.silence += ran;
      if (this.silence > (this.socket.readyState === WebSocket.OPEN ? DEAD : OPEN_WITHIN))
        this.drop(this.heardAt);
      else if (this.silence > QUIET) this.listener.quiet();
    }
  }
}
