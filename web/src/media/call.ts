/**
 * Picture and sound of this page: one peer connection, negotiated once.
 *
 * After that nothing is negotiated again: what a slot shows changes on the server, and another camera is another track
 * in the same sender. Only a broken path is a reason to speak SDP again: first an ICE restart, which keeps everything,
 * then a new connection.
 */

import { signal } from "@preact/signals";
import type { Answer, Problem } from "../wire";
import { agreed, choose, first, isChosen } from "./codecs";
import { JitterBufferTarget, line, setJitterBufferTarget } from "./jitterbuffer";
import { encodings, type Line, lines, small, withAudioNack } from "./mlines";
import { PATH_LOST_AFTER_MS, received, SilenceDetector } from "./silence";

export type Phase = "idle" | "connecting" | "connected" | "interrupted";

/** How the offer gets to the server. `offer` rejects with an error that may carry a `problem`. */
export interface Signalling {
  /** Whether an offer could be sent now. While it could not, nothing is given up. */
  ready(): boolean;
  offer(sdp: string, source: string | null): Promise<Answer>;
  leave(): void;
  /** Nothing comes from the server any more on our side: is the way of the offers alive? */
  doubt(): void;
}

/** What this page sends and sees in small. */
export interface Part {
  source: string | null;
  views: readonly string[];
}

/** An offer or a restart that leads to no connection within this has failed. */
const CONNECT_WITHIN = 8_000;
/** Between two looks at whether anything arrives. */
const LOOK_EVERY = 100;
/** Between two looks at how much is lost. */
const JUDGE_EVERY = 2_000;
/** Between two ICE restarts. One that has a way to find has found it by then, and the next may find another network. */
const RESTART_EVERY = 1_500;
const LONGEST_PAUSE = 10_000;

export class Call {
  readonly phase = signal<Phase>("idle");
  /** What arrives, by slot. */
  readonly tracks = signal<ReadonlyMap<string, MediaStreamTrack>>(new Map());
  /** Codecs that pictures may arrive in, by name; empty before the server said. */
  readonly receives = signal<ReadonlySet<string>>(new Set());
  /** Why the server did not answer our offer; null once it did. */
  readonly problem = signal<Problem | null>(null);
  /** mid to slot, as the server said. */
  slots: Readonly<Record<string, string>> = {};
  /** Offers answered in all; 1 unless the path broke. */
  negotiations = 0;
  pc: RTCPeerConnection | null = null;

  private part: Part | null = null;
  /** The codec that the camera is to be sent in; null: as the browser likes. */
  private wanted: string | null = null;
  private readonly own = new Map<Line["kind"], MediaStreamTrack | null>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private watch: ReturnType<typeof setInterval> | undefined;
  private partChange: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  /** Whether the server may have a connection of ours that we do not mean any more. */
  private joined = false;
  /** The offer whose answer counts. */
  private turn = 0;
  /** When the path broke, by the page's clock; undefined while it carries. */
  private broken: number | undefined;
  private restarted = Number.NEGATIVE_INFINITY;

  constructor(private readonly signalling: Signalling) {
    addEventListener("online", () => this.moved());
    // Only phones say of what kind their network is. Elsewhere this event tells of its speed, which is no matter here.
    const network = (navigator as { connection?: EventTarget & { type?: string } }).connection;
    let type = network?.type;
    network?.addEventListener("change", () => {
      if (network.type !== type) this.moved();
      type = network.type;
    });
  }

  /**
   * Join, or do nothing if this page has joined in this part already, or in one that holds more to see. A page that is to
   * change its part may send on `after` so many milliseconds, until another page's picture is there.
   */
  join(part: Part, after = 0): void {
    const { source, views } = this.part ?? {};
    if (this.pc && source === part.source && part.views.every((view) => views?.includes(view))) return;
    this.part = part;
    clearTimeout(this.partChange);
    if (this.pc && after > 0) this.partChange = setTimeout(() => this.renew(), after);
    else this.renew();
  }

