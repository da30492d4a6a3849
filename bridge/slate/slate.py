"""The slate: the holding picture. Slots show it as they show a source, with silence as its sound.

Another process draws and encodes a card (`bridge.slate.slate_coder`); until then the previous picture stays. The slate
is a stream like a camera's, with a keyframe each second, so a cut to it and a new receiver begin at once. Between
keyframes a frame without changes is repeated: a receiver used to 30 frames a second would count one a second as a
freeze.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence

import structlog

from bridge.engine import SLATE, Card
from bridge.rtp.clock import ProgramClock
from bridge.rtp.header import HEADER
from bridge.rtp.vp8 import VP8_HEADER
from bridge.slate.card_fonts import REMEDY
from bridge.slate.slate_coder import CardEncodingError, EncodedCard, encode_in_process
from bridge.source.audio import AudioIntake
from bridge.source.context import RtpParameters, StreamContext
from bridge.source.video import VideoIntake

log = structlog.get_logger(__name__)

FRAME_INTERVAL_S = 0.1
"""Browsers count a freeze when a frame is 150 ms later than the average."""
REPEATS_PER_KEYFRAME = 9
"""Which makes one keyframe a second."""
MAX_PACKETS_PER_TICK = 4
"""Of the picture. Each goes to every receiver before other work runs. A keyframe has about 26, so it takes 140 ms."""
MAX_RTP_BYTES = 1200
"""Of a packet; browsers send the same."""
RETRY_INTERVAL_S = 5.0
"""Seconds after an encoding error until the next attempt."""

SILENT_OPUS = b"\xf8\xff\xfe"
"""20 ms of silence: one empty CELT frame."""
AUDIO_PACKET_S = 0.02
"""Duration of the sound in one packet, as browsers send it."""
MAX_LATE_AUDIO_PACKETS = 10
"""Sent after a pause of the server. More would be a useless burst."""

VIDEO_PAYLOAD_TYPE, AUDIO_PAYLOAD_TYPE = 96, 111
"""For the slate's own intakes; slots replace them."""
VIDEO_CLOCK_RATE, AUDIO_CLOCK_RATE = 90_000, 48_000
FIRST_DESCRIPTOR, NEXT_DESCRIPTOR = 0x9080, 0x8080
"""VP8 payload descriptors with a picture ID (RFC 7741 section 4.2): of a frame's first packet, and of the others."""


