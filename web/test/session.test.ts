import assert from "node:assert/strict";
import { test } from "node:test";
import { begin, lines, now, postponed, restarting, revision, state, status } from "../src/link/session";
import type { Change, ClientMessage, ServerMessage, State } from "../src/wire";
import { item, show, source } from "./build";

const NOON = Date.parse("2018-09-15T12:00:00Z");
const MINUTE = 60_000;

/** The real time in milliseconds. The page's clock stops in a sleep. */
let real = 0;
let page = 0;
/** How long a busy page takes to handle an answer. */
let busy = 200;
/** The server cannot be reached. */
let isAway = false;
const showTime = () => NOON + real;

/** A fake WebSocket with a server that answers at once. */
class Socket {
  static readonly OPEN = 1;
  static made: Socket[] = [];
  readyState = isAway ? 0 : Socket.OPEN;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor() {
    Socket.made.push(this);
    if (!isAway) setTimeout(() => this.onopen?.(), 1);
  }

  send(data: string): void {
    const message = JSON.parse(data) as ClientMessage;
    if (message.type === "hello") {
      const welcome = {
        protocol: 1,
        boot: "1",
        session: "00",
        address: "",
        peer: "p",
        rehearsal: false,
        now_ms: showTime(),
        speed: 1,
        role: "stage",
        id: "stage",
        name: "",
      };
      this.say({
        type: "welcome",
        ...welcome,
        read_only: false,
        sources: [],
        views: [],
        ice_servers: [],
      } as ServerMessage);
      const state: State = { ...show([item("talk")]), now: new Date(showTime()).toISOString() };
      this.say({ type: "snapshot", state });
    } else if (message.type === "clock") {
      this.say({ type: "clock", sent: message.sent, now_ms: showTime(), speed: 1 });
    }
  }

  say(message: ServerMessage): void {
    setTimeout(() => this.onmessage?.({ data: JSON.stringify(message) }), 2 + busy);
  }

  close(): void {}
}

test("a page's clock follows the show's: after loading, at a change, and after a sleep", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  t.mock.method(performance, "now", () => page);
  t.mock.method(Math, "random", () => 0.5);
  t.mock.method(Date, "now", () => showTime() - 7 * MINUTE);
  const location = { protocol: "http:", host: "nowhere" };
  Object.assign(globalThis, { WebSocket: Socket, addEventListener: () => {}, location });

  /** Let the page run; returns the largest error of its clock. */
  const pass = (ms: number): number => {
    let worst = 0;
    const stop = now.subscribe((read) => {
      worst = Math.max(worst, Math.abs(read - showTime()));
    });
    worst = 0;
    for (let n = 0; n < ms; n++) {
      real++;
      page++;
      t.mock.timers.tick(1);
    }
    stop();
    return worst;
  };

  begin("token");
  busy = 0;
  // The welcome is there before the page has anything to draw; the state after it keeps the page busy.
  pass(3);
  assert.ok(Math.abs(now.value - showTime()) <= 5, "right by the welcome, before any answer to a probe");
  busy = 200;
  assert.ok(pass(1_000) <= 50, "right in its first second, though answers lie in the page while it loads");
  busy = 0;
  pass(1_000);
  assert.ok(pass(28_000) <= 5, "those after it are there in two seconds");

  pass(101);
  Socket.made[0]?.say({ type: "patch", base: 1, rev: 2, changes: [] });
  assert.ok(now.value < showTime() - 50);
  const begun = showTime();
  pass(3);
  assert.ok(now.value >= begun, "what begins with a change has not more time left than it is long");

  real += 10 * MINUTE;
  pass(1_100);
  assert.ok(pass(20_000) <= 5, "after a sleep it is right in little more than a second");

  const answers = Socket.prototype.send;
  Socket.prototype.send = () => {};
  real += 10 * MINUTE;
  pass(2_500);
  assert.equal(Socket.made.length, 2, "nothing was answered, so it has connected anew");
  assert.ok(pass(2_000) <= 5, "with no server to ask, the wall clock says how long it slept");
  isAway = true;
  Socket.made.at(-1)?.onclose?.({ code: 1006 });
  pass(1_000);
  real += 10 * MINUTE;
  pass(1_300);
  assert.ok(pass(2_000) <= 5, "nor with none that a connection could be opened to");
  isAway = false;
  Socket.prototype.send = answers;
  Socket.made.at(-1)?.onclose?.({ code: 1006 });
  pass(10_000);
  assert.ok(pass(2_000) <= 5);

  isAway = true;
  Socket.made.at(-1)?.onclose?.({ code: 1012 });
  for (let n = 0; n < 50; n++) {
    pass(100);
    if (Socket.made.at(-1)?.readyState === 0) Socket.made.at(-1)?.onclose?.({ code: 1006 }); // its port is closed
  }
  assert.deepEqual([status.value, restarting.value], ["lost", true], "the server has said that it restarts");
  isAway = false;
  pass(2_500);
  assert.deepEqual([status.value, restarting.value], ["open", false], "back within 3 s of its start");
});

test("what shows no figures of lines is not drawn for them", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  const socket = Socket.made.at(-1);
  const say = (message: object): void => socket?.onmessage?.({ data: JSON.stringify(message) });
  const patch = (base: number, ...changes: [Change["path"], unknown][]): void =>
    say({
      type: "patch",
      base,
      rev: base + 1,
      changes: changes.map(([path, value]) => ({ path, value, drop: false, shift: null })),
    });
  say({ type: "snapshot", state: { ...show([item("talk")], {}, { tokio: source("Tokio") }), rev: 7 } });
  const before = state.value;
  const loss: [Change["path"], unknown] = [["sources", "tokio", "loss"], 0.2];
  patch(7, loss, [["sources", "tokio", "kbps"], 900]);
  assert.equal(state.value, before);
  assert.deepEqual([lines.value?.sources.tokio?.loss, lines.value?.sources.tokio?.kbps], [0.2, 900]);
  assert.equal(revision.value, 8, "a command that changes nothing else is known to be in the state");
  patch(8, [["sources", "tokio", "tally"], "on-air"], [["show", "held"], true]);
  assert.deepEqual([state.value?.rev, state.value?.show.held], [9, true]);
  for (const each of [state.value, lines.value]) assert.equal(each?.sources.tokio?.tally, "on-air");
  assert.equal(lines.value?.sources.tokio?.loss, 0.2);
  assert.equal(state.value?.items, before?.items);
});

test("a server that wants a page to wait is named until it cannot be reached at all", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  const socket = Socket.made.at(-1);
  socket?.onopen?.();
  const busy = {
    type: "error",
    id: null,
    code: "busy",
    message: "",
    reason: null,
    details: {},
    retry_after_s: 1,
  };
  socket?.onmessage?.({ data: JSON.stringify(busy) });
  socket?.onclose?.({ code: 1013 });
  assert.equal(postponed.value?.code, "busy");
  isAway = true;
  t.mock.timers.tick(5_000);
  Socket.made.at(-1)?.onclose?.({ code: 1006 });
  assert.equal(postponed.value, null);
});
