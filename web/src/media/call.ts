/**
 * Picture and sound of this page: one peer connection, negotiated once.
 *
 * The server changes what a slot shows, and another camera is another track in the same sender, so neither needs a new
 * offer. Only a lost path does: first an ICE restart, which keeps everything else, then a new connection.
 */

import { signal } from "@preact/signals";
import type { Answer, IceServer, Offer, Problem, Role } from "../wire";
import { isCodecSet, negotiatedCodecs, setCodec, wantedFirst } from "./codecs";
import { JitterBufferTarget, lossCounters, setJitterBufferTarget } from "./jitterbuffer";
import {
  fittedEncoding,
  INPUT_LINES,
  type MLine,
  mLines,
  type Reduction,
  type Sent,
  screenEncodings,
  sentBy,
  simulcastEncodings,
} from "./mlines";
import { bySlot, openConnection, PreparedConnection, setLocalOffer } from "./path/connection";
import { PathMonitor } from "./path/pathmonitor";
import { PATH_LOST_AFTER_MS, receivedBytes, SilenceDetector } from "./path/silence";

export type CallPhase = "idle" | "connecting" | "connected" | "interrupted";

/** The signalling connection. `offer` rejects with an error that may carry a `problem`. */
export interface Signalling {
  /** Whether an offer can be sent now. Until then the old connection is kept. */
  ready(): boolean;
  offer(sdp: string, source: string | null): Promise<Answer>;
  leave(): void;
  /** No media arrives any more: check the signalling connection as well. */
  checkAlive(): void;
}

/** The source that this page sends, and its multiview pictures. */
export interface JoinOptions {
  source: string | null;
  views: readonly string[];
  /** Without a source: send a test picture, by which the path is measured. */
  measures?: boolean;
  /** A further input, which only sends, and what its picture shows. */
  input?: InputContent;
}

/** Of a picture in pixels, as far as it is known. */
type Size = Record<"width" | "height", number | undefined>;

/** What the picture of a further input shows. */
export type InputContent = NonNullable<Offer["content"]>;

/** An offer or an ICE restart that has not connected by then has failed. */
const CONNECT_TIMEOUT_MS = 8_000;
/** Between two readings of the received byte count, and two looks at the size of the sent picture. */
const STATS_INTERVAL_MS = 100;
/** Between two readings of the loss counters. */
const LOSS_INTERVAL_MS = 2_000;
/** Between two ICE restarts. One that can succeed has done so by then; the next may find another network. */
const RESTART_INTERVAL_MS = 1_500;
const MAX_OFFER_DELAY_MS = 10_000;

/** Some browsers are built without WebRTC, those inside some apps have none, and a policy can turn it off. */
export function canConnect(): boolean {
  return "RTCPeerConnection" in globalThis;
}

export class Call {
  readonly phase = signal<CallPhase>("idle");
  /** The received tracks, by slot. */
  readonly tracks = signal<ReadonlyMap<string, MediaStreamTrack>>(new Map());
  /** Video codecs that the server may send, by name; empty before its answer. */
  readonly receives = signal<ReadonlySet<string>>(new Set());
  /** Why the server refused the offer; null once it accepted one. */
  readonly problem = signal<Problem | null>(null);
  /** The network path, and what is blocked. */
  readonly path = new PathMonitor();
  /** Slots by mid, from the server's answer. */
  slots: Readonly<Record<string, string>> = {};
  /** The number of offers answered; 1 unless the path was lost. */
  negotiations = 0;
  /** Padding is sent on this connection, by which the page measures what its line carries. */
  isPadded = false;
  pc: RTCPeerConnection | null = null;
  private joined: JoinOptions | null = null;
  /** The codec to send the camera in; null leaves it to the browser. */
  private wantedCodec: string | null = null;
  /** To send the source's sound in stereo, and whether the last offer says so; null: nobody knows what was agreed. */
  private wantsStereo = false;
  private offersStereo: boolean | null = null;
  /** How far the camera is reduced, since this computer is overloaded. */
  private reduced: Reduction | null = null;
  /** The size that the encodings were fitted to. */
  private fittedTo: Size = { width: undefined, height: undefined };
  private readonly sentTracks = new Map<Sent, MediaStreamTrack | null>();
  private sending = new Map<Sent, RTCRtpTransceiver>();
  private readonly prepared = new PreparedConnection();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private statsTimer: ReturnType<typeof setInterval> | undefined;
  private rejoinTimer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  /** Whether the server may still have this page's last connection. */
  private mayHavePeer = false;
  /** The latest offer; the answer to an older one is ignored. */
  private offerNumber = 0;
  /** When the path was lost (`performance.now()`); undefined while it works. */
  private silentSince: number | undefined;
  private restartedAt = Number.NEGATIVE_INFINITY;

