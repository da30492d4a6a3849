// Looks at a page's pictures and listens to its sound as a person would, for tests. The strip is that of bridge/room/strip.py.
window.probe = (() => {
  const canvas = document.createElement('canvas');
  canvas.width = 320;
  canvas.height = 180;
  const context = canvas.getContext('2d', { willReadFrequently: true });

  /** The place code that the picture in the element with this test id shows, or null. */
  function code(testId) {
    const video = document.querySelector(`[data-testid="${testId}"]`);
    if (!video || !video.videoWidth) return null;
    context.drawImage(video, 0, 0, 320, 180);
    const row = context.getImageData(0, Math.floor((180 * 35) / 36), 320, 1).data;
    const level = (i) => {
      let sum = 0;
      for (let x = i * 20 + 5; x < i * 20 + 15; x++) sum += row[x * 4 + 1];
      return sum / 10;
    };
    const levels = Array.from({ length: 16 }, (_, i) => level(i));
    if (levels[0] - levels[15] < 80) return null;
    const threshold = (levels[0] + levels[15]) / 2;
    const bits = levels.map((l) => (l > threshold ? 1 : 0));
    if (bits.slice(1, 8).reduce((a, b) => a + b) % 2 === 0) return null;
    return bits.slice(1, 7).reduce((value, bit) => value * 2 + bit, 0);
  }

  // The control: this page's own camera, which needs neither network nor server. Where that stands still too, it was the
  // machine that stood still.
  let stalls = 0;
  // Milliseconds: of a camera with ten pictures a second one has stayed out.
  const STALL = 200;
  /** Count from now on how often the page's own picture stood still. */
  function watchMirror() {
    const mirror = document.querySelector('[data-testid="own-preview"]');
    let last = performance.now();
    const frame = () => {
      const now = performance.now();
      if (now - last > STALL) stalls++;
      last = now;
      mirror.requestVideoFrameCallback(frame);
    };
    mirror.requestVideoFrameCallback(frame);
  }

  // The offers that repair a path (ICE restarts): a page makes one when the machine has stood still.
  let repairs = 0;
  const repaired = new WeakSet();
  const prototype = window.RTCPeerConnection?.prototype;
  if (prototype) {
    const { createOffer, setRemoteDescription } = prototype;
    prototype.createOffer = function (options) {
      repaired[options?.iceRestart ? 'add' : 'delete'](this);
      return createOffer.call(this, options);
    };
    prototype.setRemoteDescription = async function (description) {
      await setRemoteDescription.call(this, description);
      if (repaired.has(this)) repairs++;
    };
  }
  /** How often the page has negotiated, without the repairs. */
  const negotiations = () => window.schalte.negotiations - repairs;

  const places = [];
  let isWatched = false;
  /** As `code`. What a test sees while the programme is watched has been seen: a busy browser leaves out frame callbacks. */
  function look(testId) {
    const now = code(testId);
    if (isWatched && testId === 'program-video' && now !== null && now !== places.at(-1)) places.push(now);
    return now;
  }

  /** Note each change of the programme from now on, frame by frame. */
  function watch() {
    const video = document.querySelector('[data-testid="program-video"]');
    const frame = () => {
      look('program-video');
      video.requestVideoFrameCallback(frame);
    };
    isWatched = true;
    frame();
    watchMirror();
  }

  /** The places that the programme has shown since `watch`, up to now. */
  function seen() {
    look('program-video');
    return places;
  }

  /** The m-line of the programme and the connection, as soon as the page has them. */
  async function connected() {
    for (;;) {
      const { call, slots } = window.schalte ?? {};
      const line = Object.entries(slots ?? {}).find(([, name]) => name === 'program');
      if (call && line) return [line[0], call];
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async function stats() {
    const [line, call] = await connected();
    for (const report of (await call.getStats()).values()) {
      if (report.type === 'inbound-rtp' && report.kind === 'video' && report.mid === line) return { ...report };
    }
    return {};
  }

  /** Which of [[code, hertz], …] sound in what this page receives. */
  async function hears(pitches) {
    const [, call] = await connected();
    const audio = new AudioContext({ sampleRate: 48000 });
    await audio.resume();
    const analyser = audio.createAnalyser();
    analyser.fftSize = 16384;
    analyser.smoothingTimeConstant = 0;
    for (const transceiver of call.getTransceivers()) {
      if (transceiver.receiver.track.kind === 'audio' && transceiver.currentDirection === 'recvonly') {
        audio.createMediaStreamSource(new MediaStream([transceiver.receiver.track])).connect(analyser);
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 600));
    const bins = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(bins);
    await audio.close();
    const at = (hertz) => Math.max(...[-1, 0, 1].map((d) => bins[Math.round((hertz * 16384) / 48000) + d]));
    return pitches.filter(([, hertz]) => at(hertz) > -60).map(([place]) => place);
  }

  return { code: look, seen, watch, stats, hears, negotiations, stalls: () => stalls };
})();
