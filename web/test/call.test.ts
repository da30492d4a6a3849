import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { Refusal } from "../src/link/pending";
import { Call, canConnect } from "../src/media/call";
import type { Answer, Problem } from "../src/wire";
import { settled } from "./browser";

const OFFER =
  "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=sendonly\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10\r\n";

/** A connection whose senders refuse a track once it is closed, as those of browsers do. */
class FakeConnection {
  static made: FakeConnection[] = [];
  connectionState: RTCPeerConnectionState = "new";
  localDescription = { sdp: "offer" };
  onconnectionstatechange: (() => void) | null = null;
  /** The offers that were set. */
  readonly offered: string[] = [];
  /** How many were made. */
  offers = 0;
  configuration: RTCConfiguration = {};
  /** What each sender sends. */
  readonly sent: unknown[] = [];
  /** What each sender was last told of its layers. */
  readonly encodings: RTCRtpEncodingParameters[][] = [];
  constructor() {
    FakeConnection.made.push(this);
  }
  addTransceiver(what: unknown, { sendEncodings = [] }: RTCRtpTransceiverInit): object {
    const index = this.encodings.push(sendEncodings) - 1;
    this.sent.push(typeof what === "string" ? null : what);
    const sent = this.sent;
    const replaceTrack = async (track: unknown): Promise<void> => {
      if (this.connectionState === "closed") throw new DOMException("closed", "InvalidStateError");
      sent[index] = track;
    };
    const getParameters = () => ({ encodings: structuredClone(this.encodings[index]) });
    const setParameters = async ({ encodings }: RTCRtpSendParameters): Promise<void> => {
      this.encodings[index] = encodings;
    };
    const sender = { replaceTrack, getParameters, setParameters };
    Object.defineProperty(sender, "track", { get: () => sent[index] });
    return { mid: null, sender };
  }
  getConfiguration(): RTCConfiguration {
    return this.configuration;
  }
  setConfiguration(configuration: RTCConfiguration): void {
    this.configuration = configuration;
  }
  getTransceivers(): object[] {
    return [];
  }
  async createOffer(): Promise<object> {
    this.offers += 1;
    return { type: "offer", sdp: OFFER };
  }
  async setLocalDescription({ sdp }: { sdp: string }): Promise<void> {
    this.offered.push(sdp);
  }
  async setRemoteDescription(): Promise<void> {}
  async getStats(): Promise<Map<string, object>> {
    return new Map();
  }
  close(): void {
    this.connectionState = "closed";
  }
}

interface Signals {
  offer: () => Promise<Answer>;
  left: number;
}

function callWith(t: TestContext, offer: Signals["offer"]): { call: Call; signals: Signals } {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  FakeConnection.made = [];
  Object.assign(globalThis, { RTCPeerConnection: FakeConnection, addEventListener: () => {} });
  // Node.js has one from version 21 on.
  if (!("navigator" in globalThis)) Object.assign(globalThis, { navigator: {} });
  const signals = { offer, left: 0 };
  const call = new Call(
    {
      ready: () => true,
      offer: () => signals.offer(),
      leave: () => ++signals.left,
      checkAlive: () => undefined,
    },
    "venue",
  );
  return { call, signals };
}

const ANSWER: Answer = { type: "answer", id: "1", sdp: "", slots: {}, padded: false };

test("a device that is closed after the call has ended is no error", async (t) => {
  const { call } = callWith(t, async () => ANSWER);
  call.join({ source: "krefeld", views: [] });
  await settled();
  call.end();
  await call.send("camera", null);
  await call.send("microphone", null);
});

test("a page joins with the connection that it has made before, and with what has changed since", async (t) => {
  const { call } = callWith(t, async () => ANSWER);
  const [before, now] = [{ getSettings: () => ({}) }, { getSettings: () => ({}) }] as MediaStreamTrack[];
  await call.send("camera", before ?? null);
  call.prepare({ source: "krefeld", views: [] });
  call.prepare({ source: "krefeld", views: [] });
  assert.deepEqual([call.pc, FakeConnection.made.length], [null, 1], "nothing is sent yet");
  await call.send("camera", now ?? null);
  const servers = [{ urls: ["turn:192.0.2.1"], username: "u", credential: "c" }];
  call.useTurn(servers);
  call.join({ source: "krefeld", views: [] });
  await settled();
  const [connection] = FakeConnection.made;
  assert.ok(connection);
  assert.deepEqual([FakeConnection.made.length, connection.offers, connection.offered.length], [1, 1, 1]);
  assert.deepEqual([connection.sent[0], connection.configuration.iceServers], [now, servers]);
  call.reconnect();
  await settled();
  assert.equal(FakeConnection.made.length, 2, "it is used once");
});

test("a prepared connection is not used to join otherwise, and is closed", async (t) => {
  const { call } = callWith(t, async () => ANSWER);
  call.prepare({ source: "krefeld", views: [] });
  call.prepare({ source: "berlin", views: [] });
  call.join({ source: null, views: [] });
  await settled();
  const states = FakeConnection.made.map(({ connectionState }) => connectionState);
  assert.deepEqual(states, ["closed", "closed", "new"]);
});

