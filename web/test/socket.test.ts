import assert from "node:assert/strict";
import { test } from "node:test";
import { Link } from "../src/link/socket";

/** Stands for a browser's: open at once, and silent unless the test speaks. */
class Socket {
  static readonly OPEN = 1;
  static made: Socket[] = [];
  readyState = Socket.OPEN;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  constructor() {
    Socket.made.push(this);
  }
  close(): void {}
}

test("a connection that is doubted counts as lost after a second without a word, and not if there is one", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  let ms = 0;
  t.mock.method(performance, "now", () => ms);
  Object.assign(globalThis, { WebSocket: Socket, addEventListener: () => {} });
  let asked = 0;
  let lost = 0;
  const listener = { opened() {}, message() {}, closed: () => ++lost > 0, quiet: () => ++asked };
  const link = new Link("ws://nowhere", listener);
  const pass = (by: number) => {
    ms += by;
    t.mock.timers.tick(by);
  };
  link.open();
  pass(100);
  link.doubt();
  assert.equal(asked, 1);
  pass(500);
  Socket.made[0]?.onmessage?.({ data: "{}" });
  pass(600);
  assert.equal(lost, 0, "it answered");
  link.doubt();
  pass(1_000);
  assert.equal(lost, 1, "it did not");
  pass(500);
  assert.equal(Socket.made.length, 2, "another is opened");
});
