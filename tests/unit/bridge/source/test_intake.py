"""One incoming stream: the order of its packets, those it drops, and new sequences."""

from __future__ import annotations

import pytest

from bridge.rtp.ring import VIDEO_RING_PACKETS
from bridge.source.context import StreamContext
from bridge.source.intake import MAX_DROPOUT, MAX_PAYLOAD_BYTES, SSRC_CHANGE_INTERVAL_S, SSRC_TIMEOUT_S
from tests.unit.bridge.peers import BRIDGE_SSRC, NOW
from tests.unit.bridge.recorder import RecordingSlot, intake_of, receive
from tests.unit.bridge.rtp.camera import Camera


def test_packets_keep_their_distances_across_the_wrap() -> None:
    """Also if they are reordered there."""
    camera = Camera(1, index=0xFFFE)
    intake, slot, _ = intake_of(camera)
    first, second, third = camera.frame(3)
    receive(intake, [second, third, first])
    start = slot.packets[2].index
    assert [packet.index - start for packet in slot.packets] == [1, 2, 0]
    assert [packet.seq for packet in slot.packets] == [0, 1, 0xFFFF]


def test_a_packet_is_forwarded_once() -> None:
    """A network may duplicate it, and a retransmission may come after the packet itself."""
    intake, slot, context = intake_of(camera := Camera(1))
    sent = camera.frame(2)
    receive(intake, [*sent, *sent])
    assert len(slot.packets) == 2
    assert context.dropped == {"duplicate": 2}


def test_a_packet_older_than_the_ring_is_dropped() -> None:
    intake, slot, context = intake_of(camera := Camera(1))
    late = camera.frame(1)
    camera.index += VIDEO_RING_PACKETS
    receive(intake, camera.frame(1))
    receive(intake, late)
    assert len(slot.packets) == 1
    assert context.dropped == {"out-of-sequence": 1}


def test_one_packet_far_ahead_is_dropped_and_two_begin_a_new_sequence() -> None:
    """RFC 3550 section A.1: a stray packet, or a sender that has restarted."""
    intake, slot, context = intake_of(camera := Camera(1))
    ring = intake.ring
    camera.index += MAX_DROPOUT + 1
    receive(intake, camera.frame(1))
    assert (intake.ring, context.dropped) == (ring, {"out-of-sequence": 1})
    receive(intake, camera.frame(1))
    assert intake.ring is not ring
    assert slot.events == ["restart"]


def test_another_ssrc_is_refused_while_packets_come() -> None:
    """Two cameras cannot share one stream."""
    intake, slot, _ = intake_of(Camera(1))
    assert not intake.bind_ssrc(2, NOW + SSRC_TIMEOUT_S - 0.01)
    assert (intake.ssrc, slot.events) == (1, [])


def test_a_restarted_encoders_ssrc_is_taken_at_once_but_not_a_series_of_them() -> None:
    """An encoder restarts once, and earlier packets may still be on their way."""
    intake, slot, context = intake_of(Camera(1))
    assert intake.bind_ssrc(2, NOW + 0.1, is_restart=True)
    assert (intake.ssrc, slot.events) == (2, ["restart"])
    assert context.handlers == {b"\0\0\0\2": intake.receive}
    assert not intake.bind_ssrc(3, NOW + 0.2, is_restart=True)
    intake.receive(Camera(2).frame(keyframe=True)[0].data, NOW + SSRC_CHANGE_INTERVAL_S)
    assert not intake.bind_ssrc(1, NOW + SSRC_CHANGE_INTERVAL_S + 0.1, is_restart=True)
    assert intake.bind_ssrc(3, NOW + SSRC_CHANGE_INTERVAL_S + 0.1, is_restart=True)


def test_another_ssrc_is_taken_after_a_timeout() -> None:
    """A page may have created its sender again."""
    intake, slot, context = intake_of(Camera(1))
    assert intake.bind_ssrc(2, NOW + SSRC_TIMEOUT_S)
    assert (intake.ssrc, slot.events) == (2, ["restart"])
    assert context.handlers == {b"\0\0\0\2": intake.receive}


def test_padding_does_not_extend_the_timeout() -> None:
    intake, _, _ = intake_of(camera := Camera(1))
    receive(intake, [camera.padding_only()], NOW + SSRC_TIMEOUT_S)
    assert intake.bind_ssrc(2, NOW + SSRC_TIMEOUT_S)


def test_another_streams_ssrc_is_never_taken() -> None:
    """Not even after a long timeout."""
    intake, _, context = intake_of(Camera(1))
    context.handlers[b"\0\0\0\2"] = lambda data, now: None
    assert not intake.bind_ssrc(2, NOW + 100)


