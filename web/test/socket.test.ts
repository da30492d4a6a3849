import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { ReconnectingSocket, refusedDelay } from "../src/link/socket";

/** A fake WebSocket: open at once, and silent unless the test sends. */
class Socket {
  static readonly OPEN = 1;
  static made: Socket[] = [];
  readyState = Socket.OPEN;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  constructor() {
    Socket.made.push(this);
  }
  close(): void {}
}

const MINUTE = 60_000;

/** A page with an open connection, and its computer. */
class Page {
  opened = 0;
  asked = 0;
  lost = 0;
  /** What the server asks it to wait when it refuses it. */
  askedMs: number | null = null;
  /** When a lost connection had its last message. */
  lastHeard: number | null = null;
  woke: number[] = [];
  private ms = 0;
  private wall = 1_000_000;
  private readonly heard: Record<string, () => void> = {};
  readonly socket: ReconnectingSocket;

  constructor(private readonly t: TestContext) {
    t.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
    t.mock.method(performance, "now", () => this.ms);
    t.mock.method(Date, "now", () => this.wall);
    Socket.made = [];
    const addEventListener = (name: string, then: () => void) => {
      this.heard[name] = then;
    };
    Object.assign(globalThis, { WebSocket: Socket, addEventListener });
    this.socket = new ReconnectingSocket("ws://nowhere", {
      opened: () => ++this.opened,
      message() {},
      closed: (at, _restarts, refused) => {
        this.lastHeard = at;
        this.lost++;
        return refused ? this.askedMs : null;
      },
      quiet: () => ++this.asked,
      woke: (missed) => this.woke.push(missed),
    });
    this.socket.open();
  }

  /** Let the page run. */
  pass(ms: number): void {
    for (let left = ms; left > 0; left -= 100) {
      this.ms += Math.min(100, left);
      this.wall += Math.min(100, left);
      this.t.mock.timers.tick(Math.min(100, left));
    }
  }

  /** Suspend the page: its timers are late by so much. */
  freeze(ms: number): void {
    this.ms += ms;
    this.wall += ms;
  }

  /** Let the computer sleep: the page's monotonic clock stops as well. */
  sleep(ms: number): void {
    this.wall += ms;
  }

  /** Set the computer's wall clock. */
  set(ms: number): void {
    this.wall += ms;
  }

  show(): void {
    this.heard.visibilitychange?.();
  }

  answer(): void {
    Socket.made.at(-1)?.onmessage?.({ data: "{}" });
  }
}

test("a checked connection is lost after a second without a message, and not with one", (t) => {
  const page = new Page(t);
  page.pass(100);
  page.socket.checkAlive();
  assert.equal(page.asked, 1);
  page.pass(500);
  page.answer();
  page.pass(600);
  assert.equal(page.lost, 0, "it answered");
  page.socket.checkAlive();
  page.pass(1_000);
  assert.equal(page.lost, 1, "it did not");
  assert.equal(page.lastHeard, 600);
  page.pass(500);
  assert.equal(Socket.made.length, 2, "another is opened");
});

test("a silent server is asked after 4 s, and has 9 s to answer", (t) => {
  const page = new Page(t);
  page.pass(4_000);
  assert.equal(page.asked, 0);
  page.pass(2_000);
  assert.ok(page.asked > 0);
  page.pass(6_500);
  assert.equal(page.lost, 0);
  page.answer();
  page.pass(12_000);
  assert.equal(page.lost, 0, "it answered within 9 s");
  page.pass(3_000);
  assert.equal(page.lost, 1);
});

test("a hidden page that wakes once a minute does not take its own suspension for the server's silence", (t) => {
  const page = new Page(t);
  for (let n = 0; n < 10; n++) {
    page.freeze(MINUTE);
    page.pass(1_000);
    assert.equal(page.asked, n + 1, "it asks");
    page.answer();
  }
  assert.equal(page.lost, 0);
});

test("a page frozen while it waited for an answer does not give up before reading it", (t) => {
  const page = new Page(t);
  page.socket.checkAlive();
  page.pass(500);
  page.freeze(10 * MINUTE);
  page.pass(1_000);
  assert.equal(page.lost, 0);
  page.pass(1_500);
  assert.equal(page.lost, 1, "asked again, it was not answered");
});

