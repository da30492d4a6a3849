/** A shared screen, window or browser tab. The browser asks each time, after a press of a button. */

import { signal } from "@preact/signals";

/** A larger one is scaled down: nobody in a hall reads more, and the bit rate would not do. */
const MAX_SIZE = { width: { max: 1920 }, height: { max: 1080 } };
const MAX_FPS = 30;

/** `paused`: it sends no picture now, as of a minimised window. `ended`: in the browser's own bar, or its window closed. */
export type ScreenStatus = "off" | "asking" | "works" | "paused" | "ended" | "refused" | "failed";

/** The options of Chromium that TypeScript does not know yet. */
interface DisplayOptions extends DisplayMediaStreamOptions {
  systemAudio: "include" | "exclude";
  selfBrowserSurface: "exclude";
}

/**
 * What the browser is asked for. The sound of the whole computer contains that of this page, the programme, which would
 * come back to everybody. So it is offered only where the browser leaves this page's own sound out.
 */
export function displayOptions(wantsSound: boolean, leavesOwnOut: boolean): DisplayOptions {
  const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  const audio = { ...plain, ...(leavesOwnOut ? { restrictOwnAudio: true } : {}) };
  return {
    video: { ...MAX_SIZE, frameRate: { max: MAX_FPS } },
    audio: wantsSound ? audio : false,
    systemAudio: wantsSound && leavesOwnOut ? "include" : "exclude",
    selfBrowserSurface: "exclude",
  };
}

/** The status after a failed request. */
export function statusAfter(error: unknown): "refused" | "failed" {
  return error instanceof Error && error.name === "NotAllowedError" ? "refused" : "failed";
}

/** Phones cannot share their screen from a browser. */
export function canShare(media: Partial<MediaDevices> | undefined): boolean {
  return typeof media?.getDisplayMedia === "function";
}

export class Screen {
  readonly track = signal<MediaStreamTrack | null>(null);
  readonly sound = signal<MediaStreamTrack | null>(null);
  readonly status = signal<ScreenStatus>("off");
  /** Counts the requests; the result of an older one is stopped. */
  private turn = 0;

  /** `ended` is called when it was ended outside of this page. */
  constructor(
    private readonly media: MediaDevices | undefined,
    private readonly ended: () => void,
  ) {}

  /** Have the person choose what to share; whether something was. Call it in the handler of a press. */
  async share(wantsSound: boolean): Promise<boolean> {
    this.stop();
    const turn = this.turn;
    this.status.value = "asking";
    const supported = this.media?.getSupportedConstraints?.() as Record<string, boolean> | undefined;
    try {
      const stream = await this.media?.getDisplayMedia(
        displayOptions(wantsSound, supported?.restrictOwnAudio === true),
      );
      return this.keep(stream, turn);
    } catch (error) {
      if (turn === this.turn) this.status.value = statusAfter(error);
      return false;
    }
  }

  stop(): void {
    this.turn += 1;
    this.drop();
    this.status.value = "off";
  }

  private keep(stream: MediaStream | undefined, turn: number): boolean {
    const [track] = stream?.getVideoTracks() ?? [];
    if (turn !== this.turn || !track) {
      for (const each of stream?.getTracks() ?? []) each.stop();
      return false;
    }
    track.contentHint = "detail";
    const update = (): void => {
      this.status.value = track.muted ? "paused" : "works";
    };
    track.onmute = track.onunmute = update;
    track.onended = () => {
      this.drop();
      this.status.value = "ended";
      this.ended();
    };
    this.track.value = track;
    this.sound.value = stream?.getAudioTracks()[0] ?? null;
    update();
    return true;
  }

  private drop(): void {
    const track = this.track.value;
    if (track) track.onended = track.onmute = track.onunmute = null;
    track?.stop();
    this.sound.value?.stop();
    this.track.value = this.sound.value = null;
  }
}
