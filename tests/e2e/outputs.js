/**
 * Output devices for tests: each records what is played on it, whether by a media element or by Web Audio.
 *
 * `window.outputs` is what a test reads.
 */
(() => {
  const DEVICES = ["hall", "infrared", "headset"];
  const FFT = 8192;
  const media = navigator.mediaDevices;
  const list = media.enumerateDevices.bind(media);
  const open = media.getUserMedia.bind(media);
  const connect = AudioNode.prototype.connect;
  const taps = new Map();

  media.enumerateDevices = async () => [
    ...(await list()).filter(({ kind }) => kind !== "audiooutput"),
    ...DEVICES.map((id) => ({ kind: "audiooutput", deviceId: id, label: `Device ${id}`, groupId: id })),
  ];
  // To the browser's noise suppression a steady tone is noise.
  const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  media.getUserMedia = ({ audio, ...rest }) =>
    open({ ...rest, ...(audio ? { audio: { ...(audio === true ? {} : audio), ...plain } } : {}) });
  HTMLMediaElement.prototype.setSinkId = async function (id) {
    this.dataset.sink = id;
  };
  AudioContext.prototype.setSinkId = async function (id) {
    tapOf(this).sink = id;
  };

  function analyserIn(context) {
    const analyser = context.createAnalyser();
    analyser.fftSize = FFT;
    analyser.smoothingTimeConstant = 0;
    return analyser;
  }

  function tapOf(context) {
    if (!taps.has(context)) taps.set(context, { sink: "", analyser: analyserIn(context) });
    return taps.get(context);
  }

  AudioNode.prototype.connect = function (target, ...rest) {
    if (target instanceof AudioDestinationNode) connect.call(this, tapOf(this.context).analyser);
    return connect.call(this, target, ...rest);
  };

  // What the media elements play. They are tapped here, as their own output cannot be.
  const own = { context: null, tracks: new Map() };
  function analyserOf(track) {
    own.context ??= new AudioContext();
    if (!own.tracks.has(track)) {
      const analyser = analyserIn(own.context);
      own.context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
      own.tracks.set(track, analyser);
    }
    return own.tracks.get(track);
  }

  /** The level of each pitch on a device in dB; -200 for silence. */
  function levels(sink, pitches) {
    const analysers = [...taps]
      .filter(([context, tap]) => context.state === "running" && tap.sink === sink)
      .map(([, { analyser }]) => analyser);
    for (const element of document.querySelectorAll("audio")) {
      const [track] = element.srcObject?.getTracks() ?? [];
      if (!track) continue;
      const analyser = analyserOf(track); // also of a muted one, so that it has samples once it is heard
      if (!element.muted && !element.paused && (element.dataset.sink ?? "") === sink) analysers.push(analyser);
    }
    const bins = new Float32Array(FFT / 2);
    return pitches.map((hertz) => {
      let level = -200;
      for (const analyser of analysers) {
        analyser.getFloatFrequencyData(bins);
        const bin = Math.round((hertz * FFT) / analyser.context.sampleRate);
        level = Math.max(level, ...bins.subarray(bin - 1, bin + 2));
      }
      return Math.round(level * 10) / 10;
    });
  }

  /** Every tone that the page itself has made, with its pitch in Hz and the device it played on. */
  const tones = [];
  const start = AudioScheduledSourceNode.prototype.start;
  AudioScheduledSourceNode.prototype.start = function (...rest) {
    if (this instanceof OscillatorNode)
      tones.push({ hertz: this.frequency.value, sink: tapOf(this.context).sink });
    return start.apply(this, rest);
  };

  window.outputs = { levels, tones };
})();
