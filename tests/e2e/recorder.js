/**
 * Looks at every sample that the page's Web Audio graphs play: `window.recorder` is what a test reads.
 *
 * It runs on the audio thread, so a busy page misses none of them.
 */
(() => {
  const PROCESSOR = `registerProcessor("recorder", class extends AudioWorkletProcessor {
    process([[samples]]) {
      if (samples) this.port.postMessage(samples.slice());
      return true;
    }
  });`;
  const WINDOW = 960; // 20 ms at 48 kHz
  const connect = AudioNode.prototype.connect;
  const recorded = [];
  const url = URL.createObjectURL(new Blob([PROCESSOR], { type: "text/javascript" }));

  async function record(node) {
    const { context } = node;
    await context.audioWorklet.addModule(url);
    const recorder = new AudioWorkletNode(context, "recorder", { channelCount: 1, channelCountMode: "explicit" });
    const samples = { context, blocks: [] };
    recorded.push(samples);
    recorder.port.onmessage = ({ data }) => samples.blocks.push([performance.timeOrigin + performance.now(), data]);
    connect.call(node, recorder);
    connect.call(recorder, context.destination); // Chromium runs only what leads to a destination. It is silent.
  }

  AudioNode.prototype.connect = function (target, ...rest) {
    if (target instanceof AudioDestinationNode) void record(this);
    return connect.call(this, target, ...rest);
  };

  /** The amplitude of a pitch in samples. */
  function amplitude(samples, hertz, rate) {
    let [re, im] = [0, 0];
    samples.forEach((sample, n) => {
      re += sample * Math.cos((2 * Math.PI * hertz * n) / rate);
      im += sample * Math.sin((2 * Math.PI * hertz * n) / rate);
    });
    return (2 * Math.hypot(re, im)) / samples.length;
  }

  window.recorder = {
    start() {
      for (const samples of recorded) samples.blocks = [];
    },
    /** The largest step from one sample to the next since `start`. */
    steepest() {
      let found = 0;
      for (const { blocks } of recorded) {
        let last = null;
        for (const [, block] of blocks)
          for (const sample of block) {
            if (last !== null) found = Math.max(found, Math.abs(sample - last));
            last = sample;
          }
      }
      return found;
    },
    /** When a pitch was first as loud as that in 20 ms since `start`, in milliseconds of the wall clock; else null. */
    heardAt(hertz, loud) {
      let found = null;
      for (const { context, blocks } of recorded) {
        let window = [];
        for (const [at, block] of blocks) {
          window = [...window, ...block].slice(-WINDOW);
          if (window.length < WINDOW || (found !== null && at >= found)) continue;
          if (amplitude(window, hertz, context.sampleRate) >= loud) found = at + 1000 * (context.outputLatency || 0);
        }
      }
      return found;
    },
  };
})();
