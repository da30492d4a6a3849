"""Which packet belongs to which stream."""

from __future__ import annotations

import struct

import pytest

from bridge.rtp.rtcp import GenericNack
from bridge.source.context import RtpParameters
from bridge.source.intake import SSRC_TIMEOUT_S
from bridge.source.source import Source
from tests.unit.bridge.peers import (
    BRIDGE_SSRC,
    NOW,
    OPUS,
    REPAIRED_RID_ID,
    RID_ID,
    VP8_RTX,
    FakePeer,
    FakeVenue,
    video_stream,
)
from tests.unit.bridge.rtp.camera import Camera, H264Camera, rtx_packet


def rrid(rid: str) -> bytes:
    """The header extension repaired-rtp-stream-id."""
    return (bytes([REPAIRED_RID_ID << 4 | len(rid) - 1]) + rid.encode()).ljust(4, b"\0")


def source_with(
    video: RtpParameters | None, audio: RtpParameters | None = None, talk: RtpParameters | None = None
) -> Source:
    """A source of these streams."""
    return Source(
        *("tokio", FakePeer()), video=video, audio=audio, talk=talk, ssrc=BRIDGE_SSRC, cname="bridge", now=NOW
    )


def test_layers_are_found_by_their_rid_until_their_ssrc_is_known() -> None:
    """Browsers omit the rid after the first report."""
    venue = FakeVenue("tokio", 10, layers=("h", "l"))
    for rid in ("h", "l"):
        venue.frame(NOW, keyframe=True, layer=rid)
        venue.cameras[rid].extensions = {}
        venue.frame(NOW, layer=rid)
    found = {rid: (layer.ssrc, layer.packets) for rid, layer in venue.source.layers.items()}
    assert found == {"h": (10, 2), "l": (110, 2)}
    assert not venue.source.dropped


def test_one_encoding_without_a_rid_is_the_best_layer() -> None:
    """Rids were negotiated, but the sender has a single encoding."""
    venue = FakeVenue("tokio", 10, layers=("h", "l"))
    venue.camera.extensions = {}
    venue.frame(NOW, keyframe=True)
    assert {rid: layer.packets for rid, layer in venue.source.layers.items()} == {"h": 1, "l": 0}


def test_a_layer_that_was_not_negotiated_is_dropped() -> None:
    """Firefox may send more."""
    venue = FakeVenue("tokio", 10, layers=("h", "l"))
    venue.camera.extensions = {RID_ID: b"m"}
    venue.frame(NOW, keyframe=True)
    assert venue.source.dropped == {"unknown-layer": 1}


def test_a_rid_is_ignored_where_none_was_negotiated() -> None:
    """There is a single encoding."""
    venue = FakeVenue("tokio", 10)
    venue.camera.extensions = {RID_ID: b"x"}
    venue.frame(NOW, keyframe=True)
    assert venue.video.packets == 1


def test_a_declared_ssrc_is_bound_from_the_beginning() -> None:
    """Another is refused while its packets come."""
    source = source_with(RtpParameters({96: "vp8"}, 90_000, ssrcs=(10, 11)))
    source.on_rtp(Camera(11).frame(keyframe=True)[0].data, NOW + 0.5)
    source.on_rtp(Camera(10).frame(keyframe=True)[0].data, NOW + 0.5)
    assert source.layers[""].packets == 1
    assert source.dropped == {"foreign-ssrc": 1}


def test_another_ssrc_is_refused_before_a_timeout() -> None:
    """After it, it may be a new sender whose keyframe is yet to come."""
    venue = FakeVenue("tokio", 10)
    venue.frame(NOW, keyframe=True)
    for at in (NOW + 0.1, NOW + SSRC_TIMEOUT_S):
        venue.source.on_rtp(Camera(12).frame()[0].data, at)
    assert venue.source.dropped == {"foreign-ssrc": 1}
    assert venue.video.ssrc == 12


@pytest.mark.parametrize("camera", [Camera, H264Camera])
def test_a_restarted_encoder_is_followed_from_its_keyframe_on(
    camera: type[Camera],
) -> None:
    """At once: after a second its fallback would be on air. Late packets of the old SSRC are dropped."""
    venue = FakeVenue("tokio", 10, camera=camera)
    venue.frame(NOW, keyframe=True)
    late = venue.camera.frame(keyframe=True)
    again = camera(12)
    venue.send(again.frame(3, keyframe=True), NOW + 0.04)
    venue.send(late, NOW + 0.05)
    venue.send(again.frame(), NOW + 0.08)
    assert (venue.video.ssrc, venue.video.packets) == (12, 5)
    assert venue.source.dropped == {"foreign-ssrc": 1}
    assert venue.source.state(NOW + 0.08) == ("live", "flows")


def test_a_restarted_encoder_of_a_layer_must_name_its_rid() -> None:
    """Otherwise the small layer's keyframe might take the large one's place."""
    venue = FakeVenue("tokio", 10, layers=("h", "l"))
    venue.frame(NOW, keyframe=True, layer="h")
    venue.source.on_rtp(Camera(12).frame(keyframe=True)[0].data, NOW + 0.04)
    assert venue.source.dropped == {"foreign-ssrc": 1}
    venue.source.on_rtp(Camera(13, extensions={RID_ID: b"h"}).frame(keyframe=True)[0].data, NOW + 0.04)
    assert venue.video.ssrc == 13