  private iceServers: IceServer[] = [];

  constructor(
    private readonly signalling: Signalling,
    private readonly role: Role,
    private readonly looksOn = false,
  ) {
    addEventListener("online", () => this.onNetworkChange());
    // Only phones report the type of their network. Elsewhere this event reports its speed, which does not matter here.
    const network = (navigator as { connection?: EventTarget & { type?: string } }).connection;
    let type = network?.type;
    network?.addEventListener("change", () => {
      if (network.type !== type) this.onNetworkChange();
      type = network.type;
    });
  }

  /**
   * Join. Does nothing if the present connection already has this source and at least these views. A page that gives up
   * its source may send on for `after` milliseconds, until the picture of the page that replaces it arrives.
   */
  join(options: JoinOptions, after = 0): void {
    const { source, views, input } = this.joined ?? {};
    const isSame = source === options.source && input === options.input;
    if (this.pc && isSame && options.views.every((view) => views?.includes(view))) return;
    this.joined = options;
    clearTimeout(this.rejoinTimer);
    if (this.pc && after > 0) this.rejoinTimer = setTimeout(() => this.reconnect(), after);
    else this.reconnect();
  }

  /** Use these TURN servers from the next connection or ICE restart on: their credentials expire. */
  useTurn(servers: IceServer[]): void {
    this.iceServers = servers;
    this.pc?.setConfiguration({ ...this.pc.getConfiguration(), iceServers: servers });
  }

  /** Replace the connection by a new one; nothing before `join`. */
  reconnect(): void {
    if (!this.joined || !this.signalling.ready() || !canConnect()) return;
    this.close();
    if (this.mayHavePeer) this.signalling.leave();
    const use = this.wantedCodec === null ? useOf(this.joined) : null;
    const prepared = this.prepared.take(use, this.sentTracks, this.iceServers);
    const { pc, sending } = prepared ?? openConnection(...this.connectionFor(this.joined));
    this.pc = pc;
    this.sending = sending;
    if (this.wantedCodec !== null) this.preferCodec();
    void this.applyEncodings();
    pc.onconnectionstatechange = () => this.onStateChange(pc);
    this.watchStats(pc);
    if (this.phase.value !== "interrupted") this.phase.value = "connecting";
    void this.negotiate(pc, false, prepared?.offer);
  }

  /** Make the connection that `join` with these options will use, which is then sooner there. Nothing is sent. */
  prepare(options: JoinOptions): void {
    if (!this.pc && canConnect()) this.prepared.make(useOf(options), ...this.connectionFor(options));
  }

  private connectionFor(options: JoinOptions): Parameters<typeof openConnection> {
    const encodings = options.input === "screen" ? screenEncodings() : simulcastEncodings();
    return [this.lines(options), this.sentTracks, encodings, this.iceServers];
  }

  private lines({ source, views, measures, input }: JoinOptions): readonly MLine[] {
    if (input !== undefined) return INPUT_LINES;
    const sent = sentBy(this.role, source !== null, this.looksOn, measures);
    return mLines(sent, views.length, this.role === "interpreter");
  }

  /** Send this track from now on; null sends nothing. */
  async send(what: Sent, track: MediaStreamTrack | null): Promise<void> {
    this.sentTracks.set(what, track);
    await this.sending.get(what)?.sender.replaceTrack(track);
    if (what === "camera") await this.applyEncodings();
  }

  /** Send the camera in this codec from now on; null leaves it to the browser. */
  async sendCodec(codec: string | null): Promise<void> {
    if (codec === this.wantedCodec) return;
    this.wantedCodec = codec;
    await this.applyCodec();
  }

  /** Send the source's sound in stereo from now on, or in mono; while connected, by another offer. */
  sendStereo(on: boolean): void {
    this.wantsStereo = on;
    this.applyStereo();
  }

  /** Send the camera reduced from now on; null: the whole picture. Nothing is negotiated for it. */
  async sendReduced(reduced: Reduction | null): Promise<void> {
    if (reduced === this.reduced) return;
    this.reduced = reduced;
    await this.applyEncodings();
  }

