/** A peer connection of this page before anything is negotiated: its m-lines, and its offer. */

import type { IceServer } from "../../wire";
import { type MLine, type Sent, withAudioNack, withStereo } from "../mlines";

export interface Connection {
  pc: RTCPeerConnection;
  /** What it sends. */
  sending: Map<Sent, RTCRtpTransceiver>;
}

export function openConnection(
  lines: readonly MLine[],
  tracks: ReadonlyMap<Sent, MediaStreamTrack | null>,
  encodings: RTCRtpEncodingParameters[],
  iceServers: IceServer[],
): Connection {
  const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle", iceServers });
  const sending = new Map<Sent, RTCRtpTransceiver>();
  for (const { kind, sent } of lines) {
    if (sent === null) {
      pc.addTransceiver(kind, { direction: "recvonly" });
      continue;
    }
    const transceiver = pc.addTransceiver(tracks.get(sent) ?? kind, {
      direction: "sendonly",
      ...(sent === "camera" ? { sendEncodings: encodings } : {}),
    });
    sending.set(sent, transceiver);
  }
  return { pc, sending };
}

/** The received tracks by slot. `slots` are by mid. */
export function bySlot(
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

/** Set the local offer with audio NACK and stereo, or unchanged where the browser refuses the change. */
export async function setLocalOffer(
  pc: RTCPeerConnection,
  { type, sdp = "" }: RTCSessionDescriptionInit,
  sendsStereo: boolean,
): Promise<void> {
  try {
    await pc.setLocalDescription({ type, sdp: withStereo(withAudioNack(sdp), sendsStereo) });
  } catch {
    await pc.setLocalDescription({ type, sdp });
  }
}

export interface OfferedConnection extends Connection {
  offer: Promise<RTCSessionDescriptionInit>;
}

/** A connection that is made before it is needed, since making it and its offer takes time. Nothing is sent. */
export class PreparedConnection {
  private made: { use: string; connection: OfferedConnection } | null = null;

  /** Make one for this use, unless there is one. */
  make(use: string, ...given: Parameters<typeof openConnection>): void {
    if (this.made?.use === use) return;
    this.take(null);
    const connection = openConnection(...given);
    const offer = connection.pc.createOffer();
    // Who uses it hears of a failure, and makes another connection.
    offer.catch(() => undefined);
    this.made = { use, connection: { ...connection, offer } };
  }

  /** That for this use, once; with these tracks and servers. One that was made for another use is closed. */
  take(
    use: string | null,
    tracks: ReadonlyMap<Sent, MediaStreamTrack | null> = new Map(),
    iceServers: IceServer[] = [],
  ): OfferedConnection | null {
    const { made } = this;
    this.made = null;
    if (!made) return null;
    const { pc, sending } = made.connection;
    if (made.use !== use) {
      pc.close();
      return null;
    }
    pc.setConfiguration({ ...pc.getConfiguration(), iceServers });
    for (const [what, { sender }] of sending) {
      const track = tracks.get(what) ?? null;
      if (sender.track !== track) void sender.replaceTrack(track);
    }
    return made.connection;
  }
}
