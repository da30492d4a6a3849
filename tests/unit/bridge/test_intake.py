"""One incoming stream: what is placed where, what is refused, when it begins anew."""

from __future__ import annotations

import pytest

from bridge.intake import DROPOUT, PAYLOAD, SILENCE
from bridge.rtp.ring import VIDEO
from tests.unit.bridge.peers import NOW
from tests.unit.bridge.screens import intake_of, receive
from tests.unit.rtp.camera import Camera


def test_packets_keep_their_distances_across_the_wrap() -> None:
    """Also when they overtake each other on it."""
    camera = Camera(1, index=0xFFFE)
    intake, screen, _ = intake_of(camera)
    first, second, third = camera.frame(3)
    receive(intake, [second, third, first])
    start = screen.packets[2].index
    assert [packet.index - start for packet in screen.packets] == [1, 2, 0]
    assert [packet.seq for packet in screen.packets] == [0, 1, 0xFFFF]


def test_a_packet_is_passed_on_once() -> None:
    """A network may double it, and a repair may come after the packet itself."""
    intake, screen, wire = intake_of(camera := Camera(1))
    sent = camera.frame(2)
    receive(intake, [*sent, *sent])
    assert len(screen.packets) == 2
    assert wire.dropped == {"duplicate": 2}


def test_a_packet_out_of_the_rings_reach_is_refused() -> None:
    """Nobody waits for it any more."""
    intake, screen, wire = intake_of(camera := Camera(1))
    late = camera.frame(1)
    camera.index += VIDEO
    receive(intake, camera.frame(1))
    receive(intake, late)
    assert len(screen.packets) == 1
    assert wire.dropped == {"out-of-sequence": 1}


def test_one_packet_far_ahead_is_refused_and_two_begin_anew() -> None:
    """RFC 3550 section A.1: a stray, or a sender that has restarted."""
    intake, screen, wire = intake_of(camera := Camera(1))
    ring = intake.ring
    camera.index += DROPOUT + 1
    receive(intake, camera.frame(1))
    assert (intake.ring, wire.dropped) == (ring, {"out-of-sequence": 1})
    receive(intake, camera.frame(1))
    assert intake.ring is not ring
    assert screen.told == ["restart"]


def test_another_ssrc_is_refused_while_the_stream_is_alive() -> None:
    """A page cannot have two cameras in one stream, by fault or by malice."""
    intake, screen, wire = intake_of(Camera(1))
    stranger = Camera(2)
    receive(intake, stranger.frame(3, keyframe=True), NOW + SILENCE / 2)
    assert (intake.ssrc, screen.packets, wire.dropped) == (1, [], {"foreign-ssrc": 3})


def test_another_ssrc_takes_a_silent_streams_place() -> None:
    """A page that has made its camera's sender anew."""
    intake, screen, wire = intake_of(Camera(1))
    receive(intake, Camera(2).frame(1, keyframe=True), NOW + SILENCE)
    assert (intake.ssrc, screen.told) == (2, ["restart"])
    assert wire.owners == {2: intake}


def test_ssrcs_in_turn_cannot_wear_the_stream_out() -> None:
    """At most one change a second, whoever comes."""
    intake, screen, _ = intake_of(Camera(1))
    for number in range(2, 400):
        receive(intake, Camera(number).frame(1, keyframe=True), NOW + number / 100)
    assert screen.told.count("restart") <= 4


def test_padding_is_told_apart() -> None:
    """It is counted, and no picture."""
    intake, screen, _ = intake_of(camera := Camera(1))
    receive(intake, [camera.padding_only()])
    assert (screen.told, screen.packets, intake.packets) == (["pad"], [], 2)


@pytest.mark.parametrize(
    ("ticks", "seconds", "leaps"),
    [
        (3000, 1 / 30, False),
        (0, 0.5, False),
        (3000, 60.0, False),
        (60 * 90_000, 60.0, False),
        (-3000, 0.0, False),
        (2 * 90_000, 0.1, True),
        (-2 * 90_000, 0.1, True),
        (1 << 31, 10.0, True),
    ],
)
def test_a_timestamp_that_outruns_time_is_noticed(ticks: int, seconds: float, leaps: bool) -> None:
    """A pause, a burst after one, a frame out of order are none."""
    camera = Camera(1, timestamp=1 << 31)
    intake, screen, _ = intake_of(camera)
    receive(intake, camera.frame(1, ticks=ticks), NOW + seconds)
    assert (screen.told == ["leap"], len(screen.packets)) == (leaps, 1)


def test_a_packet_that_cannot_be_sent_on_is_not_taken_in() -> None:
    """SRTP's tag must still fit behind it."""
    intake, screen, wire = intake_of(camera := Camera(1))
    camera.padding = PAYLOAD
    receive(intake, camera.frame(1))
    assert (screen.packets, wire.dropped) == ([], {"malformed": 1})


def test_a_closed_stream_tells_all_who_showed_it() -> None:
    """And those who waited."""
    intake, screen, _ = intake_of(Camera(1))
    intake.waiting = (screen,)
    intake.close()
    assert screen.told == ["lose", "lose"]
    assert not intake.slots
    assert not intake.waiting


def test_kept_packets_hold_their_payload_once() -> None:
    """A ring is a megabyte; twice that for each source would be for nothing."""
    intake, screen, _ = intake_of(camera := Camera(1))
    receive(intake, camera.frame(1))
    assert screen.packets[0].data == b""
    assert screen.packets[0].body != b""