def test_a_restarted_microphone_is_followed_after_a_gap() -> None:
    """Any packet of sound can begin; the gap distinguishes it from a second microphone."""
    venue = FakeVenue("tokio", 10)
    venue.speak(NOW)
    other = struct.pack("!BBHLL", 0x80, 111, 7, 960, 99) + b"voice"
    for at in (NOW + 0.05, NOW + 0.1):
        venue.source.on_rtp(other, at)
    assert venue.source.audio is not None
    assert (venue.source.audio.ssrc, venue.source.dropped) == (99, {"foreign-ssrc": 1})


def test_thousands_of_ssrcs_leave_nothing_behind() -> None:
    """And they cause few changes: one a second by timeout, one every five seconds by restart."""
    venue = FakeVenue("tokio", 10, layers=("h", "l"))
    routes = venue.source._context.handlers
    for number in range(5000):
        now = NOW + number / 500
        stranger = Camera(1000 + number, extensions={RID_ID: b"h"})
        venue.source.on_rtp(stranger.frame(keyframe=number % 2 == 0)[0].data, now)
        rtx = rtx_packet(Camera(1).frame()[0].data, 9000 + number, number, VP8_RTX, extension=rrid("l"))
        venue.source.on_rtp(rtx, now)
    assert len(routes) <= 4
    assert venue.source.layers["h"].packets <= 13


def test_one_ssrc_is_not_both_picture_and_sound() -> None:
    """Reports could not tell them apart."""
    venue = FakeVenue("tokio", 10)
    venue.frame(NOW, keyframe=True)
    venue.source.on_rtp(Camera(10, payload_type=111).frame()[0].data, NOW)
    assert venue.source.dropped == {"payload-type": 1}
    assert venue.source.audio is not None
    assert venue.source.audio.ssrc is None


def test_two_streams_declared_with_one_ssrc_do_no_harm() -> None:
    """A faulty offer: the first gets it, the other learns its own."""
    source = source_with(
        RtpParameters({96: "vp8"}, 90_000, ssrcs=(10,)), RtpParameters({111: "opus"}, 48_000, ssrcs=(10,))
    )
    source.on_rtp(Camera(11, payload_type=111).frame()[0].data, NOW)
    source.on_rtp(Camera(10).frame(keyframe=True)[0].data, NOW)
    assert source.audio is not None
    assert (source.layers[""].ssrc, source.audio.ssrc, source.dropped) == (10, 11, {})


@pytest.mark.parametrize("declared", [True, False])
def test_an_rtx_stream_is_bound_by_the_offer_or_as_the_only_one(declared: bool) -> None:
    """Its packets count as the originals."""
    stream = RtpParameters(
        {96: "vp8"}, 90_000, rtx_payload_types={97: 96}, ssrcs=(10,), rtx_ssrcs={900: 10} if declared else {}
    )
    source, camera = source_with(stream), Camera(10)
    first, lost, last = (camera.frame(keyframe=not number)[0].data for number in range(3))
    for data in (first, last, rtx_packet(lost, 900, 1, 97), rtx_packet(last, 900, 2, 97)):
        source.on_rtp(data, NOW)
    assert source.layers[""].packets == 3
    assert source.dropped == {"rtx: not needed": 1}


def test_rtx_of_layers_is_bound_by_repaired_rid() -> None:
    """Once for each RTX stream; then its SSRC is known."""
    venue = FakeVenue("tokio", 10, layers=("h", "l"))
    for rid, camera in venue.cameras.items():
        venue.frame(NOW, keyframe=True, layer=rid)
        camera.extensions = {}
        lost = camera.frame(2)
        venue.frame(NOW, layer=rid)
        for number, packet in enumerate(lost):
            extension = b"" if number else rrid(rid)
            rtx = rtx_packet(packet.data, camera.ssrc + 5, number, VP8_RTX, extension=extension)
            venue.source.on_rtp(rtx, NOW)
    assert {rid: layer.packets for rid, layer in venue.source.layers.items()} == {"h": 4, "l": 4}
    assert not venue.source.dropped


def test_rtx_of_layers_is_bound_by_the_offer_too() -> None:
    """Firefox names it there."""
    stream = RtpParameters(
        {96: "vp8"},
        90_000,
        rtx_payload_types={97: 96},
        ssrcs=(10, 110),
        rtx_ssrcs={900: 110},
        rids=("h", "l"),
        rid_id=RID_ID,
    )
    source, camera = source_with(stream), Camera(110, extensions={RID_ID: b"l"})
    source.on_rtp(camera.frame(keyframe=True)[0].data, NOW)
    camera.extensions = {}
    (lost,) = camera.frame()
    source.on_rtp(rtx_packet(lost.data, 900, 1, 97), NOW)
    assert {rid: layer.packets for rid, layer in source.layers.items()} == {"h": 0, "l": 2}
    assert source.layers["h"].ssrc is None


