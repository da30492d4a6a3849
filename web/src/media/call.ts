/**
 * Picture and sound of this page: one peer connection, negotiated once.
 *
 * After that nothing is negotiated again: what a slot shows changes on the server, and another camera is another track
 * in the same sender. Only a broken path is a reason to speak SDP again: first an ICE restart, which keeps everything,
 * then a new connection.
 */

import { signal } from "@preact/signals";
import type { Answer, Problem } from "../wire";
import { type Line, lines } from "./lines";

export type Phase = "idle" | "connecting" | "connected" | "interrupted";

/** How the offer gets to the server. `offer` rejects with an error that may carry a `problem`. */
export interface Signalling {
  /** Whether an offer could be sent now. While it could not, nothing is given up. */
  ready(): boolean;
  offer(sdp: string, source: string | null): Promise<Answer>;
  leave(): void;
}

/** What this page sends and sees in small; fixed for as long as it stays. */
export interface Part {
  source: string | null;
  views: readonly string[];
}

/** A path that is gone for so long does not come back by itself. */
const INTERRUPTED_FOR = 2_000;
/** An offer or a restart that leads to no connection within this has failed. */
const CONNECT_WITHIN = 8_000;
const LONGEST_PAUSE = 10_000;

export class Call {
  readonly phase = signal<Phase>("idle");
  /** What arrives, by slot. */
  readonly tracks = signal<ReadonlyMap<string, MediaStreamTrack>>(new Map());
  /** Why the server did not answer our offer; null once it did. */
  readonly problem = signal<Problem | null>(null);
  /** mid to slot, as the server said. */
  slots: Readonly<Record<string, string>> = {};
  /** Offers answered in all; 1 unless the path broke. */
  negotiations = 0;
  pc: RTCPeerConnection | null = null;

  private part: Part | null = null;
  private readonly own = new Map<Line["kind"], MediaStreamTrack | null>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  /** Whether the server may have a connection of ours that we do not mean any more. */
  private joined = false;

  constructor(private readonly signalling: Signalling) {}

  /** Join, or do nothing if this page has joined in this part already. */
  join(part: Part): void {
    if (this.pc && JSON.stringify(part) === JSON.stringify(this.part)) return;
    this.part = part;
    this.renew();
  }

  /** The server does not know our connection any more, or cannot have it: make another. Nothing if none was made. */
  renew(): void {
    if (!this.part || !this.signalling.ready()) return;
    this.close();
    if (this.joined) this.signalling.leave();
    const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
    this.pc = pc;
    for (const { kind, direction } of lines(this.part.source !== null, this.part.views.length)) {
      const track = direction === "sendonly" ? this.own.get(kind) : null;
      pc.addTransceiver(track ?? kind, { direction });
    }
    pc.onconnectionstatechange = () => this.watch(pc);
    if (this.phase.value !== "interrupted") this.phase.value = "connecting";
    void this.negotiate(pc, false);
  }

  /** Send this camera or microphone from now on; null sends nothing. */
  async send(kind: Line["kind"], track: MediaStreamTrack | null): Promise<void> {
    this.own.set(kind, track);
    const sender = this.pc
      ?.getTransceivers()
      .find((t) => t.direction === "sendonly" && t.receiver.track.kind === kind)?.sender;
    await sender?.replaceTrack(track);
  }

  /** The way to the server is open again, and it still knows our connection: mend it if it needs mending. */
  mend(): void {
    if (this.pc?.connectionState === "disconnected") this.restart(this.pc);
    else if (this.pc?.connectionState !== "connected") this.renew();
  }

  /** The page goes: tell the other end through DTLS, so that no ghost stays behind. */
  close(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.pc) return;
    this.pc.onconnectionstatechange = null;
    this.pc.close();
    this.pc = null;
  }

  private async negotiate(pc: RTCPeerConnection, iceRestart: boolean): Promise<void> {
    this.after(CONNECT_WITHIN, pc, () => pc.connectionState !== "connected" && this.renew());
    try {
      // No candidates are waited for: the server answers to whatever address our checks come from.
      await pc.setLocalDescription(await pc.createOffer({ iceRestart }));
      const answer = await this.signalling.offer(pc.localDescription?.sdp ?? "", this.part?.source ?? null);
      if (pc !== this.pc) return;
      this.joined = true;
      await pc.setRemoteDescription({ type: "answer", sdp: answer.sdp });
      this.slots = answer.slots;
      this.negotiations += 1;
      this.problem.value = null;
      if (!iceRestart) this.tracks.value = bySlot(pc, answer.slots);
    } catch (error) {
      if (pc === this.pc) this.refused(pc, error);
    }
  }

  private restart(pc: RTCPeerConnection): void {
    if (this.signalling.ready()) void this.negotiate(pc, true);
  }

  private refused(pc: RTCPeerConnection, error: unknown): void {
    const problem = error instanceof Error && "problem" in error ? (error.problem as Problem) : null;
    this.problem.value = problem?.message ? problem : null;
    const pause = Math.min(LONGEST_PAUSE, 500 * 2 ** this.failures);
    this.failures += 1;
    this.after(pause, pc, () => this.renew());
  }

  private watch(pc: RTCPeerConnection): void {
    switch (pc.connectionState) {
      case "connected":
        clearTimeout(this.timer);
        this.failures = 0;
        this.phase.value = "connected";
        break;
      case "disconnected":
        this.phase.value = "interrupted";
        this.after(INTERRUPTED_FOR, pc, () => this.restart(pc));
        break;
      case "failed":
      case "closed":
        this.phase.value = "interrupted";
        this.renew();
        break;
    }
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
