/** A fake browser's devices: what is plugged in, what a person permits, and devices that hang. */

import type { Browser } from "../src/media/devices";

export interface Plugged {
  kind: MediaDeviceKind;
  deviceId: string;
  label: string;
  groupId: string;
}

export const camera = (id: string, label: string): Plugged => plugged("videoinput", id, label);
export const microphone = (id: string, label: string, group = id): Plugged =>
  plugged("audioinput", id, label, group);
export const speaker = (id: string, label: string): Plugged => plugged("audiooutput", id, label);

function plugged(kind: MediaDeviceKind, deviceId: string, label: string, groupId = deviceId): Plugged {
  return { kind, deviceId, label, groupId };
}

export class FakeTrack extends EventTarget {
  readyState: MediaStreamTrackState = "live";
  muted = false;
  onended: (() => void) | null = null;
  onmute: (() => void) | null = null;
  onunmute: (() => void) | null = null;

  constructor(readonly device: Plugged) {
    super();
  }

  get label(): string {
    return this.device.label;
  }

  getSettings(): MediaTrackSettings {
    return { deviceId: this.device.deviceId, groupId: this.device.groupId };
  }

  stop(): void {
    this.readyState = "ended";
  }

  /** Unplug the device: the track ends, unless the page has stopped it. */
  end(): void {
    if (this.readyState === "ended") return;
    this.readyState = "ended";
    this.onended?.();
  }

  mute(muted: boolean): void {
    this.muted = muted;
    (muted ? this.onmute : this.onunmute)?.();
  }
}

class FakePermission extends EventTarget {
  state: PermissionState = "granted";
}

export class FakeBrowser extends EventTarget implements Browser {
  devices: Plugged[];
  readonly tracks: FakeTrack[] = [];
  /** The constraints of all getUserMedia calls, in order. */
  readonly asked: MediaStreamConstraints[] = [];
  /** By device id: the error that opening it raises, as its name or as name: message. */
  readonly broken = new Map<string, string>();
  /** By device id: a device that hangs until the test calls this. */
  readonly held = new Map<string, () => void>();
  readonly permission = { camera: new FakePermission(), microphone: new FakePermission() };
  readonly kept = new Map<string, string>();
  isSecure = true;
  isIos = false;
  userAgent = "";
  visibilityState: DocumentVisibilityState = "visible";
  /** The answer that the person will give to the browser's question. */
  private answer: ((allowed: boolean) => void) | null = null;

  readonly media = this as unknown as MediaDevices;
  readonly page = this as unknown as NonNullable<Browser["page"]>;
  readonly permissions = {
    query: async ({ name }: { name: "camera" | "microphone" }) => this.permission[name],
  } as unknown as Permissions;
  readonly storage = {
    getItem: (key: string) => this.kept.get(key) ?? null,
    setItem: (key: string, value: string) => void this.kept.set(key, value),
  } as unknown as Storage;

  constructor(...devices: Plugged[]) {
    super();
    this.devices = devices;
  }

  async enumerateDevices(): Promise<Plugged[]> {
    if (this.permission.camera.state === "granted") return [...this.devices];
    const kinds = new Set(this.devices.map(({ kind }) => kind));
    return [...kinds].map((kind) => ({ kind, deviceId: "", label: "", groupId: "" }));
  }

  async getUserMedia(constraints: MediaStreamConstraints): Promise<MediaStream> {
    this.asked.push(constraints);
    await this.permit();
    const tracks: FakeTrack[] = [];
    for (const [kind, wanted] of [
      ["videoinput", constraints.video],
      ["audioinput", constraints.audio],
    ] as const)
      if (wanted) tracks.push(await this.openDevice(kind, wanted as MediaTrackConstraints));
    return {
      getTracks: () => tracks,
      getVideoTracks: () => tracks.filter(({ device }) => device.kind === "videoinput"),
      getAudioTracks: () => tracks.filter(({ device }) => device.kind === "audioinput"),
    } as unknown as MediaStream;
  }

  /** The person answers the browser's question. */
  says(allowed: boolean): void {
    for (const permission of Object.values(this.permission)) {
      permission.state = allowed ? "granted" : "denied";
      permission.dispatchEvent(new Event("change"));
    }
    this.answer?.(allowed);
  }

  /** The live tracks of a device. */
  open(id: string): FakeTrack[] {
    return this.tracks.filter((track) => track.device.deviceId === id && track.readyState === "live");
  }

  async unplug(id: string, { tells = true } = {}): Promise<void> {
    this.devices = this.devices.filter(({ deviceId }) => deviceId !== id);
    for (const track of this.tracks) if (track.device.deviceId === id) track.end();
    if (tells) this.dispatchEvent(new Event("devicechange"));
    await settled();
  }

  async plug(device: Plugged, { tells = true } = {}): Promise<void> {
    this.devices.push(device);
    if (tells) this.dispatchEvent(new Event("devicechange"));
    await settled();
  }

  /** Another app covers the page, or it is shown again. */
  async shows(visibilityState: DocumentVisibilityState): Promise<void> {
    this.visibilityState = visibilityState;
    this.dispatchEvent(new Event("visibilitychange"));
    await settled();
  }

  private async permit(): Promise<void> {
    if (this.permission.camera.state === "prompt")
      await new Promise<void>((resolve, reject) => {
        this.answer = (allowed) => (allowed ? resolve() : reject(new DOMException("", "NotAllowedError")));
      });
    if (this.permission.camera.state === "denied") throw new DOMException("", "NotAllowedError");
  }

  private async openDevice(kind: MediaDeviceKind, wanted: MediaTrackConstraints): Promise<FakeTrack> {
    const { exact, ideal } = (wanted.deviceId ?? {}) as { exact?: string; ideal?: string };
    const of = this.devices.filter((device) => device.kind === kind);
    const device = exact
      ? of.find(({ deviceId }) => deviceId === exact)
      : (of.find(({ deviceId }) => deviceId === ideal) ?? of[0]);
    if (!device) throw new DOMException("", exact ? "OverconstrainedError" : "NotFoundError");
    if (this.held.has(device.deviceId))
      await new Promise<void>((resolve) => this.held.set(device.deviceId, resolve));
    const [error, message] = this.broken.get(device.deviceId)?.split(": ") ?? [];
    if (error) throw new DOMException(message, error);
    const track = new FakeTrack(device);
    this.tracks.push(track);
    return track;
  }
}

/** Run all promise callbacks that need no time. */
export async function settled(): Promise<void> {
  for (let n = 0; n < 4; n++) await new Promise((resolve) => setImmediate(resolve));
}
