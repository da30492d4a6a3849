"""One incoming stream: what is placed where, what is refused, when it begins anew."""

from __future__ import annotations

import pytest

from bridge.rtp.ring import VIDEO_RING_PACKETS
from bridge.source.context import StreamContext
from bridge.source.intake import MAX_DROPOUT, MAX_PAYLOAD_BYTES, SSRC_CHANGE_INTERVAL_S, SSRC_TIMEOUT_S
from bridge.source.stall import SENDER_REPORT_TTL_S, STALL_S
from bridge.source.video import VideoIntake
from tests.unit.bridge.peers import BRIDGE_SSRC, NOW
from tests.unit.bridge.recorder import intake_of, receive
from tests.unit.bridge.rtp.camera import Camera


def test_packets_keep_their_distances_across_the_wrap() -> None:
    """Also when they overtake each other on it."""
    camera = Camera(1, index=0xFFFE)
    intake, slot, _ = intake_of(camera)
    first, second, third = camera.frame(3)
    receive(intake, [second, third, first])
    start = slot.packets[2].index
    assert [packet.index - start for packet in slot.packets] == [1, 2, 0]
    assert [packet.seq for packet in slot.packets] == [0, 1, 0xFFFF]


def test_a_packet_is_passed_on_once() -> None:
    """A network may double it, and a repair may come after the packet itself."""
    intake, slot, context = intake_of(camera := Camera(1))
    sent = camera.frame(2)
    receive(intake, [*sent, *sent])
    assert len(slot.packets) == 2
    assert context.dropped == {"duplicate": 2}


def test_a_packet_out_of_the_rings_reach_is_refused() -> None:
    """Nobody waits for it any more."""
    intake, slot, context = intake_of(camera := Camera(1))
    late = camera.frame(1)
    camera.index += VIDEO_RING_PACKETS
    receive(intake, camera.frame(1))
    receive(intake, late)
    assert len(slot.packets) == 1
    assert context.dropped == {"out-of-sequence": 1}


def test_one_packet_far_ahead_is_refused_and_two_begin_anew() -> None:
    """RFC 3550 section A.1: a stray, or a sender that has restarted."""
    intake, slot, context = intake_of(camera := Camera(1))
    ring = intake.ring
    camera.index += MAX_DROPOUT + 1
    receive(intake, camera.frame(1))
    assert (intake.ring, context.dropped) == (ring, {"out-of-sequence": 1})
    receive(intake, camera.frame(1))
    assert intake.ring is not ring
    assert slot.events == ["restart"]


def test_another_ssrc_is_refused_while_the_stream_is_alive() -> None:
    """A page cannot have two cameras in one stream, by fault or by malice."""
    intake, slot, _ = intake_of(Camera(1))
    assert not intake.bind_ssrc(2, NOW + SSRC_TIMEOUT_S - 0.01)
    assert (intake.ssrc, slot.events) == (1, [])


def test_another_ssrc_that_begins_anew_takes_a_living_streams_place_but_not_one_after_the_other() -> None:
    """An encoder that restarts does so once, and what it sent before may still be under way."""
    intake, slot, context = intake_of(Camera(1))
    assert intake.bind_ssrc(2, NOW + 0.1, is_restart=True)
    assert (intake.ssrc, slot.events) == (2, ["restart"])
    assert context.handlers == {b"\0\0\0\2": intake.receive}
    assert not intake.bind_ssrc(3, NOW + 0.2, is_restart=True)
    intake.receive(Camera(2).frame(keyframe=True)[0].data, NOW + SSRC_CHANGE_INTERVAL_S)
    assert not intake.bind_ssrc(1, NOW + SSRC_CHANGE_INTERVAL_S + 0.1, is_restart=True)
    assert intake.bind_ssrc(3, NOW + SSRC_CHANGE_INTERVAL_S + 0.1, is_restart=True)


