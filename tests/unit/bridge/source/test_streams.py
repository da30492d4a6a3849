"""Which packets of a peer are whose."""

from __future__ import annotations

import struct

import pytest

from bridge.source.context import RtpParameters
from bridge.source.intake import SSRC_TIMEOUT_S
from bridge.source.source import Source
from tests.unit.bridge.peers import (
    BRIDGE_SSRC,
    NOW,
    REPAIRED_RID_ID,
    RID_ID,
    VP8_RTX,
    FakePeer,
    FakeVenue,
    video_stream,
)
from tests.unit.bridge.rtp.camera import Camera, H264Camera, rtx_packet


def rrid(rid: str) -> bytes:
    """The header extension of a repair that says of which layer it is."""
    return (bytes([REPAIRED_RID_ID << 4 | len(rid) - 1]) + rid.encode()).ljust(4, b"\0")


def source_with(video: RtpParameters | None, audio: RtpParameters | None = None) -> Source:
    """A source of these streams."""
    return Source("tokio", FakePeer(), video=video, audio=audio, ssrc=BRIDGE_SSRC, cname="bridge", now=NOW)


def test_layers_are_told_by_their_rid_until_their_ssrc_is_known() -> None:
    """Browsers leave the rid out once a report has come."""
    venue = FakeVenue("tokio", 10, layers=("h", "l"))
    for rid in ("h", "l"):
        venue.frame(NOW, keyframe=True, layer=rid)
        venue.cameras[rid].extensions = {}
        venue.frame(NOW, layer=rid)
    found = {rid: (layer.ssrc, layer.packets) for rid, layer in venue.source.layers.items()}
    assert found == {"h": (10, 2), "l": (110, 2)}
    assert not venue.source.dropped


def test_one_encoding_without_a_rid_is_the_best_layer() -> None:
    """Rids were agreed on, and the sender has only one camera picture to give."""
    venue = FakeVenue("tokio", 10, layers=("h", "l"))
    venue.camera.extensions = {}
    venue.frame(NOW, keyframe=True)
    assert {rid: layer.packets for rid, layer in venue.source.layers.items()} == {"h": 1, "l": 0}


def test_a_layer_that_was_not_agreed_on_is_nobodys() -> None:
    """Firefox sends as many as it likes."""
    venue = FakeVenue("tokio", 10, layers=("h", "l"))
    venue.camera.extensions = {RID_ID: b"m"}
    venue.frame(NOW, keyframe=True)
    assert venue.source.dropped == {"unknown-layer": 1}


def test_a_rid_where_none_was_agreed_on_is_not_looked_at() -> None:
    """A single encoding is what comes."""
    venue = FakeVenue("tokio", 10)
    venue.camera.extensions = {RID_ID: b"x"}
    venue.frame(NOW, keyframe=True)
    assert venue.video.packets == 1


def test_a_declared_ssrc_is_the_streams_from_the_beginning() -> None:
    """Another is refused as long as it is alive."""
    source = source_with(RtpParameters({96: "vp8"}, 90_000, ssrcs=(10, 11)))
    source.on_rtp(Camera(11).frame(keyframe=True)[0].data, NOW + 0.5)
    source.on_rtp(Camera(10).frame(keyframe=True)[0].data, NOW + 0.5)
    assert source.layers[""].packets == 1
    assert source.dropped == {"foreign-ssrc": 1}


def test_another_ssrc_is_refused_until_the_stream_has_been_silent() -> None:
    """Then it may be a sender made anew, whose keyframe is yet to come."""
    venue = FakeVenue("tokio", 10)
    venue.frame(NOW, keyframe=True)
    for at in (NOW + 0.1, NOW + SSRC_TIMEOUT_S):
        venue.source.on_rtp(Camera(12).frame()[0].data, at)
    assert venue.source.dropped == {"foreign-ssrc": 1}
    assert venue.video.ssrc == 12


@pytest.mark.parametrize("camera", [Camera, H264Camera])
def test_an_encoder_that_restarts_under_another_ssrc_is_followed_from_its_keyframe_on(
    camera: type[Camera],
) -> None:
    """At once: a second without it is a stand-in on air. What was still under way of the old one is nobody's."""
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


def test_of_layers_only_one_that_says_which_it_is_is_followed() -> None:
    """The small one's keyframe, if it does not tell its rid, must not take the large one's place."""
    venue = FakeVenue("tokio", 10, layers=("h", "l"))
    venue.frame(NOW, keyframe=True, layer="h")
    venue.source.on_rtp(Camera(12).frame(keyframe=True)[0].data, NOW + 0.04)
    assert venue.source.dropped == {"foreign-ssrc": 1}
    venue.source.on_rtp(Camera(13, extensions={RID_ID: b"h"}).frame(keyframe=True)[0].data, NOW + 0.04)
    assert venue.video.ssrc == 13


