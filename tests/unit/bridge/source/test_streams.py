"""Which packets of a peer are whose."""

from __future__ import annotations

import struct

import pytest

from bridge.source.context import RtpParameters
from bridge.source.intake import SSRC_TIMEOUT_S
from bridge.source.source import Source
from tests.unit.bridge.peers import NOW, OURS, REPAIRED_RID, RID, VP8_RTX, Far, Room, video_stream
from tests.unit.bridge.rtp.camera import Camera, H264Camera, repair_of


def rrid(rid: str) -> bytes:
    """The header extension of a repair that says of which layer it is."""
    return (bytes([REPAIRED_RID << 4 | len(rid) - 1]) + rid.encode()).ljust(4, b"\0")


def source_with(video: RtpParameters | None, audio: RtpParameters | None = None) -> Source:
    """A source of these streams."""
    return Source("tokio", Far(), video=video, audio=audio, ssrc=OURS, cname="bridge", now=NOW)


def test_layers_are_told_by_their_rid_until_their_ssrc_is_known() -> None:
    """Browsers leave the rid out once a report has come."""
    room = Room("tokio", 10, layers=("h", "l"))
    for rid in ("h", "l"):
        room.frame(NOW, keyframe=True, layer=rid)
        room.cameras[rid].extensions = {}
        room.frame(NOW, layer=rid)
    found = {rid: (layer.ssrc, layer.packets) for rid, layer in room.source.layers.items()}
    assert found == {"h": (10, 2), "l": (110, 2)}
    assert not room.source.dropped


def test_one_encoding_without_a_rid_is_the_best_layer() -> None:
    """Rids were agreed on, and the sender has only one camera picture to give."""
    room = Room("tokio", 10, layers=("h", "l"))
    room.camera.extensions = {}
    room.frame(NOW, keyframe=True)
    assert {rid: layer.packets for rid, layer in room.source.layers.items()} == {"h": 1, "l": 0}


def test_a_layer_that_was_not_agreed_on_is_nobodys() -> None:
    """Firefox sends as many as it likes."""
    room = Room("tokio", 10, layers=("h", "l"))
    room.camera.extensions = {RID: b"m"}
    room.frame(NOW, keyframe=True)
    assert room.source.dropped == {"unknown-layer": 1}


def test_a_rid_where_none_was_agreed_on_is_not_looked_at() -> None:
    """A single encoding is what comes."""
    room = Room("tokio", 10)
    room.camera.extensions = {RID: b"x"}
    room.frame(NOW, keyframe=True)
    assert room.picture.packets == 1


def test_a_declared_ssrc_is_the_streams_from_the_beginning() -> None:
    """Another is refused as long as it is alive."""
    source = source_with(RtpParameters({96: "vp8"}, 90_000, ssrcs=(10, 11)))
    source.on_rtp(Camera(11).frame(keyframe=True)[0].data, NOW + 0.5)
    source.on_rtp(Camera(10).frame(keyframe=True)[0].data, NOW + 0.5)
    assert source.layers[""].packets == 1
    assert source.dropped == {"foreign-ssrc": 1}


def test_another_ssrc_is_refused_until_the_stream_has_been_silent() -> None:
    """Then it may be a sender made anew, whose keyframe is yet to come."""
    room = Room("tokio", 10)
    room.frame(NOW, keyframe=True)
    for at in (NOW + 0.1, NOW + SSRC_TIMEOUT_S):
        room.source.on_rtp(Camera(12).frame()[0].data, at)
    assert room.source.dropped == {"foreign-ssrc": 1}
    assert room.picture.ssrc == 12


@pytest.mark.parametrize("camera", [Camera, H264Camera])
def test_an_encoder_that_restarts_under_another_ssrc_is_followed_from_its_keyframe_on(
    camera: type[Camera],
) -> None:
    """At once: a second without it is a stand-in on air. What was still under way of the old one is nobody's."""
    room = Room("tokio", 10, camera=camera)
    room.frame(NOW, keyframe=True)
    late = room.camera.frame(keyframe=True)
    again = camera(12)
    room.send(again.frame(3, keyframe=True), NOW + 0.04)
    room.send(late, NOW + 0.05)
    room.send(again.frame(), NOW + 0.08)
    assert (room.picture.ssrc, room.picture.packets) == (12, 5)
    assert room.source.dropped == {"foreign-ssrc": 1}
    assert room.source.state(NOW + 0.08) == ("live", "flows")


def test_of_layers_only_one_that_says_which_it_is_is_followed() -> None:
    """The small one's keyframe, if it does not tell its rid, must not take the large one's place."""
    room = Room("tokio", 10, layers=("h", "l"))
    room.frame(NOW, keyframe=True, layer="h")
    room.source.on_rtp(Camera(12).frame(keyframe=True)[0].data, NOW + 0.04)
    assert room.source.dropped == {"foreign-ssrc": 1}
    room.source.on_rtp(Camera(13, extensions={RID: b"h"}).frame(keyframe=True)[0].data, NOW + 0.04)
    assert room.picture.ssrc == 13


