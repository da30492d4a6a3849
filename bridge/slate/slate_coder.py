"""The slate as a stream of two frames: a keyframe, and one that repeats it, which takes 250 bytes.

Drawing and encoding take 0.1 s, most of it under the interpreter's lock, for which packets would wait in turn: at 4000
packets a second the event loop is 8.5 ms late (p99) while a thread does it, 3.5 ms late while another process does and
1.8 ms while nobody does. So it is a process, which lives for one card (0.35 s): nothing to look after between two
cards, and one that dies has done no harm.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import sys
from dataclasses import asdict, dataclass
from fractions import Fraction

import av
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType

from bridge.engine import Card
from bridge.slate.card import SIZE, draw

LIMIT = 40_000
"""Bytes of a keyframe. One goes to every receiver each second."""
QUANTIZERS = (8, 12, 16, 24, 32, 40, 50, 63)
"""Best first: 44 dB, as good as VP8's colours allow, in some 30 kB. From 12 on the dark ground shows stains."""
PATIENCE = 20.0
"""Seconds that the process may take, however busy the machine is."""
COMMAND = (sys.executable, "-P", "-m", "bridge.slate.slate_coder")
"""-P: not from whatever folder the server was started in."""


class CoderFailed(Exception):
    """The process has not done its work. The text says what it said last."""


@dataclass(frozen=True, slots=True)
class Still:
    """A picture that stands still, in VP8."""

    key: bytes
    repeat: bytes
    """The frame that follows the keyframe or itself, any number of times, and changes nothing."""
    missing: str = ""
    """Characters that were left out, since no font here has them."""


def encode(card: Card, size: tuple[int, int] = SIZE) -> Still:
    """Draw `card` and encode it, as well as `LIMIT` allows."""
    drawing = draw(card, size)
    pixels = drawing.image.convert("RGBA").tobytes()
    picture = av.VideoFrame.from_bytes(pixels, *size, format="rgba").reformat(format="yuv420p")
    key = repeat = b""
    for quantizer in QUANTIZERS:
        key, repeat = _encode(picture, quantizer)
        if len(key) <= LIMIT:
            break
    return Still(key, repeat, drawing.missing)


def _encode(picture: av.VideoFrame, quantizer: int) -> tuple[bytes, bytes]:
    """Keyframe and repetition. The latter is the difference between the picture as receivers see it and itself."""
    encoder = _encoder(picture, quantizer)
    key = _next(encoder, picture, 0)
    (seen,) = av.CodecContext.create("vp8", "r").decode(av.Packet(key))
    assert isinstance(seen, av.VideoFrame)
    repeat = _next(encoder, seen.reformat(format="yuv420p"), 1)
    return key, repeat


def _next(encoder: VideoCodecContext, picture: av.VideoFrame, number: int) -> bytes:
    picture.pts, picture.time_base = number, encoder.time_base
    picture.pict_type = PictureType.NONE  # a decoded keyframe would be made one again
    return b"".join(bytes(packet) for packet in encoder.encode(picture))


def _encoder(picture: av.VideoFrame, quantizer: int) -> VideoCodecContext:
    encoder = av.CodecContext.create("libvpx", "w")
    assert isinstance(encoder, VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = picture.width, picture.height, "yuv420p"
    encoder.time_base, encoder.framerate = Fraction(1, 10), Fraction(10)
    encoder.thread_count = 1
    encoder.bit_rate = 20_000_000  # so that the quantizer decides
    encoder.qmin = encoder.qmax = quantizer
    # One pass, no frames ahead, and no state that a lost or a repeated frame could spoil (error-resilient).
    encoder.options = {"deadline": "good", "cpu-used": "0", "lag-in-frames": "0", "auto-alt-ref": "0"}
    encoder.options = {**encoder.options, "error-resilient": "1", "static-thresh": "1"}
    return encoder


async def encode_aside(card: Card, command: tuple[str, ...] = COMMAND) -> Still:
    """The same in a process of its own.

    Raises:
        CoderFailed: the process ended badly, or took too long.
        OSError: it could not be started.
    """
    pipe = asyncio.subprocess.PIPE
    # In a session of its own, or Ctrl-C at the server's terminal would reach it as well.
    process = await asyncio.create_subprocess_exec(
        *command, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True
    )
    try:
        async with asyncio.timeout(PATIENCE):
            said, complaint = await process.communicate(json.dumps(asdict(card)).encode())
    except TimeoutError:
        raise CoderFailed(f"no picture within {PATIENCE:.0f} s") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        last = complaint.decode(errors="replace").strip().rpartition("\n")[2]
        raise CoderFailed(last or f"ended with status {process.returncode}")
    found = json.loads(said)
    return Still(base64.b64decode(found["key"]), base64.b64decode(found["repeat"]), found["missing"])


def main() -> None:
    """What that process does: a card comes in, a still goes out."""
    if hasattr(os, "nice"):
        os.nice(10)  # packets go first
    card = json.load(sys.stdin)
    still = encode(Card(**{**card, "lines": tuple(card["lines"])}))
    frames = {name: base64.b64encode(getattr(still, name)).decode() for name in ("key", "repeat")}
    json.dump({**frames, "missing": still.missing}, sys.stdout)


if __name__ == "__main__":
    main()
