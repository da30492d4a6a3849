/** A moving test picture: sent while the line is measured, as a camera's picture must not be sent before joining. */

/** As a camera's, so that the sender aims at the same bit rates. */
const [WIDTH_PX, HEIGHT_PX] = [1280, 720];
/** The sender pads what the picture does not need, so few pictures do, and a slow machine can encode them. */
const FRAME_INTERVAL_MS = 200;
const TILE_PX = 64;

export interface TestPicture {
  track: MediaStreamTrack;
  close: () => void;
}

/** Null where this browser makes no picture of a canvas. */
export function openTestPicture(): TestPicture | null {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [WIDTH_PX, HEIGHT_PX];
  const context = canvas.getContext("2d");
  const tile = noise();
  const pattern = tile && context?.createPattern(tile, "repeat");
  if (!context || !pattern || !canvas.captureStream) return null;
  const draw = (): void => {
    const [x, y] = [Math.random() * TILE_PX, Math.random() * TILE_PX];
    context.setTransform(1, 0, 0, 1, x, y);
    context.fillStyle = pattern;
    context.fillRect(-x, -y, WIDTH_PX, HEIGHT_PX);
  };
  draw();
  const [track] = canvas.captureStream().getVideoTracks();
  if (!track) return null;
  const timer = setInterval(draw, FRAME_INTERVAL_MS);
  return {
    track,
    close: () => {
      clearInterval(timer);
      track.stop();
    },
  };
}

/** Grey noise, which no codec predicts. */
function noise(): HTMLCanvasElement | null {
  const tile = document.createElement("canvas");
  tile.width = tile.height = TILE_PX;
  const context = tile.getContext("2d");
  const image = context?.createImageData(TILE_PX, TILE_PX);
  if (!context || !image) return null;
  for (let at = 0; at < image.data.length; at += 4)
    image.data.set([...Array(3).fill(64 + Math.floor(128 * Math.random())), 255], at);
  context.putImageData(image, 0, 0);
  return tile;
}