class Slate:
    """The stream of slots that are routed to `SLATE`; `Source` is the other one."""

    def __init__(
        self, now: float, encode: Callable[[Card], Awaitable[EncodedCard]] = encode_in_process
    ) -> None:
        """`now` is monotonic seconds."""
        self._encode = encode
        self._wanted: Card | None = None
        self._tried: Card | None = None
        """The card of the present or last job."""
        self._job: asyncio.Task[EncodedCard] | None = None
        self._retry_at: float | None = None
        self._logs_missing = True
        self._encoded: EncodedCard | None = None
        self._packets: deque[bytes] = deque()
        """The unsent packets of the present frame."""
        self._frame_due = now
        self._repeats_left = 0
        """Before the next keyframe."""
        self._started_at = now
        self._audio_packets = 0
        """That were due so far."""
        context = StreamContext(
            self._on_feedback, 0, lambda reason: log.info("packet dropped", source=SLATE, reason=reason)
        )
        ssrcs = secrets.SystemRandom().sample(range(1, 1 << 32), 2)
        self._clock = ProgramClock(now, 0.0, secrets.randbits(32))
        self._seq, self._audio_seq = secrets.randbits(15), secrets.randbits(15)
        self._picture_id = secrets.randbits(15)
        video = RtpParameters({VIDEO_PAYLOAD_TYPE: "vp8"}, VIDEO_CLOCK_RATE, nack=False)
        audio = RtpParameters({AUDIO_PAYLOAD_TYPE: "opus"}, AUDIO_CLOCK_RATE, nack=False)
        self._video, self._audio = VideoIntake(context, video, now), AudioIntake(context, audio, now)
        self._video.bind_ssrc(ssrcs[0], now)
        self._audio.bind_ssrc(ssrcs[1], now)

    # For slots ------------------------------------------------------------------------------------

    @property
    def audio(self) -> AudioIntake:
        """Silence, sent while a slot is subscribed."""
        return self._audio

    @property
    def codec(self) -> str:
        """Of the picture."""
        return self._video.codec

    def showable_layers(self, codecs: Collection[str], now: float) -> Sequence[VideoIntake]:
        """The picture, which has one layer; none for a slot without VP8.

        It sends nothing before the first card is encoded, so until then a slot keeps its previous picture.
        """
        return (self._video,) if "vp8" in codecs else ()

    # For the switchboard --------------------------------------------------------------------------

    def show(self, card: Card) -> None:
        """Change to `card` as soon as it is encoded. An earlier card that is not encoded yet is skipped."""
        self._wanted = card

    def tick(self, now: float) -> None:
        """Send what is due. To be called every 20 ms, on the event loop."""
        self._follow_job(now)
        self._send_silence(now)
        if not self._packets and self._encoded is not None and now >= self._frame_due:
            self._begin_frame(self._encoded, now)
        for _ in range(min(MAX_PACKETS_PER_TICK, len(self._packets))):
            self._video.receive(self._packets.popleft(), now)
        self._video.tick(now, None)

    async def close(self) -> None:
        """Release every slot and cancel the encoding."""
        if self._job is not None:
            self._job.cancel()
            await asyncio.wait([self._job])
            if not self._job.cancelled():
                self._job.exception()  # retrieve it, or asyncio logs it
            self._job = None
        self._video.close()
        self._audio.close()

    # Cards ----------------------------------------------------------------------------------------

    def _follow_job(self, now: float) -> None:
        """Use an encoded card, and start the next encoding. One card is encoded at a time."""
        if self._job is not None and self._job.done():
            job, self._job = self._job, None
            self._use_result(job, now)
        is_due = self._retry_at is not None and now >= self._retry_at
        wanted = self._wanted
        if self._job is None and wanted is not None and (wanted != self._tried or is_due):
            self._tried, self._retry_at = wanted, None
            self._job = asyncio.get_running_loop().create_task(self._run(wanted), name="slate")

    async def _run(self, card: Card) -> EncodedCard:
        return await self._encode(card)

    def _use_result(self, job: asyncio.Task[EncodedCard], now: float) -> None:
        try:
            self._encoded = job.result()
        except (CardEncodingError, OSError) as fault:
            self._retry_at = now + RETRY_INTERVAL_S
            log.warning("slate not drawn; the previous one stays", fault=str(fault), retry_s=RETRY_INTERVAL_S)
            return
        self._restart_frames()
        if self._encoded.missing and self._logs_missing:
            self._logs_missing = False
            log.warning(
                "characters without a font left out on the slate",
                missing=self._encoded.missing,
                remedy=REMEDY,
            )

    # Packets --------------------------------------------------------------------------------------

    def _on_feedback(self, request: bytes) -> None:
        """An intake's only request is for a keyframe. It comes at the next tick, since slots are being changed now."""
        self._restart_frames()

    def _restart_frames(self) -> None:
        """The next frame is due now, and is a keyframe."""
        self._repeats_left, self._frame_due = 0, 0.0

    def _begin_frame(self, slate: EncodedCard, now: float) -> None:
        frame = slate.repeat if self._repeats_left else slate.keyframe
        self._repeats_left = (self._repeats_left or REPEATS_PER_KEYFRAME + 1) - 1
        # At a constant rate, but not faster after a pause.
        self._frame_due = max(self._frame_due + FRAME_INTERVAL_S, now + FRAME_INTERVAL_S / 2)
        self._packets.extend(self._packetize(frame, self._clock.timestamp(now, VIDEO_CLOCK_RATE)))

    def _packetize(self, frame: bytes, timestamp: int) -> Iterator[bytes]:
        """RTP packets of about equal size."""
        self._picture_id = (self._picture_id + 1) & 0x7FFF
        count = -(-len(frame) // (MAX_RTP_BYTES - VP8_HEADER.size))
        size = -(-len(frame) // count)
        for at in range(0, len(frame), size):
            self._seq = (self._seq + 1) & 0xFFFF
            marker = 0x80 if at + size >= len(frame) else 0
            head = VP8_HEADER.pack(
                0x8000 | marker | VIDEO_PAYLOAD_TYPE,
                self._seq,
                timestamp,
                self._video.ssrc,
                NEXT_DESCRIPTOR if at else FIRST_DESCRIPTOR,
                0x8000 | self._picture_id,
            )
            yield head + frame[at : at + size]

    def _send_silence(self, now: float) -> None:
        due = int((now - self._started_at) / AUDIO_PACKET_S)
        first = max(self._audio_packets, due - MAX_LATE_AUDIO_PACKETS)
        self._audio_packets = due
        if self._audio.subscribers or self._audio.waiting:
            for n in range(first, due):
                self._audio_seq = (self._audio_seq + 1) & 0xFFFF
                timestamp = n * round(AUDIO_PACKET_S * AUDIO_CLOCK_RATE) & 0xFFFF_FFFF
                head = HEADER.pack(0x8000 | AUDIO_PAYLOAD_TYPE, self._audio_seq, timestamp, self._audio.ssrc)
                self._audio.receive(head + SILENT_OPUS, now)