def test_another_ssrc_takes_a_silent_streams_place() -> None:
    """A page that has made its camera's sender anew."""
    intake, slot, context = intake_of(Camera(1))
    assert intake.bind_ssrc(2, NOW + SSRC_TIMEOUT_S)
    assert (intake.ssrc, slot.events) == (2, ["restart"])
    assert context.handlers == {b"\0\0\0\2": intake.receive}


def test_padding_keeps_no_streams_place() -> None:
    """It is no picture."""
    intake, _, _ = intake_of(camera := Camera(1))
    receive(intake, [camera.padding_only()], NOW + SSRC_TIMEOUT_S)
    assert intake.bind_ssrc(2, NOW + SSRC_TIMEOUT_S)


def test_an_ssrc_that_is_anothers_is_never_taken() -> None:
    """However long the silence."""
    intake, _, context = intake_of(Camera(1))
    context.handlers[b"\0\0\0\2"] = lambda data, now: None
    assert not intake.bind_ssrc(2, NOW + 100)


def test_padding_is_told_apart() -> None:
    """It is counted, and no picture."""
    intake, slot, _ = intake_of(camera := Camera(1))
    receive(intake, [camera.padding_only()])
    assert (slot.events, slot.packets, intake.packets) == (["padding"], [], 2)


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
    intake, slot, _ = intake_of(camera)
    receive(intake, camera.frame(1, ticks=ticks), NOW + seconds)
    assert (slot.events == ["timestamp-jump"], len(slot.packets)) == (leaps, 1)


def test_a_packet_that_cannot_be_sent_on_is_not_taken_in() -> None:
    """SRTP's tag must still fit behind it. A datagram from the port is never so large."""
    intake, slot, context = intake_of(camera := Camera(1))
    camera.padding = MAX_PAYLOAD_BYTES
    receive(intake, camera.frame(1))
    assert (slot.packets, context.dropped) == ([], {"too-large": 1})
    camera.padding = MAX_PAYLOAD_BYTES - 40
    camera.index -= 1
    receive(intake, camera.frame(1))
    assert len(slot.packets) == 1


def test_patience_is_a_third_of_a_second_unless_frames_come_more_rarely() -> None:
    """At 30 frames a second, and at 10; a camera in the dark sends five."""
    for rate, patience in ((30, STALL_S), (10, STALL_S), (5, 0.5), (2, 1.25), (0.4, 2.5)):
        intake, _, _ = intake_of(camera := Camera(1))
        for number in range(30):
            receive(intake, camera.frame(2, ticks=int(90_000 / rate)), NOW + number / rate)
        assert intake.stall.timeout == pytest.approx(patience)


def share(seconds: float) -> tuple[VideoIntake, Camera, float]:
    """A shared screen after four frames `seconds` apart, and when the last came."""
    intake, _, _ = intake_of(camera := Camera(1))
    for number in range(1, 4):
        receive(intake, camera.frame(2, ticks=int(90_000 * seconds)), NOW + number * seconds)
    return intake, camera, NOW + 3 * seconds


def test_a_shared_screen_without_news_is_not_silent_while_its_sender_says_that_it_sent_nothing() -> None:
    """One frame in five seconds, or in a minute. Its last picture stands."""
    intake, _, now = share(5.0)
    for second in range(60):
        intake.stall.on_sender_report(intake.packets, intake.packets, now + second)
        assert not intake.stall.is_stalled(now + second + 0.9)
        assert intake.stall.is_still(now + second + 0.9) == (second > 0)
    assert intake.stall.is_stalled(now + 59 + SENDER_REPORT_TTL_S + 0.1)


def test_a_shared_screen_whose_packets_are_lost_is_silent() -> None:
    """Its sender says that it has sent more than has come."""
    intake, _, now = share(5.0)
    for second in range(3):
        intake.stall.on_sender_report(intake.packets + 2 * second, intake.packets, now + second)
    assert intake.stall.is_stalled(now + 2.6)
    intake.stall.on_sender_report(intake.packets + 4, intake.packets, now + 3)  # nothing since
    assert not intake.stall.is_stalled(now + 3)


