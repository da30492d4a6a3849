/**
 * This page's session with the server: who we are, the state of the show, its clock, and the way to send commands.
 *
 * What was last known stays on screen while the connection is away; `status` says that it is away, and `known` whether
 * it may still be taken for a fact.
 */

import { batch, computed, signal } from "@preact/signals";
import {
  type Admission,
  type Answer,
  type Applied,
  type Command,
  type Condition,
  type Levels,
  type Offer,
  type Patch,
  PROTOCOL,
  type Problem,
  type ServerMessage,
  type State,
  type Welcome,
} from "../wire";
import { browserId } from "./browser";
import { ShowClock, sampled } from "./clock";
import { patched } from "./patch";
import { freshId, noAnswer, PendingAnswers, Refusal } from "./pending";
import { Link } from "./socket";

/** `refused` is final: this link lets nobody in. */
export type Status = "connecting" | "open" | "lost" | "refused";
/** A command without its id. */
export type CommandBody = Command extends infer C ? (C extends Command ? Omit<C, "id"> : never) : never;

const PROBES_AT_ONCE = 5;
const BETWEEN_PROBES = 150;
/** A page that has just been opened is busy, and hears answers late; some later ones are heard at once. */
const PROBE_AGAIN_AFTER = [1_500, 3_000, 6_000];
const PROBE_EVERY = 30_000;
const ANSWER_WITHIN = 8_000;
/** A command outlives a short loss of the connection, but not one so long that its sender has given up on it. */
const COMMAND_WITHIN = 10_000;
/**
 * Milliseconds without the server after which what it said last is no fact any more. A page that changes its network
 * is back sooner: by then it has tried three times. The lights of a hall must not go out for that.
 */
const KNOWN_FOR = 2_000;

export const status = signal<Status>("connecting");
export const refusal = signal<Problem | null>(null);
export const welcome = signal<Welcome | null>(null);
export const state = signal<State | null>(null);
/** The show's time in milliseconds since 1970; moves four times a second, on the quarter. */
export const now = signal(Date.now());
/** Whether commands can be sent. */
export const online = computed(() => status.value === "open");
/** When the server was last heard of, on the show's clock; null while it is there. */
export const lostSince = signal<number | null>(null);
/** Whether the state that pages show is still so. The only place that decides it. */
export const known = signal(true);

const clock = new ShowClock();
const offers = new PendingAnswers<Offer, Answer>();
const commands = new PendingAnswers<Command, Applied>();
const welcomed = new Set<(welcome: Welcome, before: Welcome | null) => void>();
const listening = new Set<(levels: Levels["levels"]) => void>();
const admitted = new Set<(admission: Admission) => void>();
let link: Link | null = null;
let token = "";
/** The state we have cannot be patched any further; only a whole one helps. */
let astray = false;
let fading: ReturnType<typeof setTimeout> | undefined;

/** Call back after each hello that was answered, with the welcome before it, if there was one. */
export function onWelcome(then: (welcome: Welcome, before: Welcome | null) => void): void {
  welcomed.add(then);
}

/** Call back with each report of how loud the microphones are. */
export function onLevels(then: (levels: Levels["levels"]) => void): void {
  listening.add(then);
}

/** Call back when another page or the desk changes whether this page feeds its source. */
export function onAdmission(then: (admission: Admission) => void): void {
  admitted.add(then);
}

/** Begin; call once. */
export function begin(linkToken: string): void {
  token = linkToken;
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  link = new Link(`${scheme}://${location.host}/api/v1/ws`, { opened, message, closed, quiet: probe, woke });
  link.open();
  setInterval(probe, PROBE_EVERY);
  tick();
}

/** Send a command; resolves once it is on disk, rejects with a `Refusal`. */
export function command(order: CommandBody): Promise<Applied> {
  const whole = { ...order, id: freshId() } as Command;
  link?.send(whole);
  return commands.wait(whole.id, whole, COMMAND_WITHIN);
}

/** Ask the API something with this page's link; rejects with a `Refusal`. */
export async function ask<T>(path: string, body: object): Promise<T> {
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) }).catch(() => null);
  const said: unknown = await answer?.json().catch(() => null);
  if (!answer || said === null) throw noAnswer();
  if (!answer.ok) throw new Refusal(said as Problem);
  return said as T;
}

/** Send an SDP offer; rejects with a `Refusal` if it is refused or not answered. */
export function offer(sdp: string, source: string | null): Promise<Answer> {
  const message: Offer = { type: "offer", id: freshId(), sdp, source };
  const answer = offers.wait(message.id, message, ANSWER_WITHIN);
  if (!link?.send(message)) offers.reject(message.id, noAnswer());
  return answer;
}

