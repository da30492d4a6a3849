/**
 * The end of a graph: the device that it plays on.
 *
 * Chromium can set the device of the audio context. Elsewhere the graph plays through a media element, whose device can
 * be set in Firefox. A browser that can do neither plays on the system's default device.
 */

type SinkContext = AudioContext & { setSinkId?: (id: string) => Promise<void> };

/** Whether this browser can play on a device that is chosen in the page. */
export const canChooseOutput = "setSinkId" in HTMLMediaElement.prototype;

export class Outlet {
  private element: HTMLAudioElement | null = null;
  private target: AudioNode;

  constructor(
    private readonly context: SinkContext,
    private readonly from: AudioNode,
  ) {
    this.target = context.destination;
    from.connect(this.target);
  }

  /** Play on the device with this id; empty is the system's default. Rejects if the browser refuses. */
  async playOn(sink: string): Promise<void> {
    if (this.context.setSinkId) return this.context.setSinkId(sink);
    if (sink === "" && !this.element) return;
    if (!canChooseOutput) throw new DOMException("no choice of output devices", "NotSupportedError");
    await this.throughElement().setSinkId(sink);
  }

  close(): void {
    this.from.disconnect(this.target);
    if (this.element) this.element.srcObject = null;
  }

  private throughElement(): HTMLAudioElement {
    if (!this.element) {
      const bridge = this.context.createMediaStreamDestination();
      this.element = new Audio();
      this.element.srcObject = bridge.stream;
      this.from.disconnect(this.target);
      this.from.connect(bridge);
      this.target = bridge;
      // The context runs, so the person has used the page, and the element may play.
      this.element.play().catch(() => undefined);
    }
    return this.element;
  }
}
