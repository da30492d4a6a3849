import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { signal } from "@preact/signals";
import { state, welcome } from "../src/link/session";
import type { PageMedia } from "../src/media/pagemedia";
import { chooseDisplay, type Display, windowFeatures } from "../src/screen/displays";
import { audiencePart } from "../src/screen/feed";
import { settled } from "./browser";
import { item, show } from "./build";

function display(label: string, left: number, more: Partial<Display> = {}): Display {
  const [width, height] = [1920, 1080];
  return {
    label,
    width,
    height,
    availLeft: left,
    availTop: 0,
    availWidth: width,
    availHeight: height,
    isInternal: false,
    ...more,
  };
}

const LAPTOP = display("Built-in", 0, { isInternal: true, width: 1440, height: 900 });
const PROJECTOR = display("EPSON", 1440);
const FOYER = display("SHARP", 3360, { width: 3840, height: 2160 });
const ALL = [LAPTOP, FOYER, PROJECTOR];

test("the screen goes to another display than the technician's window, not to a built-in one", () => {
  assert.equal(chooseDisplay([LAPTOP, PROJECTOR], LAPTOP, null), PROJECTOR);
  assert.equal(chooseDisplay([LAPTOP, PROJECTOR], PROJECTOR, null), LAPTOP);
  assert.equal(chooseDisplay([PROJECTOR, LAPTOP, FOYER], PROJECTOR, null), FOYER);
  assert.equal(chooseDisplay([LAPTOP], LAPTOP, null), null);
});

test("it comes back to the display that it filled, by its name and its size", () => {
  const twin = display("EPSON", 5280, { width: 1280, height: 800 });
  assert.equal(chooseDisplay(ALL, LAPTOP, PROJECTOR), PROJECTOR);
  assert.equal(chooseDisplay([...ALL, twin], LAPTOP, twin), twin);
  // Another resolution by now, or another name for the same input of a capture card.
  assert.equal(chooseDisplay(ALL, LAPTOP, { label: "EPSON", width: 1024, height: 768 }), PROJECTOR);
  assert.equal(chooseDisplay(ALL, LAPTOP, { label: "HDMI-2", width: 1920, height: 1080 }), PROJECTOR);
  // Not there any more.
  assert.equal(chooseDisplay([LAPTOP, FOYER], LAPTOP, PROJECTOR), FOYER);
});

test("the window covers its display, or is one to be dragged", () => {
  assert.equal(windowFeatures(PROJECTOR), "popup,left=1440,top=0,width=1920,height=1080");
  assert.equal(windowFeatures(null), "popup,width=1280,height=720");
});

test("the screen is given nothing of the crew", () => {
  const secret = "only for the crew";
  const plain = show([item("one", { notes: secret, title: "Welcome" })]);
  const state = {
    ...plain,
    event: { ...plain.event, contact: secret },
    messages: { krefeld: { id: "1", text: secret, level: "urgent" } },
    cues: { krefeld: { what: secret } },
    flags: { krefeld: { text: secret } },
    talks: { desk: { to: [secret] } },
    waiting: { krefeld: [secret] },
    takeovers: { krefeld: secret },
    server: { warnings: [secret], sheds: 2 },
  } as unknown as Parameters<typeof audiencePart>[0];
  const given = audiencePart(state);
  assert.ok(!JSON.stringify(given).includes(secret));
  assert.equal(given.items[0]?.title, "Welcome");
  assert.equal(given.server.sheds, 2);
});

const MEDIA = {
  call: { tracks: signal(new Map()), receives: signal(new Set()), phase: signal("idle") },
  isChannelPlayed: signal(false),
  listening: { channel: signal(null) },
} as unknown as PageMedia;

/** Set these globals until the test has ended. The texts look at the browser when they are loaded. */
function fake(t: TestContext, more: Record<string, unknown> = {}): void {
  const fakes = { location: { search: "" }, navigator: { languages: [] }, ...more };
  for (const [name, value] of Object.entries(fakes))
    Object.defineProperty(globalThis, name, { value, configurable: true });
  t.after(() => {
    for (const name of Object.keys(fakes)) Reflect.deleteProperty(globalThis, name);
  });
}

test("a screen that fails does not fail the page that opened it, and is given the next state", async (t) => {
  fake(t);
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  const said = t.mock.method(console, "error", () => undefined);
  t.after(() => {
    state.value = welcome.value = null;
  });
  const { HallWindow } = await import("../src/screen/window");
  const hall = new HallWindow(MEDIA, "test");
  let given = 0;
  const shown = (): void => {
    given++;
    if (given === 2) throw new Error("of the other window");
  };
  welcome.value = { id: "krefeld" } as typeof welcome.value;
  state.value = show([item("one")]);
  hall.hall.attach({ window: { closed: false } as Window, show: shown });
  state.value = show([item("two")]);
  state.value = show([item("three")]);
  assert.deepEqual([given, said.mock.callCount()], [3, 1]);
});

/** The locks of one browser, all of one name. */
class Locks {
  private held: ((why: Error) => void) | null = null;
  private readonly queue: (() => void)[] = [];

  request(_: string, { steal }: LockOptions, callback: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const grant = (): void => {
        this.held = reject;
        void callback().then(() => {
          resolve();
          if (this.held === reject) this.release();
        });
      };
      if (steal) {
        this.held?.(new Error("stolen"));
        grant();
      } else if (this.held === null) grant();
      else this.queue.push(grant);
    });
  }

  /** The page that holds it has gone. */
  release(): void {
    this.held = null;
    this.queue.shift()?.();
  }
}

test("of two tabs that take the screen from each other, the one that is left opens it again", async (t) => {
  const locks = new Locks();
  const stored = JSON.stringify({ isWanted: true, display: null });
  const localStorage = { getItem: () => stored, setItem: () => undefined };
  const opener = { open: () => ({}) };
  fake(t, { navigator: { languages: [], locks }, localStorage, window: opener });
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  const { HallWindow } = await import("../src/screen/window");
  const [first, second] = [new HallWindow(MEDIA, "test"), new HallWindow(MEDIA, "test")];
  for (const tab of [second, first]) {
    await tab.open();
    await settled();
  }
  assert.equal(second.status.value, "closed");
  locks.release();
  await settled();
  t.mock.timers.tick(3_000);
  assert.equal(second.status.value, "missing");
});
