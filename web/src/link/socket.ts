/**
 * A WebSocket that reconnects, with a delay that grows to a few seconds.
 *
 * A dead connection that was not closed (a hall's Wi-Fi is gone) is detected by a missing answer: the browser itself
 * would take minutes.
 */

import { type ClientMessage, PING_AFTER_S, PONG_WITHIN_S, type ServerMessage } from "../wire";
import { SleepDetector, SuspensionDetector } from "./suspension";

const MIN_RETRY_DELAY_MS = 250;
/** A page must be back within 3 s of the server's start. */
const MAX_RETRY_DELAY_MS = 2_000;
/** WebSocket close code: the server restarts. */
const SERVICE_RESTART = 1012;
/** WebSocket close codes: the server has no room for this page; this page sent too much. */
const REFUSED = [1013, 4429];
/** The delay after such a refusal, where the server names none. */
const REFUSED_DELAY_MS = 5_000;
/** The delay doubles with each refusal in a row, up to this. */
const MAX_REFUSED_DELAY_MS = 60_000;
/** After so long without a message the page asks for an answer … */
const PING_AFTER_MS = PING_AFTER_S * 1_000;
/** … and after so long the connection counts as lost. */
const DEAD_AFTER_MS = PING_AFTER_MS + PONG_WITHIN_S * 1_000;
/** A connection that is not open by then is tried again, perhaps over another network. */
const SOCKET_TIMEOUT_MS = 9_000;
/** The time for an answer where media has stopped as well. */
const CHECK_TIMEOUT_MS = 1_000;
const WATCH_INTERVAL_MS = 1_000;
/** If a timer is late by so much, the page itself was suspended. */
const SUSPENDED_AFTER_MS = 3_000;
/** After a connection that lasted so long, the retry delay starts from its minimum again. */
const STABLE_AFTER_MS = 5_000;

/** Milliseconds before attempt `n` (from 0): doubling, with jitter so that halls do not reconnect all at once. */
export function retryDelay(n: number, random: number): number {
  return Math.min(MAX_RETRY_DELAY_MS, MIN_RETRY_DELAY_MS * 2 ** n) * (0.5 + random / 2);
}

/**
 * Milliseconds before the next attempt after refusal `n` in a row (from 0): never less than the server asked for, and
 * up to half more, so that refused pages do not come back all at once.
 */
export function refusedDelay(n: number, askedMs: number, random: number): number {
  return Math.max(askedMs, Math.min(MAX_REFUSED_DELAY_MS, askedMs * 2 ** n)) * (1 + random / 2);
}

export interface SocketListener {
  opened(): void;
  message(message: ServerMessage): void;
  /** The connection was lost at `at` (`performance.now()`); `restarts`: the server has said that it restarts; `refused`:
   * it wants this page to wait. Return how many milliseconds it asked for, or null where it did not say; false not to
   * reconnect. */
  closed(at: number, restarts: boolean, refused: boolean): number | null | false;
  /** No message for a while: send something that the server answers. */
  quiet(): void;
  /** The page was suspended, and its monotonic clock stopped for `missed` milliseconds. */
  woke(missed: number): void;
}

export class ReconnectingSocket {
  private socket: WebSocket | null = null;
  private attempt = 0;
  /** Refusals in a row. */
  private refusals = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private openedAt = 0;
  /** The number of messages on this connection. */
  private received = 0;
  /** When the last of them arrived (`performance.now()`); before the first, when the connection was opened. */
  private receivedAt = 0;
  /** Milliseconds without a message, not counting suspensions. */
  private silence = 0;
  private readonly suspension = new SuspensionDetector(SUSPENDED_AFTER_MS);
  private readonly sleepDetector = new SleepDetector();

  constructor(
    private readonly url: string,
    private readonly listener: SocketListener,
  ) {
    this.sleepDetector.missed(performance.now(), Date.now());
    this.suspension.elapsed(performance.now());
    setInterval(() => this.watch(), WATCH_INTERVAL_MS);
    // A page that was hidden may have been suspended, and its timers may resume late.
    addEventListener("visibilitychange", () => this.watch());
    addEventListener("online", () => this.retryNow());
    addEventListener("offline", () => this.drop());
  }

  open(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const socket = new WebSocket(this.url);
    this.socket = socket;
    this.openedAt = this.receivedAt = performance.now();
    this.received = this.silence = 0;
    socket.onopen = () => socket === this.socket && this.listener.opened();
    socket.onmessage = (event: MessageEvent<string>) => {
      if (socket !== this.socket) return;
      this.received++;
      this.receivedAt = performance.now();
      this.silence = 0;
      this.listener.message(JSON.parse(event.data) as ServerMessage);
    };
    socket.onclose = ({ code }) => {
      if (socket === this.socket) this.lost(performance.now(), code);
    };
  }

  /** False if there is no open connection; nothing was sent then. */
  send(message: ClientMessage): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  /**
   * Replace this connection, without waiting for its closing handshake, which may never end. `since`: when it was lost,
   * if that was noticed late.
   */
  drop(since = performance.now()): void {
    const socket = this.socket;
    if (!socket) return;
    this.lost(since);
    socket.close();
  }

  /** Close for good. */
  close(): void {
    const socket = this.socket;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.socket = null;
    socket?.close();
  }

  /** Ask for an answer at once, and replace the connection if none comes. */
  checkAlive(): void {
    const { socket, received } = this;
    if (socket?.readyState !== WebSocket.OPEN) return;
    this.listener.quiet();
    const askedAt = performance.now();
    setTimeout(() => {
      // If this timer is late, the page was suspended, perhaps with the answer unread. `watch` asks again.
      const onTime = performance.now() - askedAt < CHECK_TIMEOUT_MS + SUSPENDED_AFTER_MS;
      if (onTime && socket === this.socket && received === this.received) this.drop(this.receivedAt);
    }, CHECK_TIMEOUT_MS);
  }

  private lost(at: number, code?: number): void {
    this.socket = null;
    if (performance.now() - this.openedAt > STABLE_AFTER_MS) this.attempt = this.refusals = 0;
    const refused = code !== undefined && REFUSED.includes(code);
    const asked = this.listener.closed(at, code === SERVICE_RESTART, refused);
    if (asked === false) return;
    const delay = refused
      ? refusedDelay(this.refusals++, asked ?? REFUSED_DELAY_MS, Math.random())
      : retryDelay(this.attempt++, Math.random());
    this.timer = setTimeout(() => this.open(), delay);
  }

  private retryNow(): void {
    if (this.timer !== undefined) this.open();
  }

  private watch(): void {
    const now = performance.now();
    const missed = this.sleepDetector.missed(now, Date.now());
    const ran = this.suspension.elapsed(now);
    if (missed > 0 || ran === null) {
      this.listener.woke(missed);
      this.retryNow();
      this.checkAlive();
    } else if (this.socket) {
      this.silence += ran;
      if (this.silence > (this.socket.readyState === WebSocket.OPEN ? DEAD_AFTER_MS : SOCKET_TIMEOUT_MS))
        this.drop(this.receivedAt);
      else if (this.silence > PING_AFTER_MS) this.listener.quiet();
    }
  }
}
