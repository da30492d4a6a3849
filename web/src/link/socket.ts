/**
 * A WebSocket that comes back.
 *
 * It knows nothing of the show: it opens, hands over messages, notices silence, and tries again, soon at first and
 * then every few seconds. A connection that is dead without being closed (a hall's Wi-Fi that went away) is noticed
 * by an answer that stays out, because the browser itself would need minutes.
 */

import type { ClientMessage, ServerMessage } from "../wire";

const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 5_000;
/** With nothing heard for so long we ask for a sign of life … */
const QUIET = 5_000;
/** … and with nothing heard for so long the connection counts as lost. */
const DEAD = 9_000;
/** Where picture and sound have stopped as well it counts as lost after so long. */
const DOUBTFUL = 1_000;
/** A connection that held for so long was a good one: the next attempts begin without a long pause again. */
const GOOD = 5_000;

/** Milliseconds to wait before attempt `n` (from 0): doubling, with jitter so that halls do not return all at once. */
export function pause(n: number, random: number): number {
  return Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** n) * (0.5 + random / 2);
}

export interface Listener {
  opened(): void;
  message(message: ServerMessage): void;
  /** Not open any more. Return false to stay away. */
  closed(): boolean;
  /** Nothing was heard for a while: send something that is answered. */
  quiet(): void;
}

export class Link {
  private socket: WebSocket | null = null;
  private attempt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private since = 0;
  private heard = 0;

  constructor(
    private readonly url: string,
    private readonly listener: Listener,
  ) {
    setInterval(() => this.watch(), 1_000);
    addEventListener("online", () => this.retryNow());
    addEventListener("offline", () => this.drop());
  }

  open(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const socket = new WebSocket(this.url);
    this.socket = socket;
    this.since = this.heard = performance.now();
    socket.onopen = () => this.listener.opened();
    socket.onmessage = (event: MessageEvent<string>) => {
      if (socket !== this.socket) return;
      this.heard = performance.now();
      this.listener.message(JSON.parse(event.data) as ServerMessage);
    };
    socket.onclose = () => {
      if (socket === this.socket) this.lost();
    };
  }

  /** False when there is no open connection; nothing was sent then. */
  send(message: ClientMessage): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  /** Give this connection up and open another. A closing handshake may never end, so nobody waits for it. */
  drop(): void {
    const socket = this.socket;
    if (!socket) return;
    this.lost();
    socket.close();
  }

  /** Something else that comes from the same server has stopped: ask for a sign of life at once. */
  doubt(): void {
    const { socket, heard } = this;
    if (socket?.readyState !== WebSocket.OPEN) return;
    this.listener.quiet();
    setTimeout(() => {
      if (socket === this.socket && heard === this.heard) this.drop();
    }, DOUBTFUL);
  }

  private lost(): void {
    this.socket = null;
    if (performance.now() - this.since > GOOD) this.attempt = 0;
    if (!this.listener.closed()) return;
    this.timer = setTimeout(() => this.open(), pause(this.attempt++, Math.random()));
  }

  private retryNow(): void {
    if (this.timer !== undefined) this.open();
  }

  private watch(): void {
    if (!this.socket) return;
    const silence = performance.now() - this.heard;
    if (silence > DEAD) this.drop();
    else if (silence > QUIET) this.listener.quiet();
  }
}