def test_a_camera_that_stops_is_silent_whatever_its_sender_reports() -> None:
    """The camera stands frozen on air, and its browser reports on."""
    intake, _, now = share(1 / 30)
    intake.stall.on_sender_report(intake.packets, intake.packets, now + 0.2)
    intake.stall.on_sender_report(intake.packets, intake.packets, now + 0.3)
    assert not intake.stall.is_still(now + 2)
    assert intake.stall.is_stalled(now + STALL_S + 0.01)


def test_a_pause_makes_patience_longer_for_a_moment_only() -> None:
    """It says little of how often frames come."""
    intake, _, _ = intake_of(camera := Camera(1))
    receive(intake, camera.frame(1))
    receive(intake, camera.frame(1, ticks=5 * 90_000), NOW + 5)
    assert intake.stall.timeout > STALL_S
    for number in range(60):
        receive(intake, camera.frame(1), NOW + 5 + number / 30)
        assert intake.stall.timeout < 0.9
    assert intake.stall.timeout == STALL_S


def test_a_payload_type_that_was_not_agreed_on_is_refused() -> None:
    """Nobody could say what is in it."""
    intake, slot, context = intake_of(camera := Camera(1))
    camera.payload_type = 111
    receive(intake, camera.frame(2))
    assert (slot.packets, context.dropped) == ([], {"payload-type": 2})


def test_the_first_drop_for_each_reason_is_reported_and_no_other() -> None:
    """It is logged: thousands of them must not fill a disk."""
    reasons: list[str] = []
    context = StreamContext(lambda data: None, BRIDGE_SSRC, reasons.append)
    for reason in ("duplicate", "duplicate", "payload-type", "duplicate"):
        context.drop(reason)
    assert reasons == ["duplicate", "payload-type"]
    assert context.dropped == {"duplicate": 3, "payload-type": 1}


def test_a_closed_stream_tells_all_who_showed_it() -> None:
    """And those who waited."""
    intake, slot, _ = intake_of(Camera(1))
    intake.await_switch_point(slot)
    intake.close()
    assert slot.events == ["closed", "closed"]
    assert not intake.subscribers
    assert not intake.waiting


def test_a_repair_fills_its_place_and_stays_a_loss() -> None:
    """It says how good the way is that the sender needed to send it again (RFC 4588 section 3)."""
    intake, slot, _ = intake_of(camera := Camera(1))
    (lost,) = camera.frame(1)
    receive(intake, camera.frame(1))
    intake.receive(lost.data, NOW, is_retransmission=True)
    assert len(slot.packets) == 2
    assert intake.lost == 1
    assert intake.packets == 3


def test_a_repair_from_far_away_does_not_begin_the_stream_anew() -> None:
    """Browsers send old packets again, many in a row, to try how much the way can carry."""
    intake, slot, context = intake_of(camera := Camera(1))
    old = camera.frame(4)
    camera.index += 2 * VIDEO_RING_PACKETS
    receive(intake, camera.frame(1))
    for packet in old:
        intake.receive(packet.data, NOW, is_retransmission=True)
    assert slot.events == []
    assert context.dropped == {"rtx: out of reach": 4}


def test_a_repair_is_no_first_packet() -> None:
    """It lies anywhere in the sequence."""
    intake, _, context = intake_of(Camera(1), shown=False)
    intake.bind_ssrc(2, NOW + SSRC_TIMEOUT_S)
    intake.receive(Camera(2).frame(1)[0].data, NOW + SSRC_TIMEOUT_S, is_retransmission=True)
    assert context.dropped == {"rtx: out of reach": 1}


def test_kept_packets_hold_their_payload_once() -> None:
    """A ring is a megabyte; twice that for each source would be for nothing."""
    intake, slot, _ = intake_of(camera := Camera(1))
    receive(intake, camera.frame(1))
    assert slot.packets[0].data == b""
    assert slot.packets[0].body != b""