def test_rtx_of_an_unknown_layer_is_dropped() -> None:
    venue = FakeVenue("tokio", 10, layers=("h", "l"))
    data = rtx_packet(Camera(10).frame()[0].data, 900, 1, VP8_RTX, extension=rrid("m"))
    venue.source.on_rtp(data, NOW)
    assert venue.source.dropped == {"unknown-layer": 1}


def test_a_new_ssrc_unbinds_the_rtx_stream() -> None:
    """Packets of the old one do not belong to it."""
    venue = FakeVenue("tokio", 10)
    venue.frame(NOW, keyframe=True)
    venue.source.on_rtp(rtx_packet(Camera(10).frame()[0].data, 900, 1, VP8_RTX), NOW)
    venue.source.on_rtp(Camera(12).frame(keyframe=True)[0].data, NOW + SSRC_TIMEOUT_S)
    assert venue.video.rtx_ssrc is None
    assert set(venue.source._context.handlers) == {struct.pack("!L", 12)}


def test_packets_that_were_not_negotiated_are_counted_and_dropped() -> None:
    """So are truncated ones."""
    venue = FakeVenue("tokio", 10)
    for data in (b"", b"\x80", b"\x80\x00" + bytes(10), Camera(10, payload_type=98).frame()[0].data):
        venue.source.on_rtp(data, NOW)
    assert venue.source.dropped == {"malformed": 2, "payload-type": 2}


def test_pictures_without_a_video_line_are_dropped() -> None:
    source = source_with(None, RtpParameters({111: "opus"}, 48_000))
    source.on_rtp(Camera(10).frame()[0].data, NOW)
    assert source.dropped == {"payload-type": 1}
    assert source_with(video_stream()).audio is None


# Two sounds -------------------------------------------------------------------------------------

MID_ID = 5


def sound(mid: str, *ssrcs: int) -> RtpParameters:
    """An m-line for sound."""
    return RtpParameters({OPUS: "opus"}, 48_000, ssrcs=ssrcs, mid=mid, mid_id=MID_ID)


def spoken(ssrc: int, seq: int, mid: str = "") -> bytes:
    """20 ms of sound, whose packet names `mid`."""
    extended = struct.pack("!HHBcH", 0xBEDE, 1, MID_ID << 4, mid.encode(), 0) if mid else b""
    return struct.pack("!BBHLL", 0x90 if mid else 0x80, OPUS, seq, 960 * seq, ssrc) + extended + b"voice"


def test_the_talkback_microphone_is_told_from_the_source_by_its_ssrc() -> None:
    source = source_with(None, sound("0", 10), sound("1", 20))
    for seq, ssrc in enumerate((20, 10, 20)):
        source.on_rtp(spoken(ssrc, seq), NOW)
    assert source.audio
    assert source.talk
    assert (source.audio.packets, source.talk.packets) == (1, 2)


def test_the_talkback_microphone_is_told_from_the_source_by_its_mid() -> None:
    """An offer without SSRCs; browsers send the mid until the bridge has reported the stream."""
    source = source_with(None, sound("0"), sound("1"))
    for seq, (ssrc, mid) in enumerate(((20, "1"), (10, "0"), (20, ""))):
        source.on_rtp(spoken(ssrc, seq, mid), NOW)
    assert source.audio
    assert source.talk
    assert (source.audio.packets, source.talk.packets) == (1, 2)


def test_of_two_sounds_one_that_says_neither_is_dropped() -> None:
    """A word to the desk must not get on air."""
    source = source_with(None, sound("0"), sound("1"))
    source.on_rtp(spoken(30, 1), NOW)
    assert source.dropped == {"unknown-line": 1}


def test_a_peer_that_only_talks_needs_neither() -> None:
    """A moderator's."""
    source = source_with(None, None, sound("0"))
    source.on_rtp(spoken(30, 1), NOW)
    assert source.talk
    assert source.talk.packets == 1
    assert source.audio is None


def test_talkback_is_neither_in_the_state_nor_in_the_levels_nor_in_the_stats() -> None:
    source = source_with(None, sound("0", 10), sound("1", 20))
    source.on_rtp(spoken(20, 1), NOW)
    assert source.state(NOW) == ("connecting", "joined")
    assert source.take_level() is None
    assert source.stats(NOW).packets == 0
    source.on_rtp(spoken(10, 1), NOW)
    source.on_rtp(spoken(20, 2), NOW + 10)
    source.tick(NOW + 10)
    assert source.state(NOW + 10) == ("stalled", "silent")
    assert source.stats(NOW + 10).packets == 1


def test_a_lost_packet_of_talkback_is_nacked() -> None:
    source, peer = source_with(None, sound("0", 10), sound("1", 20)), FakePeer()
    source._context.send = peer.send_rtcp
    source.on_rtp(spoken(20, 1), NOW)
    source.on_rtp(spoken(20, 3), NOW)
    assert peer.take_rtcp(GenericNack) == [GenericNack(20, (2,))]