/** Picture and sound have stopped: find out soon whether this connection has as well. */
export function doubt(): void {
  link?.doubt();
}

/** Say how this page's devices stand; false if that is for after the next welcome. */
export function tell(condition: Condition): boolean {
  return online.peek() && link?.send(condition) === true;
}

/** Picture and sound end here; the page stays. */
export function leave(): void {
  link?.send({ type: "leave" });
}

function opened(): void {
  const known = astray ? null : welcome.value;
  link?.send({
    type: "hello",
    token,
    protocol: PROTOCOL,
    boot: known?.boot ?? null,
    rev: (known && state.value?.rev) ?? null,
    peer: welcome.value?.peer ?? null,
    browser: browserId(),
  });
}

function closed(at: number): boolean {
  offers.rejectAll(noAnswer());
  const final = refusal.value?.code === "unauthorized";
  if (online.value) miss(at);
  status.value = final ? "refused" : state.value ? "lost" : "connecting";
  clock.guess();
  return !final;
}

/** The server is gone since `at`: a dead connection is noticed late. */
function miss(at: number): void {
  lostSince.value = clock.read(at) ?? now.value;
  const rest = KNOWN_FOR - (performance.now() - at);
  fading = setTimeout(() => (known.value = false), Math.max(0, rest));
}

function probe(): void {
  link?.send({ type: "clock", sent: performance.now() });
}

function probes(): void {
  for (let n = 0; n < PROBES_AT_ONCE; n++) setTimeout(probe, n * BETWEEN_PROBES);
}

function woke(missed: number): void {
  if (missed > 0) clock.slept(performance.now(), missed);
  if (!online.value) clock.guess();
  probes();
}

function message(heard: ServerMessage): void {
  switch (heard.type) {
    case "welcome":
      greeted(heard);
      break;
    case "snapshot":
      astray = false;
      batch(() => {
        state.value = heard.state;
        if (clock.known) readClock();
        else now.value = Date.parse(heard.state.now);
      });
      break;
    case "patch":
      patch(heard);
      break;
    case "levels":
      for (const then of listening) then(heard.levels);
      break;
    case "admission":
      for (const then of admitted) then(heard);
      break;
    case "answer":
      offers.resolve(heard.id, heard);
      break;
    case "reply":
      if ("code" in heard.result) commands.reject(heard.id, new Refusal(heard.result));
      else commands.resolve(heard.id, heard.result);
      break;
    case "clock":
      clock.add(sampled(heard, performance.now()));
      break;
    case "error":
      faulted(heard.id, { ...heard, rev: null });
      break;
  }
}

function patch(heard: Patch): void {
  try {
    if (state.value?.rev !== heard.base) throw new TypeError("a patch for another state than ours");
    const after = { ...patched(state.value, heard.changes), rev: heard.rev };
    // Read afresh: against a clock of a quarter second ago, what begins now would have more time left than it is long.
    batch(() => {
      state.value = after;
      readClock();
    });
  } catch {
    // Something was missed: come back for a whole state.
    astray = true;
    link?.drop();
  }
}

function greeted(heard: Welcome): void {
  if (heard.protocol !== PROTOCOL) {
    reloadOnce();
    return;
  }
  const before = welcome.value;
  if (before && before.boot !== heard.boot) clock.forget();
  welcome.value = heard;
  clearTimeout(fading);
  status.value = "open";
  lostSince.value = null;
  known.value = true;
  refusal.value = null;
  probes();
  if (!before) for (const after of PROBE_AGAIN_AFTER) setTimeout(probes, after);
  // Those that were under way when the connection went: the same id is applied once, whether it had arrived or not.
  for (const waiting of commands.messages) link?.send(waiting);
  for (const then of welcomed) then(heard, before);
}

function faulted(id: string | null, problem: Problem): void {
  if (id === null) {
    refusal.value = problem;
    return;
  }
  offers.reject(id, new Refusal(problem));
  commands.reject(id, new Refusal(problem));
}

/** The server speaks another protocol than this page: it has been updated, and so must the page be. But no loops. */
function reloadOnce(): void {
  const key = "schalte.reloaded-from";
  if (sessionStorage.getItem(key) === String(PROTOCOL)) return;
  sessionStorage.setItem(key, String(PROTOCOL));
  location.reload();
}

function readClock(): void {
  const read = clock.read(performance.now());
  if (read !== null) now.value = read;
}

/** Move `now` on the quarter seconds of the show's clock, so that the clocks of all halls flip together. */
function tick(): void {
  readClock();
  const rest = 250 - (now.value % 250);
  setTimeout(tick, Math.max(20, rest / clock.speed) + 2);
}
