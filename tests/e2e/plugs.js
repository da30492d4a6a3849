/**
 * Plugs for tests: cameras and microphones that are put in and pulled out, that hang, and a person who is asked.
 *
 * Each opens the browser's own fake device. `window.plugs` is what a test moves.
 */
(() => {
  const media = navigator.mediaDevices;
  const openReal = media.getUserMedia.bind(media);
  const devices = [
    { kind: "videoinput", deviceId: "card", label: "Capture card", groupId: "card" },
    { kind: "videoinput", deviceId: "laptop", label: "Laptop camera", groupId: "laptop" },
    { kind: "audioinput", deviceId: "mixer", label: "Mixer", groupId: "mixer" },
    { kind: "audioinput", deviceId: "built-in", label: "Built-in microphone", groupId: "built-in" },
    { kind: "audiooutput", deviceId: "hall", label: "Hall loudspeakers", groupId: "hall" },
  ];
  const read = (key, otherwise) => JSON.parse(sessionStorage.getItem(`plugs.${key}`)) ?? otherwise;
  const write = (key, value) => sessionStorage.setItem(`plugs.${key}`, JSON.stringify(value));
  const tracks = new Set();
  const permission = Object.assign(new EventTarget(), { state: read("permission", "prompt") });
  let answer = null;

  const there = () => devices.filter((device) => !read("out", []).includes(device.deviceId));
  const changed = () => media.dispatchEvent(new Event("devicechange"));

  async function openOne(kind, wanted) {
    const id = wanted.deviceId?.exact;
    const device = there().find((each) => each.kind === kind && (id === undefined || each.deviceId === id));
    if (!device) throw new DOMException("", id ? "OverconstrainedError" : "NotFoundError");
    if (read("hung", []).includes(device.deviceId)) await new Promise(() => undefined);
    const stream = await openReal(kind === "videoinput" ? { video: true } : { audio: true });
    const [track] = stream.getTracks();
    const settings = track.getSettings();
    Object.defineProperty(track, "label", { value: device.label });
    track.getSettings = () => ({ ...settings, deviceId: device.deviceId, groupId: device.groupId });
    track.device = device.deviceId;
    tracks.add(track);
    return track;
  }

  media.enumerateDevices = async () =>
    permission.state === "granted"
      ? there()
      : [...new Set(there().map(({ kind }) => kind))].map((kind) => ({ kind, deviceId: "", label: "", groupId: "" }));
  media.getUserMedia = async ({ video, audio }) => {
    if (permission.state === "prompt") await new Promise((resolve) => (answer = resolve));
    if (permission.state === "denied") throw new DOMException("", "NotAllowedError");
    const opened = [];
    if (video) opened.push(await openOne("videoinput", video));
    if (audio) opened.push(await openOne("audioinput", audio));
    return new MediaStream(opened);
  };
  navigator.permissions.query = async () => permission;
  HTMLMediaElement.prototype.setSinkId = async function (id) {
    this.dataset.sink = id;
  };

  window.plugs = {
    pull(id) {
      write("out", [...read("out", []), id]);
      for (const track of tracks)
        if (track.device === id && track.readyState === "live") {
          track.stop();
          track.dispatchEvent(new Event("ended"));
        }
      changed();
    },
    put(id) {
      write("out", read("out", []).filter((each) => each !== id));
      changed();
    },
    hang: (id) => write("hung", [id]),
    /** How the browser answers; "prompt": it asks, until the test says. */
    permit(state) {
      write("permission", state);
      permission.state = state;
      permission.dispatchEvent(new Event("change"));
      answer?.();
    },
    live: () => [...tracks].filter((track) => track.readyState === "live").map((track) => track.device),
  };
})();