  /** Signalling is back, and the server still knows this page's peer: restore the media connection if it was lost. */
  recover(): void {
    const state = this.pc?.connectionState;
    if (this.pc && (state === "disconnected" || (state === "connected" && this.silentSince !== undefined))) {
      this.restart(this.pc);
    } else if (state !== "connected") this.reconnect();
  }

  /** Leave. Nothing is sent or received before another `join`. */
  end(): void {
    this.joined = null;
    this.close();
    this.signalling.leave();
    this.mayHavePeer = false;
    this.phase.value = "idle";
    this.problem.value = null;
    this.failures = 0;
    this.path.reset();
    this.tracks.value = new Map();
  }

  /** Close the connection. DTLS tells the server, so it does not wait for a page that has gone. */
  close(): void {
    clearTimeout(this.timer);
    clearTimeout(this.rejoinTimer);
    clearInterval(this.statsTimer);
    this.timer = this.statsTimer = this.silentSince = undefined;
    if (!this.pc) return;
    this.pc.onconnectionstatechange = null;
    this.pc.close();
    this.pc = null;
    // Their senders refuse another track now.
    this.sending.clear();
  }

  /** Once connected, send the wanted codec: at once, or by another offer where the browser cannot switch in place. */
  private async applyCodec(): Promise<void> {
    const pc = this.pc;
    if (pc?.connectionState !== "connected") return;
    await this.applyEncodings();
    const parameters = this.sending.get("camera")?.sender.getParameters();
    if (pc !== this.pc || !parameters || isCodecSet(parameters, this.wantedCodec)) return;
    this.preferCodec(); // not earlier: Chromium 156 would refuse the codec of an encoding
    void this.negotiate(pc, false);
  }

  /** An offer without a source announces none, and one that is under way may be older than the wish. */
  private applyStereo(): void {
    const pc = this.pc;
    if (pc?.connectionState !== "connected" || !this.joined?.source) return;
    if (this.offersStereo !== this.wantsStereo) void this.negotiate(pc, false);
  }

  /** Put the wanted codec first in later offers; a browser that refuses keeps its own order. */
  private preferCodec(): void {
    const known = this.wantedCodec === null ? [] : (RTCRtpReceiver.getCapabilities?.("video")?.codecs ?? []);
    try {
      this.sending
        .get("camera")
        ?.setCodecPreferences?.(this.wantedCodec === null ? [] : wantedFirst(this.wantedCodec, known));
    } catch {
      // Not supported either. The page sends as before, and the desk lists the receivers that cannot show it.
    }
  }

  /** Fit the encodings to the camera's size. A browser that refuses keeps the defaults, which fit most cameras. */
  private async applyEncodings(): Promise<void> {
    const sender = this.sending.get("camera")?.sender;
    const { width, height } = this.sentSize();
    if (!sender) return;
    this.fittedTo = { width, height };
    const parameters = sender.getParameters();
    for (const encoding of parameters.encodings) {
      Object.assign(encoding, fittedEncoding(encoding.rid, width, height, this.reduced));
    }
    setCodec(parameters, this.wantedCodec);
    // On a slow computer or path a hall may look soft, but must not stutter. A slide may be late, but must be sharp.
    parameters.degradationPreference =
      this.joined?.input === "screen" ? "maintain-resolution" : "maintain-framerate";
    await sender.setParameters(parameters).catch(() => undefined);
  }

  private sentSize(): Size {
    const { width, height } = this.sentTracks.get("camera")?.getSettings() ?? {};
    return { width, height };
  }

  /** No event says that a shared window was enlarged: its large layer would keep the bit rate of the small one. */
  private followSize(): void {
    const { width, height } = this.sentSize();
    if (width !== this.fittedTo.width || height !== this.fittedTo.height) void this.applyEncodings();
  }

  private async negotiate(
    pc: RTCPeerConnection,
    iceRestart: boolean,
    prepared?: Promise<RTCSessionDescriptionInit>,
  ): Promise<void> {
    this.schedule(CONNECT_TIMEOUT_MS, pc, () => pc.connectionState !== "connected" && this.reconnect());
    const offerNumber = ++this.offerNumber;
    const isCurrent = () => pc === this.pc && offerNumber === this.offerNumber;
    try {
      // No waiting for candidates: the server is ICE-lite and answers to the address that the checks come from.
      this.offersStereo = this.wantsStereo && this.joined?.source !== null;
      await setLocalOffer(pc, await (prepared ?? pc.createOffer({ iceRestart })), this.offersStereo);
      // Ended meanwhile: the server would have an offer after `leave`.
      if (!isCurrent()) return;
      const answer = await this.signalling.offer(pc.localDescription?.sdp ?? "", this.joined?.source ?? null);
      if (!isCurrent()) return;
      this.mayHavePeer = true;
      await pc.setRemoteDescription({ type: "answer", sdp: answer.sdp });
      this.path.answered(answer.sdp, performance.now());
      this.slots = answer.slots;
      if (!iceRestart) this.isPadded = answer.padded;
      this.receives.value = negotiatedCodecs(answer.sdp);
      this.negotiations += 1;
      this.problem.value = null;
      if (!iceRestart) this.tracks.value = bySlot(pc, answer.slots);
    } catch (error) {
      if (isCurrent()) this.onOfferFailed(pc, error, iceRestart);
    }
  }

