/**
 * This page's session with the server: the welcome, the state of the show, its clock, and sending commands.
 *
 * The last state stays on screen while the connection is lost: `status` says that it is lost, `known` whether the state
 * still counts as a fact.
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
import { loadingSamples, ShowClock } from "./clock";
import { isFigure, isOfLines, type Lines, patched } from "./patch";
import { freshId, noAnswer, PendingAnswers, Refusal } from "./pending";
import { ReconnectingSocket } from "./socket";

/** `refused` and `left` are final: the link is not valid, or the desk has closed this page; a person has left. */
export type Status = "connecting" | "open" | "lost" | "refused" | "left";
/** A command without its id. */
export type CommandBody = Command extends infer C ? (C extends Command ? Omit<C, "id"> : never) : never;

const PROBES_PER_BURST = 5;
const PROBE_SPACING_MS = 150;
/** A page that is loading handles answers late, so it probes again soon after. */
const EARLY_BURSTS_MS = [750, 1_500, 3_000, 6_000];
const PROBE_INTERVAL_MS = 30_000;
const OFFER_TIMEOUT_MS = 8_000;
/** A file of 1000 items is compared within a few seconds; a connection that is lost without a sign never answers. */
const REQUEST_TIMEOUT_MS = 20_000;
/** A command is sent again after a short loss of the connection, but not after its sender has given up on it. */
const COMMAND_TIMEOUT_MS = 10_000;
/**
 * How long the last state counts as a fact without the server. A page that changes its network is back sooner, with its
 * third attempt, and a hall's tally must not go out for that.
 */
const STATE_VALID_MS = 2_000;

export const status = signal<Status>("connecting");
export const refusal = signal<Problem | null>(null);
export const welcome = signal<Welcome | null>(null);
/**
 * The state of the show, but for the figures of lines, which are those of the snapshot. They change every second, and what
 * does not show them is not to be drawn for them. Its `rev` is that of the last change of anything else.
 */
export const state = signal<State | null>(null);
/** The sources and destinations with the figures of their lines as of now. */
export const lines = signal<Lines | null>(null);
/** The revision up to which all is known. */
export const revision = signal<number | null>(null);
/** The show's time in milliseconds since 1970; changes four times a second, on the quarter. */
export const now = signal(Date.now());
/** Whether commands can be sent. */
export const online = computed(() => status.value === "open");
/** The link is read-only: the page shows everything, and sends no command. */
export const looksOn = computed(() => welcome.value?.read_only === true);
/** When the server was last heard, on the show's clock; null while connected. */
export const lostSince = signal<number | null>(null);
/** The server has said that it restarts, and is not back yet. */
export const restarting = signal(false);
/** The server speaks another protocol than this page, also after a reload: the browser or a proxy has kept an old page. */
export const outdated = signal(false);
/** Why the server wants this page to come back later; null if it does not. */
export const postponed = signal<Problem | null>(null);
/** Whether the last state still counts as a fact. Decided only here. */
export const known = signal(true);

const clock = new ShowClock();
const offers = new PendingAnswers<Offer, Answer>();
const commands = new PendingAnswers<Command, Applied>();
const welcomeListeners = new Set<(welcome: Welcome, before: Welcome | null) => void>();
const levelListeners = new Set<(levels: Levels) => void>();
const admissionListeners = new Set<(admission: Admission) => void>();
let socket: ReconnectingSocket | null = null;
let token = "";
/** A patch was missed: only a snapshot helps. */
let needsSnapshot = false;
/** When this connection's hello was sent, by `performance.now()`. */
let helloAt = 0;
/** The milliseconds that the last error asked this page to wait. */
let askedMs: number | null = null;
let staleTimer: ReturnType<typeof setTimeout> | undefined;
let ticking: ReturnType<typeof setTimeout> | undefined;

/** Call back after each welcome, with the one before it, if any. Returns a function that ends that. */
export function onWelcome(then: (welcome: Welcome, before: Welcome | null) => void): () => void {
  welcomeListeners.add(then);
  return () => welcomeListeners.delete(then);
}

/** Call back with each message of microphone levels. */
export function onLevels(then: (levels: Levels) => void): void {
  levelListeners.add(then);
}

/** Call back when another page or the desk changes whether this page feeds its source. */
export function onAdmission(then: (admission: Admission) => void): void {
  admissionListeners.add(then);
}

/** Connect; call once. */
export function begin(linkToken: string): void {
  token = linkToken;
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  socket = new ReconnectingSocket(`${scheme}://${location.host}/api/v1/ws`, {
    opened,
    message: onMessage,
    closed,
    quiet: probe,
    woke,
  });
  socket.open();
  setInterval(probe, PROBE_INTERVAL_MS);
  for (const sample of loadingSamples()) clock.add(sample);
  tick();
}