def test_padding_is_reported_as_such() -> None:
    """It is counted, and is no picture."""
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
def test_a_timestamp_jump_is_reported(ticks: int, seconds: float, leaps: bool) -> None:
    """A pause, a burst after one, or a reordered frame is none."""
    camera = Camera(1, timestamp=1 << 31)
    intake, slot, _ = intake_of(camera)
    receive(intake, camera.frame(1, ticks=ticks), NOW + seconds)
    assert (slot.events == ["timestamp-jump"], len(slot.packets)) == (leaps, 1)


def test_a_packet_too_large_to_be_sent_on_is_dropped() -> None:
    """SRTP's tag must still fit behind it. A datagram from the port is never so large."""
    intake, slot, context = intake_of(camera := Camera(1))
    camera.padding = MAX_PAYLOAD_BYTES
    receive(intake, camera.frame(1))
    assert (slot.packets, context.dropped) == ([], {"too-large": 1})
    camera.padding = MAX_PAYLOAD_BYTES - 40
    camera.index -= 1
    receive(intake, camera.frame(1))
    assert len(slot.packets) == 1


def test_a_payload_type_that_was_not_negotiated_is_dropped() -> None:
    """Its content is unknown."""
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


def test_closing_a_stream_is_reported_to_subscribers_and_waiting_slots() -> None:
    intake, slot, _ = intake_of(Camera(1))
    intake.await_switch_point(slot)
    intake.close()
    assert slot.events == ["closed", "closed"]
    assert not intake.subscribers
    assert not intake.waiting


def test_a_retransmission_fills_its_gap_and_stays_a_loss() -> None:
    """The report is on the quality of the path (RFC 4588 section 3)."""
    intake, slot, _ = intake_of(camera := Camera(1))
    (lost,) = camera.frame(1)
    receive(intake, camera.frame(1))
    intake.receive(lost.data, NOW, is_retransmission=True)
    assert len(slot.packets) == 2
    assert intake.lost == 1
    assert intake.packets == 3


def test_an_old_retransmission_begins_no_new_sequence() -> None:
    """Browsers retransmit old packets, many in a row, to probe the path."""
    intake, slot, context = intake_of(camera := Camera(1))
    old = camera.frame(4)
    camera.index += 2 * VIDEO_RING_PACKETS
    receive(intake, camera.frame(1))
    for packet in old:
        intake.receive(packet.data, NOW, is_retransmission=True)
    assert slot.events == []
    assert context.dropped == {"rtx: out of reach": 4}


def test_a_retransmission_is_no_first_packet() -> None:
    """It lies anywhere in the sequence."""
    intake, _, context = intake_of(Camera(1), shown=False)
    intake.bind_ssrc(2, NOW + SSRC_TIMEOUT_S)
    intake.receive(Camera(2).frame(1)[0].data, NOW + SSRC_TIMEOUT_S, is_retransmission=True)
    assert context.dropped == {"rtx: out of reach": 1}


def test_stored_packets_hold_their_payload_once() -> None:
    """A ring is a megabyte; twice that for each source would be a waste."""
    intake, slot, _ = intake_of(camera := Camera(1))
    receive(intake, camera.frame(1))
    assert slot.packets[0].data == b""
    assert slot.packets[0].body != b""


@pytest.mark.parametrize(
    "call", ["forward", "on_padding", "on_switch_point", "on_restart", "on_stream_closed"]
)
def test_a_bug_in_one_slot_fails_that_slot_alone(call: str) -> None:
    """A viewer's must not end the hall that it sees."""
    camera = Camera(1, index=100)
    intake, good, _ = intake_of(camera)
    waiting, bad = RecordingSlot(), RecordingSlot()
    intake.await_switch_point(waiting)
    intake.subscribers = (bad, *intake.subscribers)
    intake.waiting = (bad, *intake.waiting)

    def broken(*_: object) -> None:
        raise AssertionError("a broken invariant")

    setattr(bad, call, broken)
    receive(intake, camera.frame(keyframe=True))
    receive(intake, [camera.padding_only()])
    intake._restart()
    intake.close()
    assert "failed" in bad.events
    assert len(good.packets) == 1
    assert good.events == ["padding", "restart", "closed"]
    assert waiting.events == ["keyframe", "closed"]


def test_a_slot_that_cannot_even_fail_does_not_end_the_sender() -> None:
    camera = Camera(1, index=100)
    intake, good, _ = intake_of(camera)
    bad = RecordingSlot()
    intake.subscribers = (bad, *intake.subscribers)

    def broken(*_: object) -> None:
        raise AssertionError("a broken invariant")

    for call in ("forward", "on_padding", "fail"):
        setattr(bad, call, broken)
    receive(intake, camera.frame(keyframe=True))
    receive(intake, [camera.padding_only()])
    assert (len(good.packets), good.events) == (1, ["padding"])
