"""The streams of one source: which packets of its peer are whose.

SSRCs are random numbers, and only some are in the offer. A packet whose SSRC is known finds its stream by
`StreamContext.routes`; one that is not is introduced here, once for each stream: by its payload type it is sound, a
picture or a repair, and by its header extensions (RFC 8852) it is of one layer or another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bridge.rtp.header import MalformedPacket, Packet, parse
from bridge.source.context import Receiver, StreamContext
from bridge.source.intake import AudioIntake
from bridge.source.video import VideoIntake


@dataclass(frozen=True, slots=True)
class Stream:
    """What was negotiated for one m-line in which the peer sends."""

    codecs: Mapping[int, str]
    """Payload type to "vp8", "h264" or "opus"; the first is the likeliest."""
    clock_rate: int
    repairs: Mapping[int, int] = field(default_factory=dict)
    """Payload type of a repair stream (RFC 4588) to the payload type that it repairs."""
    ssrcs: tuple[int, ...] = ()
    """From `a=ssrc` of the offer, repair streams left out; else they are learned from the packets. With layers they are
    not looked at, since they do not tell which is whose."""
    repair_ssrcs: Mapping[int, int] = field(default_factory=dict)
    """From `a=ssrc-group:FID`: SSRC of a repair stream to the SSRC that it repairs; else learned."""
    layers: tuple[str, ...] = ()
    """Rids that were agreed on, best first; none for a single encoding."""
    rid: int | None = None
    """Id of the header extension sdes:rtp-stream-id."""
    repaired_rid: int | None = None
    """Of sdes:repaired-rtp-stream-id."""
    level: int | None = None
    """Of ssrc-audio-level."""
    number: int | None = None
    """Of the transport-wide sequence number, which the lines of a connection share."""
    nack: bool = True
    """`a=rtcp-fb:<payload type> nack` was negotiated."""


class Streams:
    """The layers of the picture and the sound."""

    def __init__(self, wire: StreamContext, video: Stream | None, audio: Stream | None, now: float) -> None:
        self._wire = wire
        self._video, self._audio = video, audio
        self.layers: Mapping[str, VideoIntake] = _layers(wire, video, now) if video else {}
        """By rid, best first; under "" where there is a single encoding."""
        self.audio: AudioIntake | None = _sound(wire, audio, now) if audio else None
        self.all: tuple[VideoIntake | AudioIntake, ...] = (
            *self.layers.values(),
            *([self.audio] if self.audio else []),
        )

    def bind_ssrc(self, data: bytes, now: float) -> Receiver | None:
        """Who takes this packet, whose SSRC is not known, and those that follow it; None: nobody, and it is counted."""
        try:
            packet = parse(data, Packet)
        except MalformedPacket:
            self._wire.drop("malformed")
            return None
        if self._video and packet.payload_type in self._video.repairs:
            return self._introduce_repair(packet, self._video)
        if self._video and packet.payload_type in self._video.codecs:
            stream: VideoIntake | AudioIntake | None = self._layer(packet, self._video.rid)
        elif self._audio and packet.payload_type in self._audio.codecs:
            stream = self.audio
        else:
            self._wire.drop("payload-type")
            return None
        if stream is None:
            self._wire.drop("unknown-layer")
            return None
        begins = not self._is_doubtful(packet) and stream.begins_with(data, now)
        if not stream.adopt(packet.ssrc, now, begins=begins):
            self._wire.drop("foreign-ssrc")
            return None
        return stream.receive

    def _is_doubtful(self, packet: Packet) -> bool:
        """Whether it may be of a stream that runs beside the one it would replace: the offer names it beside that one,
        or there are layers and it does not say of which it is."""
        video = self._video
        if video is None or packet.payload_type not in video.codecs:
            return False
        if "" in self.layers:
            return packet.ssrc in video.ssrcs
        return video.rid is None or packet.extension(video.rid) is None

    def _introduce_repair(self, packet: Packet, video: Stream) -> Receiver | None:
        repaired = video.repair_ssrcs.get(packet.ssrc)
        layer = next((layer for layer in self.layers.values() if layer.ssrc == repaired), None)
        if repaired is None or layer is None:
            layer = self._layer(packet, video.repaired_rid)
        if layer is None:
            self._wire.drop("unknown-layer")
            return None
        layer.adopt_repair(packet.ssrc)
        return layer.repair

    def _layer(self, packet: Packet, number: int | None) -> VideoIntake | None:
        """The layer that the packet names in that header extension.

        Who agreed on layers and names none sends a single encoding, and that is taken for the best.
        """
        named = packet.extension(number) if number is not None else None
        if named is None or "" in self.layers:
            return next(iter(self.layers.values()), None)
        return self.layers.get(named.decode("ascii", "replace"))


def _layers(wire: StreamContext, stream: Stream, now: float) -> dict[str, VideoIntake]:
    declared = stream.ssrcs[0] if stream.ssrcs and not stream.layers else None
    return {
        rid: VideoIntake(
            wire,
            codecs=stream.codecs,
            rate=stream.clock_rate,
            ssrc=declared,
            now=now,
            nack=stream.nack,
            rid=rid,
            repairs=stream.repairs,
        )
        for rid in stream.layers or ("",)
    }


def _sound(wire: StreamContext, stream: Stream, now: float) -> AudioIntake:
    declared = stream.ssrcs[0] if stream.ssrcs else None
    return AudioIntake(
        wire,
        codecs=stream.codecs,
        rate=stream.clock_rate,
        ssrc=declared,
        now=now,
        nack=stream.nack,
        level=stream.level,
    )