  private restart(pc: RTCPeerConnection): void {
    if (!this.signalling.ready()) return;
    this.restartedAt = performance.now();
    this.signalling.checkAlive();
    void this.negotiate(pc, true);
  }

  /** The network changed. The path may still work, but a restart is cheap. */
  private onNetworkChange(): void {
    if (this.pc && ["connected", "disconnected"].includes(this.pc.connectionState)) this.restart(this.pc);
  }

  private onOfferFailed(pc: RTCPeerConnection, error: unknown, iceRestart: boolean): void {
    // The offer was for another codec or for stereo. The connection works without it, and offers it again.
    if (!iceRestart && pc.connectionState === "connected") {
      this.offersStereo = null;
      this.schedule(MAX_OFFER_DELAY_MS, pc, () => this.applyStereo());
      return;
    }
    const problem = error instanceof Error && "problem" in error ? (error.problem as Problem) : null;
    const verdict = problem?.message ? problem : null;
    this.problem.value = verdict;
    // `recover`, or `onSilence` while nothing arrives, repeats a restart that was lost or refused as too early.
    if (iceRestart && (!verdict || verdict.code === "too-many" || verdict.code === "busy")) return;
    this.path.reset();
    const pause = Math.min(MAX_OFFER_DELAY_MS, 500 * 2 ** this.failures);
    this.failures += 1;
    this.schedule(pause, pc, () => this.reconnect());
  }

  private onStateChange(pc: RTCPeerConnection): void {
    switch (pc.connectionState) {
      case "connected":
        clearTimeout(this.timer);
        this.failures = 0;
        this.phase.value = "connected";
        void this.applyCodec();
        this.applyStereo();
        break;
      case "disconnected":
        this.phase.value = "interrupted";
        if (performance.now() - this.restartedAt > RESTART_INTERVAL_MS) this.restart(pc);
        break;
      case "failed":
      case "closed":
        this.phase.value = "interrupted";
        this.reconnect();
        break;
    }
  }

  /** Poll the stats: the browser itself takes seconds to notice a lost path. */
  private watchStats(pc: RTCPeerConnection): void {
    const silence = new SilenceDetector();
    const jitterBuffer = new JitterBufferTarget();
    let busy = false;
    let judged = performance.now();
    this.statsTimer = setInterval(async () => {
      if (busy) return;
      busy = true;
      this.followSize();
      const bytes = await receivedBytes(pc).catch(() => undefined);
      const now = performance.now();
      if (pc === this.pc) this.onSilence(pc, silence.update(bytes, now));
      if (pc === this.pc) void this.path.look(pc, now, this.signalling.ready()).catch(() => undefined);
      if (now - judged >= LOSS_INTERVAL_MS) {
        judged = now;
        const found = await lossCounters(pc).catch(() => undefined);
        if (found && pc === this.pc) setJitterBufferTarget(pc, jitterBuffer.update(found, now));
      }
      busy = false;
    }, STATS_INTERVAL_MS);
  }

  private onSilence(pc: RTCPeerConnection, silentMs: number): void {
    const now = performance.now();
    if (silentMs < PATH_LOST_AFTER_MS) {
      this.silentSince = undefined;
      return;
    }
    this.silentSince ??= now;
    if (now - this.silentSince > CONNECT_TIMEOUT_MS) this.reconnect();
    else if (now - this.restartedAt > RESTART_INTERVAL_MS) this.restart(pc);
  }

  /** Call `then` after `ms`, in place of the pending timer; not after the connection was replaced. */
  private schedule(ms: number, pc: RTCPeerConnection, then: () => unknown): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => pc === this.pc && then(), ms);
  }
}

/** What a prepared connection is for: the same options have the same m-lines. */
function useOf({ source, views, measures, input }: JoinOptions): string {
  return JSON.stringify([source, views, measures, input]);
}
