"""What the streams of one source share: what was negotiated, and the interface between a stream and its slots."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from bridge.rtp.clock import SourceClock
from bridge.rtp.header import Packet

ForwardedPacket = TypeVar("ForwardedPacket", bound=Packet, contravariant=True)


@dataclass(frozen=True, slots=True)
class RtpParameters:
    """What was negotiated for one m-line in which the peer sends."""

    codecs: Mapping[int, str]
    """Payload type to "vp8", "h264" or "opus"; the first is the likeliest."""
    clock_rate: int
    rtx_payload_types: Mapping[int, int] = field(default_factory=dict)
    """Payload type of the retransmission stream (RFC 4588) to the payload type of the original."""
    ssrcs: tuple[int, ...] = ()
    """From `a=ssrc` of the offer, without RTX; otherwise learned from the packets. Unused with simulcast, since they do
    not say which layer is whose."""
    rtx_ssrcs: Mapping[int, int] = field(default_factory=dict)
    """From `a=ssrc-group:FID`: SSRC of the RTX stream to the SSRC of the original; otherwise learned."""
    rids: tuple[str, ...] = ()
    """Simulcast layers that were agreed on, best first; empty for a single encoding."""
    rid_id: int | None = None
    """Id of the header extension sdes:rtp-stream-id."""
    repaired_rid_id: int | None = None
    """Id of sdes:repaired-rtp-stream-id."""
    audio_level_id: int | None = None
    """Id of ssrc-audio-level."""
    twcc_id: int | None = None
    """Id of the transport-wide sequence number, which all m-lines of a connection share."""
    mid: str = ""
    """The m-line, which a packet names in the header extension sdes:mid (RFC 9143) until the bridge has reported it."""
    mid_id: int | None = None
    """Id of that header extension."""
    nack: bool = True
    """`a=rtcp-fb:<payload type> nack` was negotiated: the sender answers NACKs."""


class Subscriber(Protocol[ForwardedPacket]):
    """A slot, as the stream sees it that the slot shows or waits for."""

    def forward(self, packet: ForwardedPacket) -> None:
        """Send on a packet with a payload of the stream that is shown."""

    def on_padding(self, packet: ForwardedPacket) -> None:
        """A packet without a payload has come."""

    def on_timestamp_jump(self, packet: ForwardedPacket) -> None:
        """The timestamp of `packet`, which is forwarded next, has left the clock."""

    def on_switch_point(self, packet: ForwardedPacket) -> None:
        """The awaited stream can begin with `packet`."""

    def on_restart(self) -> None:
        """The sender began a new sequence; it continues nothing that came before."""

    def on_stream_closed(self, intake: object) -> None:
        """The stream of `intake` has ended."""

    def fail(self) -> None:
        """One of the calls above has raised, and the exception is being handled. Its peer is ended, not the sender."""


PacketHandler = Callable[[bytes, float], None]
"""Takes one plain packet and its arrival in monotonic seconds."""


class PacketDropped(Exception):
    """A packet is not used; the text is the reason by which it is counted."""


class StreamContext:
    """What the streams of one source share."""

    __slots__ = ("_on_first_drop", "clock", "dropped", "handlers", "send", "ssrc")

    def __init__(
        self,
        send: Callable[[bytes], object],
        ssrc: int,
        on_first_drop: Callable[[str], object] | None = None,
    ) -> None:
        """`send` takes RTCP for the sender, `ssrc` is the bridge's own in it.

        `on_first_drop` is called with each reason for which a packet is dropped, once.
        """
        self.send = send
        self.ssrc = ssrc
        self.clock = SourceClock()
        self.dropped: Counter[str] = Counter()
        """Packets not used, by reason."""
        self.handlers: dict[bytes, PacketHandler] = {}
        """By SSRC, as its four bytes in the header. An SSRC has one handler."""
        self._on_first_drop = on_first_drop

    def drop(self, reason: str) -> None:
        """Count a packet that is not used."""
        self.dropped[reason] += 1
        if self.dropped[reason] == 1 and self._on_first_drop:
            self._on_first_drop(reason)