  /** The server does not know our connection any more, or cannot have it: make another. Nothing if none was made. */
  renew(): void {
    if (!this.part || !this.signalling.ready()) return;
    this.close();
    if (this.joined) this.signalling.leave();
    const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
    this.pc = pc;
    for (const { kind, direction } of lines(this.part.source !== null, this.part.views.length)) {
      const sends = direction === "sendonly";
      pc.addTransceiver((sends && this.own.get(kind)) || kind, {
        direction,
        ...(sends && kind === "video" ? { sendEncodings: encodings() } : {}),
      });
    }
    if (this.wanted !== null) this.order();
    void this.tune();
    pc.onconnectionstatechange = () => this.changed(pc);
    this.look(pc);
    if (this.phase.value !== "interrupted") this.phase.value = "connecting";
    void this.negotiate(pc, false);
  }

  /** Send this camera or microphone from now on; null sends nothing. */
  async send(kind: Line["kind"], track: MediaStreamTrack | null): Promise<void> {
    this.own.set(kind, track);
    await this.sender(kind)?.replaceTrack(track);
    if (kind === "video") await this.tune();
  }

  /** Send the camera in this codec from now on; null: as the browser likes. */
  async prefer(codec: string | null): Promise<void> {
    if (codec === this.wanted) return;
    this.wanted = codec;
    await this.change();
  }

  /** The way to the server is open again, and it still knows our connection: mend it if it needs mending. */
  mend(): void {
    const state = this.pc?.connectionState;
    if (this.pc && (state === "disconnected" || (state === "connected" && this.broken !== undefined))) {
      this.restart(this.pc);
    } else if (state !== "connected") this.renew();
  }

  /** The page goes: tell the other end through DTLS, so that no ghost stays behind. */
  close(): void {
    clearTimeout(this.timer);
    clearTimeout(this.partChange);
    clearInterval(this.watch);
    this.timer = this.watch = this.broken = undefined;
    if (!this.pc) return;
    this.pc.onconnectionstatechange = null;
    this.pc.close();
    this.pc = null;
  }

  private line(kind: Line["kind"]): RTCRtpTransceiver | undefined {
    return this.pc
      ?.getTransceivers()
      .find((t) => t.direction === "sendonly" && t.receiver.track.kind === kind);
  }

  private sender(kind: Line["kind"]): RTCRtpSender | undefined {
    return this.line(kind)?.sender;
  }

  /** See that the wanted codec is sent, once connected: at once, or where the browser cannot do that, by another offer. */
  private async change(): Promise<void> {
    const pc = this.pc;
    if (pc?.connectionState !== "connected") return;
    await this.tune();
    const parameters = this.sender("video")?.getParameters();
    if (pc !== this.pc || !parameters || isChosen(parameters, this.wanted)) return;
    this.order(); // not before: Chromium 156 then refused the codec of an encoding
    void this.negotiate(pc, false);
  }

  /** Put the wanted codec first in the offers to come; a browser that refuses that keeps its own order. */
  private order(): void {
    const known = this.wanted === null ? [] : (RTCRtpReceiver.getCapabilities?.("video")?.codecs ?? []);
    try {
      this.line("video")?.setCodecPreferences?.(this.wanted === null ? [] : first(this.wanted, known));
    } catch {
      // It has not even this. It sends on as before, and the desk is told who cannot show it.
    }
  }

  /** Fit the encodings to the camera. Where that is refused they stay as they are, which is right for most. */
  private async tune(): Promise<void> {
    const sender = this.sender("video");
    const { width, height } = this.own.get("video")?.getSettings() ?? {};
    if (!sender) return;
    const parameters = sender.getParameters();
    for (const encoding of parameters.encodings) {
      if (encoding.rid === "l") Object.assign(encoding, small(width, height));
    }
    choose(parameters, this.wanted);
    // On a machine or line that is too weak a hall may look soft, but must not stutter.
    parameters.degradationPreference = "maintain-framerate";
    await sender.setParameters(parameters).catch(() => undefined);
  }

  private async negotiate(pc: RTCPeerConnection, iceRestart: boolean): Promise<void> {
    this.after(CONNECT_WITHIN, pc, () => pc.connectionState !== "connected" && this.renew());
    const turn = ++this.turn;
    const isCurrent = () => pc === this.pc && turn === this.turn;
    try {
      // No candidates are waited for: the server answers to whatever address our checks come from.
      await describe(pc, await pc.createOffer({ iceRestart }));
      const answer = await this.signalling.offer(pc.localDescription?.sdp ?? "", this.part?.source ?? null);
      if (!isCurrent()) return;
      this.joined = true;
      await pc.setRemoteDescription({ type: "answer", sdp: answer.sdp });
      this.slots = answer.slots;
      this.receives.value = agreed(answer.sdp);
      this.negotiations += 1;
      this.problem.value = null;
      if (!iceRestart) this.tracks.value = bySlot(pc, answer.slots);
    } catch (error) {
      if (isCurrent()) this.refused(pc, error, iceRestart);
    }
  }