test("a browser without WebRTC offers nothing", (t) => {
  const { call } = callWith(t, async () => ANSWER);
  Reflect.deleteProperty(globalThis, "RTCPeerConnection");
  call.join({ source: "krefeld", views: [] });
  assert.deepEqual([canConnect(), call.pc, call.phase.value], [false, null, "idle"]);
  call.end();
});

test("a call that was refused and then left has forgotten why, and offers no more", async (t) => {
  const problem: Problem = {
    code: "busy",
    message: "busy",
    rev: null,
    reason: null,
    details: {},
    faults: [],
  };
  const { call, signals } = callWith(t, () => Promise.reject(new Refusal(problem)));
  call.join({ source: "krefeld", views: [] });
  await settled();
  assert.equal(call.problem.value, problem);
  call.end();
  assert.deepEqual([call.problem.value, signals.left], [null, 1]);
  t.mock.timers.tick(60_000);
  await settled();
  assert.equal(FakeConnection.made.length, 1);
});

test("an answer to the offer of a call that has ended is ignored", async (t) => {
  let answered: (answer: Answer) => void = () => undefined;
  const { call, signals } = callWith(t, () => new Promise((resolve) => (answered = resolve)));
  call.join({ source: null, views: [] });
  await settled();
  call.end();
  answered(ANSWER);
  await settled();
  assert.deepEqual([call.negotiations, call.pc, call.phase.value, signals.left], [0, null, "idle", 1]);
});

test("a shared window that is enlarged gets the layers and bit rates of its new size", async (t) => {
  const { call } = callWith(t, async () => ANSWER);
  const size = { width: 320, height: 180 };
  await call.send("camera", { getSettings: () => size } as unknown as MediaStreamTrack);
  call.join({ source: "tokio/slides", views: [], input: "screen" });
  await settled();
  const [connection] = FakeConnection.made;
  assert.ok(connection);
  const small = () => connection.encodings[0]?.find(({ rid }) => rid === "l");
  assert.deepEqual([small()?.scaleResolutionDownBy, small()?.maxBitrate], [1, 600_000]);
  size.width = 1_280;
  t.mock.timers.tick(100);
  await settled();
  assert.deepEqual([small()?.scaleResolutionDownBy, small()?.maxBitrate], [4, 200_000]);
});

test("an offer that is still being made when the call ends is not sent after the leave", async (t) => {
  let offers = 0;
  const { call, signals } = callWith(t, async () => {
    offers += 1;
    return ANSWER;
  });
  call.join({ source: "tokio/slides", views: [], input: "screen" });
  call.end();
  await settled();
  assert.deepEqual([offers, signals.left], [0, 1]);
});

test("a page that turns to stereo while connected offers it once, in the same connection", async (t) => {
  const { call } = callWith(t, async () => ANSWER);
  call.sendStereo(false);
  call.join({ source: "uchida", views: [] });
  await settled();
  const [connection] = FakeConnection.made;
  assert.ok(connection);
  const stereo = () => connection.offered.map((sdp) => sdp.includes("sprop-stereo=1"));
  connection.connectionState = "connected";
  connection.onconnectionstatechange?.();
  await settled();
  assert.deepEqual(stereo(), [false]);
  call.sendStereo(true);
  call.sendStereo(true);
  await settled();
  assert.deepEqual(stereo(), [false, true]);
  assert.equal(FakeConnection.made.length, 1);
});

test("a choice made while the page connects is offered as soon as it is connected", async (t) => {
  let answered: (answer: Answer) => void = () => undefined;
  const { call } = callWith(t, () => new Promise((resolve) => (answered = resolve)));
  call.join({ source: "uchida", views: [] });
  await settled();
  call.sendStereo(true);
  answered(ANSWER);
  await settled();
  const [connection] = FakeConnection.made;
  assert.ok(connection);
  assert.equal(connection.offered.length, 1);
  connection.connectionState = "connected";
  connection.onconnectionstatechange?.();
  await settled();
  assert.match(connection.offered[1] ?? "", /sprop-stereo=1/);
});

test("an offer of stereo that the server does not answer is made again", async (t) => {
  const { call, signals } = callWith(t, async () => ANSWER);
  call.join({ source: "uchida", views: [] });
  await settled();
  const [connection] = FakeConnection.made;
  assert.ok(connection);
  connection.connectionState = "connected";
  connection.onconnectionstatechange?.();
  const answers = signals.offer;
  signals.offer = () => Promise.reject(new Error("no answer"));
  call.sendStereo(true);
  await settled();
  signals.offer = answers;
  t.mock.timers.tick(10_000);
  await settled();
  assert.equal(connection.offered.filter((sdp) => sdp.includes("sprop-stereo=1")).length, 2);
  t.mock.timers.tick(60_000);
  await settled();
  assert.equal(connection.offered.length, 3, "answered now");
});
