"""A page that does no more than send a camera and a microphone and show one picture: what WebRTC itself costs.

It joins the same server as a hall's page, so both receive the same picture.
"""

from __future__ import annotations

from playwright.async_api import Page

LAYERS: list[dict[str, object]] = [
    {"rid": "l", "scaleResolutionDownBy": 4, "maxBitrate": 200_000, "maxFramerate": 15},
    {"rid": "m", "scaleResolutionDownBy": 2, "maxBitrate": 600_000, "maxFramerate": 30},
    {"rid": "h", "maxBitrate": 2_500_000, "maxFramerate": 30},
]
"""As a hall's page sends (`web/src/media/mlines.ts`)."""
ONE_LAYER = LAYERS[2:]

_JOIN = """async ([layers, token, source]) => {
  const element = (kind, id, width) => {
    const made = document.createElement(kind);
    made.dataset.testid = id;
    made.style.width = width;
    made.autoplay = true;
    made.muted = kind === "video";
    document.body.append(made);
    return made;
  };
  const program = element("video", "program-video", "920px");
  const preview = element("video", "own-preview", "320px");
  const sound = element("audio", "sound", "0");
  const own = await navigator.mediaDevices.getUserMedia({
    video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } },
    audio: true,
  });
  preview.srcObject = own;
  const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  pc.addTransceiver(own.getVideoTracks()[0], { direction: "sendonly", sendEncodings: layers });
  pc.addTransceiver(own.getAudioTracks()[0], { direction: "sendonly" });
  pc.addTransceiver("video", { direction: "recvonly" });
  pc.addTransceiver("audio", { direction: "recvonly" });
  pc.ontrack = ({ track }) => {
    (track.kind === "video" ? program : sound).srcObject = new MediaStream([track]);
  };
  const socket = new WebSocket(`ws://${location.host}/api/v1/ws`);
  const answer = new Promise((resolve, reject) => {
    socket.onmessage = async ({ data }) => {
      const message = JSON.parse(data);
      if (message.type === "welcome") {
        await pc.setLocalDescription();
        socket.send(JSON.stringify({ type: "offer", id: "1", sdp: pc.localDescription.sdp, source }));
      } else if (message.type === "answer") resolve(message.sdp);
      else if (message.type === "error") reject(new Error(data));
    };
  });
  socket.onopen = () => socket.send(JSON.stringify({ type: "hello", token, protocol: 1 }));
  await pc.setRemoteDescription({ type: "answer", sdp: await answer });
}"""


async def join(page: Page, token: str, source: str, layers: list[dict[str, object]]) -> None:
    """Let `page`, an empty one of the server, join by this link's `token` and feed `source`."""
    await page.evaluate(_JOIN, [layers, token, source])
