/**
 * Camera, microphone and loudspeaker of this machine: which there are, which are chosen, and what keeps them away.
 *
 * The choice is remembered per link, so that a hall's machine that was set up once comes back by itself.
 */

import { signal } from "@preact/signals";

export type Kind = "camera" | "microphone";
/** What keeps a device away; there is a sentence with a remedy for each. */
export type Fault = "denied" | "missing" | "busy" | "lost" | "insecure" | "failed";

/** A device by id and, since ids change when a browser's data are cleared, by name. */
export interface Pick {
  id: string;
  label: string;
}

export interface Choice {
  camera: Pick | null;
  microphone: Pick | null;
  speaker: Pick | null;
  /** The browser's echo, noise and level processing: right for a laptop, wrong behind a mixer. */
  processing: boolean;
  /** Someone pressed Start on this machine before. */
  started: boolean;
}

/** Chosen on purpose: no device. */
export const NONE = "none";

const KINDS = ["camera", "microphone"] as const;
const FRESH: Choice = { camera: null, microphone: null, speaker: null, processing: true, started: false };
const WANTED = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };

/** What a failed getUserMedia means, by the name of its error. */
export function faultOf(error: unknown): Fault {
  switch (error instanceof Error ? error.name : "") {
    case "NotAllowedError":
    case "SecurityError":
      return "denied";
    case "NotFoundError":
    case "OverconstrainedError":
      return "missing";
    case "NotReadableError":
    case "AbortError":
      return "busy";
    default:
      return "failed";
  }
}

/** The device that `pick` means among those there are, by id or else by name; undefined is the machine's own choice. */
export function found(pick: Pick | null, devices: readonly Pick[]): string | undefined {
  if (!pick) return undefined;
  const same =
    devices.find((d) => d.id === pick.id) ?? devices.find((d) => d.label !== "" && d.label === pick.label);
  return same?.id;
}

async function permission(name: Kind): Promise<PermissionState> {
  try {
    return (await navigator.permissions.query({ name: name as PermissionName })).state;
  } catch {
    return "prompt"; // This browser does not say.
  }
}

export class Devices {
  readonly choice = signal<Choice>(FRESH);
  readonly tracks = {
    camera: signal<MediaStreamTrack | null>(null),
    microphone: signal<MediaStreamTrack | null>(null),
  };
  readonly faults = { camera: signal<Fault | null>(null), microphone: signal<Fault | null>(null) };
  readonly cameras = signal<readonly Pick[]>([]);
  readonly microphones = signal<readonly Pick[]>([]);
  readonly speakers = signal<readonly Pick[]>([]);
  /** While the browser asks for permission or a device starts. */
  readonly opening = signal(false);

  /** `key` names the link that the choice is remembered for. */
  constructor(private readonly key: string) {
    try {
      const kept = localStorage.getItem(key);
      if (kept) this.choice.value = { ...FRESH, ...(JSON.parse(kept) as Partial<Choice>) };
    } catch {
      // Storage is switched off or holds something else: begin with the machine's own devices.
    }
    navigator.mediaDevices?.addEventListener("devicechange", () => void this.changed());
  }

  /** Remember a choice, and open the device anew if it is another. */
  async choose(part: Partial<Choice>): Promise<void> {
    this.choice.value = { ...this.choice.value, ...part };
    try {
      localStorage.setItem(this.key, JSON.stringify(this.choice.value));
    } catch {
      // Not remembered then; it still counts until the page goes.
    }
    if ("camera" in part) await this.openOne("camera");
    if ("microphone" in part || "processing" in part) await this.openOne("microphone");
  }

  /** Open camera and microphone. Asks for both at once, since people are then asked once. */
  async open(): Promise<void> {
    if (!navigator.mediaDevices) {
      this.faults.camera.value = this.faults.microphone.value = "insecure";
      return;
    }
    this.opening.value = true;
    await this.list();
    const video = this.constraints("camera");
    const audio = this.constraints("microphone");
    if (video && audio) await this.openBoth(video, audio);
    else for (const kind of KINDS) await this.openOne(kind);
    await this.list();
    this.opening.value = false;
  }

  private async openBoth(video: MediaTrackConstraints, audio: MediaTrackConstraints): Promise<void> {
    try {
      const both = await navigator.mediaDevices.getUserMedia({ video, audio });
      this.keep("camera", both.getVideoTracks()[0] ?? null);
      this.keep("microphone", both.getAudioTracks()[0] ?? null);
    } catch (error) {
      // One of the two keeps both away: asked one by one, each says its own reason. But someone who has just said no
      // is not asked twice more.
      const states = await Promise.all(KINDS.map(permission));
      for (const [n, kind] of KINDS.entries()) {
        const saidNo = states[n] === "prompt" && states[1 - n] !== "denied";
        if (faultOf(error) === "denied" && saidNo) this.faults[kind].value = "denied";
        else await this.openOne(kind);
      }
    }
  }

  /** Open both if the browser hands them out without asking: a question is better asked when someone pressed a button. */
  async openIfPermitted(): Promise<void> {
    const states = await Promise.all(KINDS.map(permission));
    if (states.every((state) => state === "granted")) await this.open();
  }

  private constraints(kind: Kind): MediaTrackConstraints | false {
    const { camera, microphone, processing } = this.choice.value;
    const pick = kind === "camera" ? camera : microphone;
    if (pick?.id === NONE) return false;
    const id = found(pick, kind === "camera" ? this.cameras.value : this.microphones.value);
    const device = id === undefined ? {} : { deviceId: { exact: id } };
    if (kind === "camera") return { ...WANTED, ...device };
    return {
      echoCancellation: processing,
      noiseSuppression: processing,
      autoGainControl: processing,
      ...device,
    };
  }

  private async openOne(kind: Kind): Promise<void> {
    const wanted = this.constraints(kind);
    // Some cameras cannot be opened twice, so the old track goes first.
    this.keep(kind, null);
    this.faults[kind].value = null;
    if (!wanted) return;
    try {
      const stream = await navigator.mediaDevices.getUserMedia(
        kind === "camera" ? { video: wanted } : { audio: wanted },
      );
      this.keep(kind, stream.getTracks()[0] ?? null);
    } catch (error) {
      this.faults[kind].value = faultOf(error);
    }
  }

  private keep(kind: Kind, track: MediaStreamTrack | null): void {
    const before = this.tracks[kind].value;
    if (before) {
      before.onended = null;
      before.stop();
    }
    this.tracks[kind].value = track;
    if (!track) return;
    this.faults[kind].value = null;
    track.onended = () => {
      this.tracks[kind].value = null;
      this.faults[kind].value = "lost";
    };
  }

  private async list(): Promise<void> {
    const all = await navigator.mediaDevices.enumerateDevices().catch(() => []);
    const of = (kind: MediaDeviceKind): Pick[] =>
      all
        .filter((d) => d.kind === kind && d.deviceId !== "")
        .map((d) => ({ id: d.deviceId, label: d.label }));
    this.cameras.value = of("videoinput");
    this.microphones.value = of("audioinput");
    this.speakers.value = of("audiooutput");
  }

  /** Something was plugged in or out: what had been lost may be back. */
  private async changed(): Promise<void> {
    await this.list();
    for (const kind of KINDS) {
      const fault = this.faults[kind].value;
      if (fault === "lost" || fault === "missing") await this.openOne(kind);
    }
  }
}