test("a page whose server was lost during a suspension notices within two seconds after it", (t) => {
  const page = new Page(t);
  page.pass(2_000);
  page.freeze(10 * MINUTE);
  page.show();
  assert.deepEqual([page.asked, page.woke], [1, [0]], "at once where it is shown again");
  page.pass(1_000);
  assert.equal(page.lost, 1);
  page.pass(300);
  assert.equal(Socket.made.length, 2);
});

test("after a sleep the page knows how long its clock was stopped, and asks the server", (t) => {
  const page = new Page(t);
  page.pass(2_000);
  page.sleep(10 * MINUTE);
  page.pass(1_000);
  assert.deepEqual(page.woke, [10 * MINUTE]);
  assert.equal(page.asked, 1);
  page.pass(1_000);
  assert.equal(page.lost, 1, "it was not answered");
});

test("after a sleep the page reconnects at once", (t) => {
  const page = new Page(t);
  page.pass(1_000);
  for (let n = 0; n < 6; n++) {
    page.socket.drop();
    page.pass(5_000);
  }
  page.socket.drop();
  const made = Socket.made.length;
  page.sleep(MINUTE);
  page.show();
  assert.equal(Socket.made.length, made + 1);
});

test("a clock that is set back, or adjusted by NTP, is no sleep", (t) => {
  const page = new Page(t);
  page.pass(2_000);
  page.set(-60 * MINUTE);
  page.pass(1_000);
  page.set(800);
  page.pass(1_000);
  assert.deepEqual([page.woke, page.asked], [[], 0]);
});

test("a connection that opens after it was replaced is not greeted", (t) => {
  const page = new Page(t);
  const [first] = Socket.made;
  page.socket.drop();
  page.pass(500);
  first?.onopen?.();
  assert.equal(page.opened, 0);
  Socket.made.at(-1)?.onopen?.();
  assert.equal(page.opened, 1);
});

test("a connection closed for good is not opened again", (t) => {
  const page = new Page(t);
  const made = Socket.made.length;
  page.socket.close();
  Socket.made.at(-1)?.onclose?.({ code: 1000 });
  page.pass(5 * MINUTE);
  assert.equal(Socket.made.length, made);
});

/** For how long the page waits before it connects again, in steps of 100 ms. */
function waits(page: Page, code: number): number {
  const made = Socket.made.length;
  Socket.made[made - 1]?.onclose?.({ code });
  let waited = 0;
  while (Socket.made.length === made && waited < 10 * MINUTE) {
    page.pass(100);
    waited += 100;
  }
  return waited;
}

test("a refused page comes back no earlier than the server asked, and later each time", (t) => {
  t.mock.method(Math, "random", () => 0);
  const page = new Page(t);
  page.askedMs = 10_000;
  assert.deepEqual(
    [1013, 1013, 4429, 1013, 1013].map((code) => waits(page, code)),
    [10_000, 20_000, 40_000, 60_000, 60_000],
  );
  page.askedMs = 90_000;
  assert.equal(waits(page, 1013), 90_000, "never earlier");
});

test("a refusal that names no delay waits five seconds, and any other loss a quarter of a second", (t) => {
  t.mock.method(Math, "random", () => 0);
  const page = new Page(t);
  assert.equal(waits(page, 4429), 5_000);
  for (const code of [1006, 1012]) assert.ok(waits(page, code) <= 500);
});

test("after a connection that lasted, the first refusal waits as the server asked", (t) => {
  t.mock.method(Math, "random", () => 0);
  const page = new Page(t);
  page.askedMs = 10_000;
  assert.deepEqual([waits(page, 1013), waits(page, 1013)], [10_000, 20_000]);
  page.pass(6_000);
  assert.equal(waits(page, 1013), 10_000);
});

test("refused pages do not come back all at once", () => {
  assert.deepEqual([refusedDelay(0, 10_000, 0), refusedDelay(0, 10_000, 1)], [10_000, 15_000]);
});