/** Send a command; resolves once it is in the show log, rejects with a `Refusal`. */
export function command(body: CommandBody): Promise<Applied> {
  const message = { ...body, id: freshId() } as Command;
  socket?.send(message);
  return commands.wait(message.id, message, COMMAND_TIMEOUT_MS);
}

/** Ask the API with this page's token; rejects with a `Refusal`, also if there is no answer in time. */
export async function request<T>(method: "GET" | "POST" | "DELETE", path: string, body?: object): Promise<T> {
  const answer = await asked(method, path, body);
  const result: unknown = await answer?.json().catch(() => null);
  if (!answer || result === null) throw noAnswer();
  if (!answer.ok) throw new Refusal(result as Problem);
  return result as T;
}

/** A file of the API; rejects as `request` does. */
export async function requestFile(path: string): Promise<Blob> {
  const answer = await asked("GET", path);
  if (!answer) throw noAnswer();
  if (!answer.ok) throw new Refusal((await answer.json().catch(() => noAnswer().problem)) as Problem);
  return answer.blob();
}

async function asked(method: string, path: string, body?: object): Promise<Response | null> {
  const headers = { Authorization: `Bearer ${token}`, ...(body && { "Content-Type": "application/json" }) };
  return fetch(path, {
    method,
    headers,
    ...(body && { body: JSON.stringify(body) }),
    cache: "no-store",
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  }).catch(() => null);
}

/**
 * Send an SDP offer; rejects with a `Refusal`, also if it is not answered in time. With `input` it is for a further
 * input of this page's place.
 */
export function offer(
  sdp: string,
  source: string | null,
  input?: Pick<Offer, "input" | "content">,
): Promise<Answer> {
  const message: Offer = { type: "offer", id: freshId(), sdp, source, ...input };
  const answer = offers.wait(message.id, message, OFFER_TIMEOUT_MS);
  if (!socket?.send(message)) offers.reject(message.id, noAnswer());
  return answer;
}

/** The show's time now, in milliseconds since 1970: to the millisecond, where `now` changes four times a second. */
export function showTime(): number {
  return clock.read(performance.now()) ?? now.peek();
}

/** Media has stopped: check whether this connection still works. */
export function checkAlive(): void {
  socket?.checkAlive();
}

/** Report the state of this page's devices; false if that has to wait for the next welcome. */
export function sendCondition(condition: Condition): boolean {
  return online.peek() && socket?.send(condition) === true;
}

/** Listen to a channel; null is the floor. The server forgets it when the connection is lost. */
export function sendListen(channel: string | null): void {
  socket?.send({ type: "listen", id: freshId(), channel });
}

/** Say what pictures this page can decode in time. */
export function sendPictures(previews: boolean, small: boolean): void {
  socket?.send({ type: "pictures", id: freshId(), previews, small });
}

/** Begin or end talkback; false if it could not be sent. It ends when the connection is lost. */
export function sendTalk(to: readonly string[] | "all", on: boolean): boolean {
  return socket?.send({ type: "talk", id: freshId(), to: to === "all" ? to : [...to], on }) === true;
}

/** Say who sits at this desk, and which item it edits. The server forgets it when the connection is lost. */
export function sendHere(name: string, editing: string | null): void {
  socket?.send({ type: "here", id: freshId(), name, editing });
}

/** Leave with picture and sound, or end one further input; the session goes on. `withdraw`: do not wait for a turn. */
export function leave(input: string | null = null, withdraw = false): void {
  socket?.send({ type: "leave", input, withdraw });
}

/** End the session for good. */
export function end(): void {
  socket?.close();
  status.value = "left";
}

function opened(): void {
  const known = needsSnapshot ? null : welcome.value;
  helloAt = performance.now();
  socket?.send({
    type: "hello",
    token,
    protocol: PROTOCOL,
    boot: known?.boot ?? null,
    rev: known && revision.value,
    peer: welcome.value?.peer ?? null,
    browser: browserId(),
  });
}

function closed(at: number, restarts: boolean, refused: boolean): number | null | false {
  restarting.value ||= restarts;
  postponed.value = refused ? refusal.value : null;
  offers.rejectAll(noAnswer());
  // Forbidden: the link is valid, but opens no page, or the desk has closed this one, and only a person may open it.
  const final = refusal.value?.code === "unauthorized" || refusal.value?.code === "forbidden";
  if (online.value) onServerLost(at);
  status.value = final ? "refused" : state.value ? "lost" : "connecting";
  clock.addSleep();
  const asked = askedMs;
  askedMs = null;
  return final ? false : asked;
}

