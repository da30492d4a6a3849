"""The streams of one source, and which packets belong to which of them.

SSRCs are random numbers, and only some are in the offer. A known SSRC has its handler in `StreamContext.handlers`. An
unknown one is bound here, once for each stream: its payload type says sound, picture or RTX, and its header extensions
(RFC 8852) name the layer. Of two sounds, the source's and the talkback microphone, it must name one. Otherwise a word
to the desk could get into the programme.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bridge.rtp.header import MalformedPacket, Packet, parse
from bridge.source.audio import AudioIntake
from bridge.source.context import PacketHandler, RtpParameters, StreamContext
from bridge.source.video import VideoIntake


class Streams:
    """The layers of the picture, the sound, and the talkback microphone beside them."""

    def __init__(
        self,
        context: StreamContext,
        video: RtpParameters | None,
        audio: RtpParameters | None,
        talk: RtpParameters | None,
        now: float,
    ) -> None:
        self._context = context
        self._video = video
        rids = (video.rids or ("",)) if video else ()
        self.layers: Mapping[str, VideoIntake] = (
            {rid: VideoIntake(context, video, now, rid=rid) for rid in rids} if video else {}
        )
        """By rid, best first; under "" without simulcast."""
        self.audio: AudioIntake | None = AudioIntake(context, audio, now) if audio else None
        self.talk: AudioIntake | None = AudioIntake(context, talk, now) if talk else None
        self.of_source: tuple[VideoIntake | AudioIntake, ...] = (
            *self.layers.values(),
            *([self.audio] if self.audio else []),
        )
        """All but the talkback microphone."""
        self.all = (*self.of_source, *([self.talk] if self.talk else []))
        self._sounds = [(s, p) for s, p in ((self.audio, audio), (self.talk, talk)) if s and p]
        if video and video.ssrcs and not video.rids:
            self.layers[""].bind_ssrc(video.ssrcs[0], now)
        for sound, parameters in self._sounds:
            if parameters.ssrcs:
                sound.bind_ssrc(parameters.ssrcs[0], now)

    def bind_ssrc(self, data: bytes, now: float) -> PacketHandler | None:
        """The handler of this packet, whose SSRC is unknown, and of those that follow.

        None: no stream takes it, and the packet is counted.
        """
        try:
            packet = parse(data, Packet)
        except MalformedPacket:
            self._context.drop("malformed")
            return None
        if self._video and packet.payload_type in self._video.rtx_payload_types:
            return self._bind_rtx(packet, self._video)
        sounds: list[tuple[AudioIntake, RtpParameters]] = []
        if self._video and packet.payload_type in self._video.codecs:
            stream: VideoIntake | AudioIntake | None = self._find_layer(packet, self._video.rid_id)
        elif sounds := [sound for sound in self._sounds if packet.payload_type in sound[1].codecs]:
            stream = _find_sound(packet, sounds)
        else:
            self._context.drop("payload-type")
            return None
        if stream is None:
            self._context.drop("unknown-line" if sounds else "unknown-layer")
            return None
        is_restart = not self._may_be_parallel(packet) and stream.can_restart_with(data, now)
        if not stream.bind_ssrc(packet.ssrc, now, is_restart=is_restart):
            self._context.drop("foreign-ssrc")
            return None
        return stream.receive

    def _may_be_parallel(self, packet: Packet) -> bool:
        """Whether it may belong to a second stream beside the one it would replace.

        It may if the offer names its SSRC too, or if there are layers and it does not name one.
        """
        video = self._video
        if video is None or packet.payload_type not in video.codecs:
            return False
        if "" in self.layers:
            return packet.ssrc in video.ssrcs
        return video.rid_id is None or packet.extension(video.rid_id) is None

    def _bind_rtx(self, packet: Packet, video: RtpParameters) -> PacketHandler | None:
        original_ssrc = video.rtx_ssrcs.get(packet.ssrc)
        layer = next((layer for layer in self.layers.values() if layer.ssrc == original_ssrc), None)
        if original_ssrc is None or layer is None:
            layer = self._find_layer(packet, video.repaired_rid_id)
        if layer is None:
            self._context.drop("unknown-layer")
            return None
        layer.bind_rtx_ssrc(packet.ssrc)
        return layer.receive_rtx

    def _find_layer(self, packet: Packet, ext_id: int | None) -> VideoIntake | None:
        """The layer that the packet names in that header extension.

        A sender that agreed on layers and names none sends a single encoding; it is taken as the best layer.
        """
        rid = packet.extension(ext_id) if ext_id is not None else None
        if rid is None or "" in self.layers:
            return next(iter(self.layers.values()), None)
        return self.layers.get(rid.decode("ascii", "replace"))


def _find_sound(packet: Packet, sounds: Sequence[tuple[AudioIntake, RtpParameters]]) -> AudioIntake | None:
    """The one that the packet belongs to, by its SSRC or its mid; None if there are several and it says neither."""
    if len(sounds) == 1:
        return sounds[0][0]
    for sound, parameters in sounds:
        mid = packet.extension(parameters.mid_id) if parameters.mid_id is not None else None
        if packet.ssrc in parameters.ssrcs or (mid is not None and mid == parameters.mid.encode()):
            return sound
    return None
