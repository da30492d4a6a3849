"""The slate: a picture of our own making that slots show as they show a source's, with silence for its sound.

A card is drawn and encoded aside (`bridge.slate.slate_coder`); until that is done the picture before it stays. What
goes out is a stream as a camera would send it, with a keyframe a second, so that one is always at hand: a cut to the
slate, or a receiver that joins, begins at once. Between keyframes a frame that changes nothing keeps the rhythm, since
a receiver that was used to 30 frames a second would count one a second as frozen.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Iterator

import structlog

from bridge.engine import SLATE, Card
from bridge.rtp.clock import ProgramClock
from bridge.rtp.header import HEADER
from bridge.rtp.vp8 import FLAT
from bridge.slate.card_fonts import REMEDY
from bridge.slate.slate_coder import CoderFailed, Still, encode_aside
from bridge.source.context import StreamContext
from bridge.source.intake import AudioIntake
from bridge.source.video import VideoIntake

log = structlog.get_logger(__name__)

FRAMES = 0.1
"""Seconds between two frames. Browsers count a freeze when a frame is 150 ms later than those before it were."""
REPEATS = 9
"""Frames after a keyframe before the next: one a second."""
PER_TICK = 4
"""Packets of the picture sent at once: each goes to every receiver before anything else does. A keyframe has some
26 and so takes 140 ms."""
PACKET = 1200
"""Bytes of an RTP packet at most; what browsers send."""
RETRY = 5.0
"""Seconds after which a card that could not be encoded is tried again."""

SILENCE = b"\xf8\xff\xfe"
"""20 ms of silence in Opus: one frame of CELT with nothing in it."""
SOUND = 0.02
"""Seconds of one packet of it."""
LATE = 10
"""Packets of silence made up for after a pause of ours; more would be a burst that nobody misses."""

VIDEO_TYPE, AUDIO_TYPE = 96, 111
"""Payload types on the way to our own intakes; slots write their own."""
VIDEO_RATE, AUDIO_RATE = 90_000, 48_000
BEGINS, GOES_ON = 0x9080, 0x8080
"""VP8 payload descriptors with a picture ID (RFC 7741 section 4.2): of a frame's first packet, of the others."""