def test_a_microphone_that_restarts_under_another_ssrc_is_followed_after_a_pause() -> None:
    """Any packet of sound begins; only the pause tells it from a second microphone."""
    venue = FakeVenue("tokio", 10)
    venue.speak(NOW)
    other = struct.pack("!BBHLL", 0x80, 111, 7, 960, 99) + b"voice"
    for at in (NOW + 0.05, NOW + 0.1):
        venue.source.on_rtp(other, at)
    assert venue.source.audio is not None
    assert (venue.source.audio.ssrc, venue.source.dropped) == (99, {"foreign-ssrc": 1})


def test_thousands_of_ssrcs_leave_nothing_behind() -> None:
    """Nor do they wear the stream out: at most one change a second, and one more every five, whoever comes."""
    venue = FakeVenue("tokio", 10, layers=("h", "l"))
    routes = venue.source._context.handlers
    for number in range(5000):
        now = NOW + number / 500
        stranger = Camera(1000 + number, extensions={RID_ID: b"h"})
        venue.source.on_rtp(stranger.frame(keyframe=number % 2 == 0)[0].data, now)
        repair = rtx_packet(Camera(1).frame()[0].data, 9000 + number, number, VP8_RTX, extension=rrid("l"))
        venue.source.on_rtp(repair, now)
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
    """A faulty offer: the first has it, the other learns its own."""
    source = source_with(
        RtpParameters({96: "vp8"}, 90_000, ssrcs=(10,)), RtpParameters({111: "opus"}, 48_000, ssrcs=(10,))
    )
    source.on_rtp(Camera(11, payload_type=111).frame()[0].data, NOW)
    source.on_rtp(Camera(10).frame(keyframe=True)[0].data, NOW)
    assert source.audio is not None
    assert (source.layers[""].ssrc, source.audio.ssrc, source.dropped) == (10, 11, {})


@pytest.mark.parametrize("declared", [True, False])
def test_a_repair_stream_is_known_by_the_offer_or_by_being_the_only_one(declared: bool) -> None:
    """Its packets enter as the originals would have."""
    stream = RtpParameters(
        {96: "vp8"}, 90_000, rtx_payload_types={97: 96}, ssrcs=(10,), rtx_ssrcs={900: 10} if declared else {}
    )
    source, camera = source_with(stream), Camera(10)
    first, lost, last = (camera.frame(keyframe=not number)[0].data for number in range(3))
    for data in (first, last, rtx_packet(lost, 900, 1, 97), rtx_packet(last, 900, 2, 97)):
        source.on_rtp(data, NOW)
    assert source.layers[""].packets == 3
    assert source.dropped == {"rtx: not needed": 1}


def test_repairs_of_layers_are_told_by_their_repaired_rid() -> None:
    """Once for each repair stream; its SSRC is known from then on."""
    venue = FakeVenue("tokio", 10, layers=("h", "l"))
    for rid, camera in venue.cameras.items():
        venue.frame(NOW, keyframe=True, layer=rid)
        camera.extensions = {}
        lost = camera.frame(2)
        venue.frame(NOW, layer=rid)
        for number, packet in enumerate(lost):
            extension = b"" if number else rrid(rid)
            repair = rtx_packet(packet.data, camera.ssrc + 5, number, VP8_RTX, extension=extension)
            venue.source.on_rtp(repair, NOW)
    assert {rid: layer.packets for rid, layer in venue.source.layers.items()} == {"h": 4, "l": 4}
    assert not venue.source.dropped


def test_repairs_of_layers_are_told_by_the_offer_too() -> None:
    """Firefox names them there."""
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


def test_a_repair_of_an_unknown_layer_is_nobodys() -> None:
    """It is counted."""
    venue = FakeVenue("tokio", 10, layers=("h", "l"))
    data = rtx_packet(Camera(10).frame()[0].data, 900, 1, VP8_RTX, extension=rrid("m"))
    venue.source.on_rtp(data, NOW)
    assert venue.source.dropped == {"unknown-layer": 1}


def test_a_new_sender_brings_a_new_repair_stream() -> None:
    """The old one's packets have no bearing on it."""
    venue = FakeVenue("tokio", 10)
    venue.frame(NOW, keyframe=True)
    venue.source.on_rtp(rtx_packet(Camera(10).frame()[0].data, 900, 1, VP8_RTX), NOW)
    venue.source.on_rtp(Camera(12).frame(keyframe=True)[0].data, NOW + SSRC_TIMEOUT_S)
    assert venue.video.rtx_ssrc is None
    assert set(venue.source._context.handlers) == {struct.pack("!L", 12)}


def test_what_was_not_negotiated_is_counted_and_dropped() -> None:
    """So is what is too short to say."""
    venue = FakeVenue("tokio", 10)
    for data in (b"", b"\x80", b"\x80\x00" + bytes(10), Camera(10, payload_type=98).frame()[0].data):
        venue.source.on_rtp(data, NOW)
    assert venue.source.dropped == {"malformed": 2, "payload-type": 2}


def test_a_peer_without_a_picture_is_asked_for_none() -> None:
    """It sends one all the same."""
    source = source_with(None, RtpParameters({111: "opus"}, 48_000))
    source.on_rtp(Camera(10).frame()[0].data, NOW)
    assert source.dropped == {"payload-type": 1}
    assert source_with(video_stream()).audio is None
