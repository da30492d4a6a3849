"""Encodes a card in VP8 as two frames: a keyframe, and a frame of 250 bytes that repeats it.

Drawing and encoding take 0.1 s, mostly with the interpreter's lock held, so packets would wait. At 4000 packets a
second the event loop is 8.5 ms late (p99) while a thread does it, 3.5 ms while another process does, and 1.8 ms without
any. So a process is started for each card (0.35 s). Between two cards there is nothing to supervise, and a crash does
no harm.
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

MAX_KEYFRAME_BYTES = 40_000
"""Every receiver gets a keyframe each second."""
QUANTIZERS = (8, 12, 16, 24, 32, 40, 50, 63)
"""Best first: 44 dB, the best that VP8's colours allow, in about 30 kB. From 12 on the dark background has blotches."""
ENCODING_TIMEOUT_S = 20.0
"""Seconds for the process to encode a card, on a busy machine."""
COMMAND = (sys.executable, "-P", "-m", "bridge.slate.slate_coder")
"""-P: do not import from the folder in which the server was started."""


class CardEncodingError(Exception):
    """The process has failed. The text is its last line of output, or says how it ended."""


@dataclass(frozen=True, slots=True)
class EncodedCard:
    """A card as VP8 frames."""

    keyframe: bytes
    repeat: bytes
    """A frame that may follow the keyframe or itself any number of times, and changes nothing."""
    missing: str = ""
    """Characters that were left out, since no installed font has them."""


def encode(card: Card, size: tuple[int, int] = SIZE) -> EncodedCard:
    """Draw and encode `card`, as well as `MAX_KEYFRAME_BYTES` allows."""
    drawn = draw(card, size)
    pixels = drawn.image.convert("RGBA").tobytes()
    picture = av.VideoFrame.from_bytes(pixels, *size, format="rgba").reformat(format="yuv420p")
    keyframe = repeat = b""
    for quantizer in QUANTIZERS:
        keyframe, repeat = _encode(picture, quantizer)
        if len(keyframe) <= MAX_KEYFRAME_BYTES:
            break
    return EncodedCard(keyframe, repeat, drawn.missing)


def _encode(picture: av.VideoFrame, quantizer: int) -> tuple[bytes, bytes]:
    """Keyframe and repetition. The repetition encodes the decoded keyframe, so it contains no change."""
    encoder = _encoder(picture, quantizer)
    keyframe = _next(encoder, picture, 0)
    (decoded,) = av.CodecContext.create("vp8", "r").decode(av.Packet(keyframe))
    assert isinstance(decoded, av.VideoFrame)
    repeat = _next(encoder, decoded.reformat(format="yuv420p"), 1)
    return keyframe, repeat


def _next(encoder: VideoCodecContext, picture: av.VideoFrame, number: int) -> bytes:
    picture.pts, picture.time_base = number, encoder.time_base
    picture.pict_type = PictureType.NONE  # otherwise a decoded keyframe would be encoded as one
    return b"".join(bytes(packet) for packet in encoder.encode(picture))


def _encoder(picture: av.VideoFrame, quantizer: int) -> VideoCodecContext:
    encoder = av.CodecContext.create("libvpx", "w")
    assert isinstance(encoder, VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = picture.width, picture.height, "yuv420p"
    encoder.time_base, encoder.framerate = Fraction(1, 10), Fraction(10)
    encoder.thread_count = 1
    encoder.bit_rate = 20_000_000  # high, so that only the quantizer limits the quality
    encoder.qmin = encoder.qmax = quantizer
    # One pass without lookahead, and no state that a lost or repeated frame could corrupt (error-resilient).
    encoder.options = {"deadline": "good", "cpu-used": "0", "lag-in-frames": "0", "auto-alt-ref": "0"}
    encoder.options = {**encoder.options, "error-resilient": "1", "static-thresh": "1"}
    return encoder


async def encode_in_process(card: Card, command: tuple[str, ...] = COMMAND) -> EncodedCard:
    """`encode` in another process.

    Raises:
        CardEncodingError: the process failed, or took longer than `ENCODING_TIMEOUT_S`.
        OSError: it could not be started.
    """
    pipe = asyncio.subprocess.PIPE
    # In its own session, or Ctrl-C at the server's terminal would reach it.
    process = await asyncio.create_subprocess_exec(
        *command, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True
    )
    try:
        async with asyncio.timeout(ENCODING_TIMEOUT_S):
            output, errors = await process.communicate(json.dumps(asdict(card)).encode())
    except TimeoutError:
        raise CardEncodingError(f"no picture within {ENCODING_TIMEOUT_S:.0f} s") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        last = errors.decode(errors="replace").strip().rpartition("\n")[2]
        raise CardEncodingError(last or f"ended with status {process.returncode}")
    found = json.loads(output)
    return EncodedCard(
        base64.b64decode(found["keyframe"]), base64.b64decode(found["repeat"]), found["missing"]
    )


def main() -> None:
    """The process: reads a card from stdin and writes the frames to stdout, in JSON."""
    if hasattr(os, "nice"):
        os.nice(10)  # media has priority
    card = json.load(sys.stdin)
    encoded = encode(Card(**{**card, "lines": tuple(card["lines"])}))
    frames = {name: base64.b64encode(getattr(encoded, name)).decode() for name in ("keyframe", "repeat")}
    json.dump({**frames, "missing": encoded.missing}, sys.stdout)


if __name__ == "__main__":
    main()