class Slate:
    """What a slot routed to `SLATE` shows; see `Source` for the other things that slots show."""

    def __init__(self, now: float, encode: Callable[[Card], Awaitable[Still]] = encode_aside) -> None:
        """`now` is monotonic seconds. `encode` turns a card into frames."""
        self._encode = encode
        self._wanted: Card | None = None
        self._tried: Card | None = None
        """What the job is about, or was."""
        self._job: asyncio.Task[Still] | None = None
        self._retry_at: float | None = None
        self._says_missing = True
        self._still: Still | None = None
        self._packets: deque[bytes] = deque()
        """What is still to be sent of the frame that is under way."""
        self._frame_due = now
        self._repeats = 0
        """Frames still to come before the next keyframe."""
        self._began = now
        self._silences = 0
        """Packets of silence that were due so far."""
        wire = StreamContext(self._asked, 0, SLATE)
        ssrcs = secrets.SystemRandom().sample(range(1, 1 << 32), 2)
        self._clock = ProgramClock(now, 0.0, secrets.randbits(32))
        self._seq, self._sound_seq = secrets.randbits(15), secrets.randbits(15)
        self._picture_id = secrets.randbits(15)
        self._video = VideoIntake(
            wire, codecs={VIDEO_TYPE: "vp8"}, rate=VIDEO_RATE, ssrc=ssrcs[0], now=now, nack=False
        )
        self._audio = AudioIntake(wire, codecs={AUDIO_TYPE: "opus"}, rate=AUDIO_RATE, ssrc=ssrcs[1], now=now)

    # What slots see -------------------------------------------------------------------------------

    @property
    def audio(self) -> AudioIntake:
        """Silence, made while somebody listens."""
        return self._audio

    @property
    def codec(self) -> str:
        """What the picture comes in."""
        return self._video.codec

    def picture(self, small: bool, codecs: Collection[str], now: float) -> VideoIntake | None:
        """The picture, which is small enough for all; None for a slot without VP8.

        Before the first card is encoded nothing comes of it: a slot then keeps what it shows until that is done.
        """
        return self._video if "vp8" in codecs else None

    # What its owner calls -------------------------------------------------------------------------

    def show(self, card: Card) -> None:
        """Change to `card` as soon as it is encoded. What was asked for before and is not done yet is passed over."""
        self._wanted = card

    def tick(self, now: float) -> None:
        """Send what is due. Call it every 20 ms, on the event loop."""
        self._follow_job(now)
        self._send_silence(now)
        if not self._packets and self._still is not None and now >= self._frame_due:
            self._begin_frame(self._still, now)
        for _ in range(min(PER_TICK, len(self._packets))):
            self._video.receive(self._packets.popleft(), now)
        self._video.tick(now, None)

    async def close(self) -> None:
        """Let go of every slot, and of the card that is being encoded."""
        if self._job is not None:
            self._job.cancel()
            await asyncio.wait([self._job])
            if not self._job.cancelled():
                self._job.exception()  # nobody wants to know any more
            self._job = None
        self._video.close()
        self._audio.close()

    # Cards ----------------------------------------------------------------------------------------

    def _follow_job(self, now: float) -> None:
        """Take what is encoded, and have encoded what is wanted; one card at a time."""
        if self._job is not None and self._job.done():
            job, self._job = self._job, None
            self._take(job, now)
        is_due = self._retry_at is not None and now >= self._retry_at
        wanted = self._wanted
        if self._job is None and wanted is not None and (wanted != self._tried or is_due):
            self._tried, self._retry_at = wanted, None
            self._job = asyncio.get_running_loop().create_task(self._run(wanted), name="slate")

    async def _run(self, card: Card) -> Still:
        return await self._encode(card)

    def _take(self, job: asyncio.Task[Still], now: float) -> None:
        try:
            self._still = job.result()
        except (CoderFailed, OSError) as fault:
            self._retry_at = now + RETRY
            log.warning("slate not drawn; the one before stays", fault=str(fault), retry_s=RETRY)
            return
        self._renew()
        if self._still.missing and self._says_missing:
            self._says_missing = False
            log.warning("characters left out on the slate", missing=self._still.missing, remedy=REMEDY)

    # Packets --------------------------------------------------------------------------------------

    def _asked(self, request: bytes) -> None:
        """All that an intake asks its sender for is a keyframe. From the next tick on: slots are in the midst of
        something now."""
        self._renew()

    def _renew(self) -> None:
        """The next frame is due, and a keyframe."""
        self._repeats, self._frame_due = 0, 0.0

    def _begin_frame(self, still: Still, now: float) -> None:
        frame = still.repeat if self._repeats else still.key
        self._repeats = (self._repeats or REPEATS + 1) - 1
        # In a rhythm of its own, but not faster after a pause.
        self._frame_due = max(self._frame_due + FRAMES, now + FRAMES / 2)
        self._packets.extend(self._cut(frame, self._clock.timestamp(now, VIDEO_RATE)))

    def _cut(self, frame: bytes, timestamp: int) -> Iterator[bytes]:
        """A frame in RTP packets of about the same size."""
        self._picture_id = (self._picture_id + 1) & 0x7FFF
        count = -(-len(frame) // (PACKET - FLAT.size))
        size = -(-len(frame) // count)
        for at in range(0, len(frame), size):
            self._seq = (self._seq + 1) & 0xFFFF
            marker = 0x80 if at + size >= len(frame) else 0
            head = FLAT.pack(
                0x8000 | marker | VIDEO_TYPE,
                self._seq,
                timestamp,
                self._video.ssrc,
                GOES_ON if at else BEGINS,
                0x8000 | self._picture_id,
            )
            yield head + frame[at : at + size]

    def _send_silence(self, now: float) -> None:
        due = int((now - self._began) / SOUND)
        first = max(self._silences, due - LATE)
        self._silences = due
        if self._audio.slots or self._audio.waiting:
            for n in range(first, due):
                self._sound_seq = (self._sound_seq + 1) & 0xFFFF
                timestamp = n * round(SOUND * AUDIO_RATE) & 0xFFFF_FFFF
                head = HEADER.pack(0x8000 | AUDIO_TYPE, self._sound_seq, timestamp, self._audio.ssrc)
                self._audio.receive(head + SILENCE, now)