def test_a_microphone_that_restarts_under_another_ssrc_is_followed_after_a_pause() -> None:
    """Any packet of sound begins; only the pause tells it from a second microphone."""
    room = Room("tokio", 10)
    room.speak(NOW)
    other = struct.pack("!BBHLL", 0x80, 111, 7, 960, 99) + b"voice"
    for at in (NOW + 0.05, NOW + 0.1):
        room.source.on_rtp(other, at)
    assert room.source.audio is not None
    assert (room.source.audio.ssrc, room.source.dropped) == (99, {"foreign-ssrc": 1})


def test_thousands_of_ssrcs_leave_nothing_behind() -> None:
    """Nor do they wear the stream out: at most one change a second, and one more every five, whoever comes."""
    room = Room("tokio", 10, layers=("h", "l"))
    routes = room.source._context.handlers
    for number in range(5000):
        now = NOW + number / 500
        stranger = Camera(1000 + number, extensions={RID: b"h"})
        room.source.on_rtp(stranger.frame(keyframe=number % 2 == 0)[0].data, now)
        repair = repair_of(Camera(1).frame()[0].data, 9000 + number, number, VP8_RTX, extension=rrid("l"))
        room.source.on_rtp(repair, now)
    assert len(routes) <= 4
    assert room.source.layers["h"].packets <= 13


def test_one_ssrc_is_not_both_picture_and_sound() -> None:
    """Reports could not tell them apart."""
    room = Room("tokio", 10)
    room.frame(NOW, keyframe=True)
    room.source.on_rtp(Camera(10, payload_type=111).frame()[0].data, NOW)
    assert room.source.dropped == {"payload-type": 1}
    assert room.source.audio is not None
    assert room.source.audio.ssrc is None


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
    for data in (first, last, repair_of(lost, 900, 1, 97), repair_of(last, 900, 2, 97)):
        source.on_rtp(data, NOW)
    assert source.layers[""].packets == 3
    assert source.dropped == {"rtx: not needed": 1}


def test_repairs_of_layers_are_told_by_their_repaired_rid() -> None:
    """Once for each repair stream; its SSRC is known from then on."""
    room = Room("tokio", 10, layers=("h", "l"))
    for rid, camera in room.cameras.items():
        room.frame(NOW, keyframe=True, layer=rid)
        camera.extensions = {}
        lost = camera.frame(2)
        room.frame(NOW, layer=rid)
        for number, packet in enumerate(lost):
            extension = b"" if number else rrid(rid)
            repair = repair_of(packet.data, camera.ssrc + 5, number, VP8_RTX, extension=extension)
            room.source.on_rtp(repair, NOW)
    assert {rid: layer.packets for rid, layer in room.source.layers.items()} == {"h": 4, "l": 4}
    assert not room.source.dropped


def test_repairs_of_layers_are_told_by_the_offer_too() -> None:
    """Firefox names them there."""
    stream = RtpParameters(
        {96: "vp8"},
        90_000,
        rtx_payload_types={97: 96},
        ssrcs=(10, 110),
        rtx_ssrcs={900: 110},
        rids=("h", "l"),
        rid_id=RID,
    )
    source, camera = source_with(stream), Camera(110, extensions={RID: b"l"})
    source.on_rtp(camera.frame(keyframe=True)[0].data, NOW)
    camera.extensions = {}
    (lost,) = camera.frame()
    source.on_rtp(repair_of(lost.data, 900, 1, 97), NOW)
    assert {rid: layer.packets for rid, layer in source.layers.items()} == {"h": 0, "l": 2}
    assert source.layers["h"].ssrc is None


def test_a_repair_of_an_unknown_layer_is_nobodys() -> None:
    """It is counted."""
    room = Room("tokio", 10, layers=("h", "l"))
    data = repair_of(Camera(10).frame()[0].data, 900, 1, VP8_RTX, extension=rrid("m"))
    room.source.on_rtp(data, NOW)
    assert room.source.dropped == {"unknown-layer": 1}


def test_a_new_sender_brings_a_new_repair_stream() -> None:
    """The old one's packets have no bearing on it."""
    room = Room("tokio", 10)
    room.frame(NOW, keyframe=True)
    room.source.on_rtp(repair_of(Camera(10).frame()[0].data, 900, 1, VP8_RTX), NOW)
    room.source.on_rtp(Camera(12).frame(keyframe=True)[0].data, NOW + SSRC_TIMEOUT_S)
    assert room.picture.rtx_ssrc is None
    assert set(room.source._context.handlers) == {struct.pack("!L", 12)}


def test_what_was_not_negotiated_is_counted_and_dropped() -> None:
    """So is what is too short to say."""
    room = Room("tokio", 10)
    for data in (b"", b"\x80", b"\x80\x00" + bytes(10), Camera(10, payload_type=98).frame()[0].data):
        room.source.on_rtp(data, NOW)
    assert room.source.dropped == {"malformed": 2, "payload-type": 2}


def test_a_peer_without_a_picture_is_asked_for_none() -> None:
    """It sends one all the same."""
    source = source_with(None, RtpParameters({111: "opus"}, 48_000))
    source.on_rtp(Camera(10).frame()[0].data, NOW)
    assert source.dropped == {"payload-type": 1}
    assert source_with(video_stream()).audio is None