  private restart(pc: RTCPeerConnection): void {
    if (!this.signalling.ready()) return;
    this.restarted = performance.now();
    this.signalling.doubt();
    void this.negotiate(pc, true);
  }

  /** Another network carries us, or the same one again. Nobody knows whether the path lives, and a restart is cheap. */
  private moved(): void {
    if (this.pc && ["connected", "disconnected"].includes(this.pc.connectionState)) this.restart(this.pc);
  }

  private refused(pc: RTCPeerConnection, error: unknown, iceRestart: boolean): void {
    // Another codec was wished for, and the connection that carries the show goes on without it.
    if (!iceRestart && pc.connectionState === "connected") return;
    const problem = error instanceof Error && "problem" in error ? (error.problem as Problem) : null;
    const verdict = problem?.message ? problem : null;
    this.problem.value = verdict;
    // A restart that did not get through, or came too soon, is tried again by `mend`, or as long as nothing arrives.
    if (iceRestart && (!verdict || verdict.code === "too-many" || verdict.code === "busy")) return;
    const pause = Math.min(LONGEST_PAUSE, 500 * 2 ** this.failures);
    this.failures += 1;
    this.after(pause, pc, () => this.renew());
  }

  private changed(pc: RTCPeerConnection): void {
    switch (pc.connectionState) {
      case "connected":
        clearTimeout(this.timer);
        this.failures = 0;
        this.phase.value = "connected";
        void this.change();
        break;
      case "disconnected":
        this.phase.value = "interrupted";
        if (performance.now() - this.restarted > RESTART_EVERY) this.restart(pc);
        break;
      case "failed":
      case "closed":
        this.phase.value = "interrupted";
        this.renew();
        break;
    }
  }

  /** Watch whether anything arrives: the browser itself takes seconds to see that a path is gone. */
  private look(pc: RTCPeerConnection): void {
    const pulse = new SilenceDetector();
    const reserve = new JitterBufferTarget();
    let busy = false;
    let judged = performance.now();
    this.watch = setInterval(async () => {
      if (busy) return;
      busy = true;
      const bytes = await received(pc).catch(() => undefined);
      const now = performance.now();
      if (pc === this.pc) this.judge(pc, pulse.look(bytes, now));
      if (now - judged >= JUDGE_EVERY) {
        judged = now;
        const found = await line(pc).catch(() => undefined);
        if (found && pc === this.pc) setJitterBufferTarget(pc, reserve.look(found, now));
      }
      busy = false;
    }, LOOK_EVERY);
  }

  private judge(pc: RTCPeerConnection, silence: number): void {
    const now = performance.now();
    if (silence < PATH_LOST_AFTER_MS) {
      this.broken = undefined;
      return;
    }
    this.broken ??= now;
    if (now - this.broken > CONNECT_WITHIN) this.renew();
    else if (now - this.restarted > RESTART_EVERY) this.restart(pc);
  }

  /** The one thing this call does next unless something else happens first. */
  private after(ms: number, pc: RTCPeerConnection, then: () => unknown): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => pc === this.pc && then(), ms);
  }
}

function bySlot(
  pc: RTCPeerConnection,
  slots: Readonly<Record<string, string>>,
): Map<string, MediaStreamTrack> {
  const found = new Map<string, MediaStreamTrack>();
  for (const transceiver of pc.getTransceivers()) {
    const slot = transceiver.mid === null ? undefined : slots[transceiver.mid];
    if (slot !== undefined) found.set(slot, transceiver.receiver.track);
  }
  return found;
}

/** Make an offer ours; where the browser does not let it be changed, as it is. */
async function describe(pc: RTCPeerConnection, { type, sdp = "" }: RTCSessionDescriptionInit): Promise<void> {
  try {
    await pc.setLocalDescription({ type, sdp: withAudioNack(sdp) });
  } catch {
    await pc.setLocalDescription({ type, sdp });
  }
}