/** The connection was lost at `at`, which is earlier than now: a dead connection is noticed late. */
function onServerLost(at: number): void {
  lostSince.value = clock.read(at) ?? now.value;
  const rest = STATE_VALID_MS - (performance.now() - at);
  staleTimer = setTimeout(() => (known.value = false), Math.max(0, rest));
}

function probe(): void {
  socket?.send({ type: "clock", sent: performance.now() });
}

function probeBurst(): void {
  for (let n = 0; n < PROBES_PER_BURST; n++) setTimeout(probe, n * PROBE_SPACING_MS);
}

function woke(missed: number): void {
  if (missed > 0) clock.slept(performance.now(), missed);
  if (!online.value) clock.addSleep();
  probeBurst();
}

function onMessage(message: ServerMessage): void {
  switch (message.type) {
    case "welcome":
      onWelcomed(message);
      break;
    case "snapshot":
      needsSnapshot = false;
      batch(() => {
        revision.value = message.state.rev;
        state.value = lines.value = message.state;
        readClock();
      });
      break;
    case "patch":
      patch(message);
      break;
    case "levels":
      for (const then of levelListeners) then(message);
      break;
    case "admission":
      for (const then of admissionListeners) then(message);
      break;
    case "answer":
      offers.resolve(message.id, message);
      break;
    case "reply":
      if ("code" in message.result) commands.reject(message.id, new Refusal(message.result));
      else commands.resolve(message.id, message.result);
      break;
    case "clock":
      clock.add({ ...message, received: performance.now() });
      tick();
      break;
    case "error":
      askedMs = message.retry_after_s === null ? null : message.retry_after_s * 1_000;
      onFault(message.id, { ...message, rev: null, faults: [] });
      break;
  }
}

function patch(message: Patch): void {
  try {
    if (revision.value !== message.base) throw new TypeError("a patch for another revision");
    const lasting = message.changes.filter((change) => !isFigure(change));
    const after = lasting.length > 0 ? patched(state.value, lasting) : null;
    const measured = patched(lines.value, message.changes.filter(isOfLines));
    // Read the clock too: a quarter second late, an item that begins now would have more time left than its length.
    batch(() => {
      revision.value = message.rev;
      lines.value = measured;
      if (after) state.value = { ...after, rev: message.rev };
      readClock();
    });
  } catch {
    // A patch is missing: reconnect for a snapshot.
    needsSnapshot = true;
    socket?.drop();
  }
}

function onWelcomed(message: Welcome): void {
  if (message.protocol !== PROTOCOL) {
    outdated.value = !reloadOnce();
    return;
  }
  outdated.value = false;
  const before = welcome.value;
  if (before && before.boot !== message.boot) clock.reset();
  // Before the first state, whose drawing keeps the page busy: what it shows first is right already.
  clock.add({ ...message, sent: helloAt, received: performance.now() });
  tick();
  welcome.value = message;
  clearTimeout(staleTimer);
  status.value = "open";
  lostSince.value = null;
  restarting.value = false;
  known.value = true;
  refusal.value = postponed.value = askedMs = null;
  probeBurst();
  if (!before) for (const after of EARLY_BURSTS_MS) setTimeout(probeBurst, after);
  // Send pending commands again. The server applies an id once, so one that had arrived is not applied twice.
  for (const waiting of commands.messages) socket?.send(waiting);
  for (const then of welcomeListeners) then(message, before);
}

function onFault(id: string | null, problem: Problem): void {
  if (id === null) {
    refusal.value = problem;
    return;
  }
  offers.reject(id, new Refusal(problem));
  commands.reject(id, new Refusal(problem));
}

/** The server was updated to another protocol: reload the page, but only once. False if that was done before. */
function reloadOnce(): boolean {
  const key = "schalte.reloaded-from";
  try {
    if (sessionStorage.getItem(key) === String(PROTOCOL)) return false;
    sessionStorage.setItem(key, String(PROTOCOL));
  } catch {
    return false; // Storage is switched off: the page would reload for ever
  }
  location.reload();
  return true;
}

function readClock(): void {
  const read = clock.read(performance.now());
  if (read !== null) now.value = read;
}

/**
 * Update `now` on the quarter seconds of the show's clock, so that all halls' clocks change together. Each sample calls
 * it too, as it may move them.
 */
function tick(): void {
  readClock();
  const rest = 250 - (now.value % 250);
  clearTimeout(ticking);
  ticking = setTimeout(tick, Math.max(20, rest / clock.speed) + 2);
}
