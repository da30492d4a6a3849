"""A slot: one stream to the receiver, whichever source it shows."""

from __future__ import annotations

import struct
from itertools import pairwise

import pytest

from bridge.destination.slots import KEYFRAME_FORWARD_INTERVAL_S, AudioSlot, VideoSlot
from bridge.rtp.clock import ProgramClock
from bridge.rtp.retransmission import MAX_RETRANSMISSIONS
from bridge.rtp.rtcp import PictureLossIndication, SenderReport
from bridge.rtp.rtx import RtxStream, unwrap
from tests.unit.bridge.peers import NOW, NTP, SLOT_PAYLOAD_TYPES, FakePeer, FakeVenue
from tests.unit.bridge.rtp.camera import Camera, H264Camera
from tests.unit.bridge.rtp.receiver import signed

RATE = 90_000
CLOCK = ProgramClock(NOW, NTP, 7)


def connected(slot: VideoSlot | AudioSlot) -> FakePeer:
    """The peer that receives a slot."""
    peer = FakePeer()
    slot.connect(peer.send_rtp, CLOCK)
    return peer


def video_slot() -> tuple[VideoSlot, FakePeer]:
    """A slot for pictures."""
    slot = VideoSlot("program", 5, SLOT_PAYLOAD_TYPES, 500)
    return slot, connected(slot)


def test_a_cut_waits_for_the_keyframe_while_the_old_picture_runs() -> None:
    """Neither black nor frozen."""
    one, two = FakeVenue("krefeld", 10), FakeVenue("tokio", 20)
    slot, peer = video_slot()
    slot.show(one.video, NOW)
    one.frame(NOW, 2, keyframe=True)
    slot.show(two.video, NOW + 0.1)
    two.frame(NOW + 0.1, 2)
    one.frame(NOW + 0.1, 2)
    assert {copy.camera for copy in peer.take_copies()} == {10}
    two.frame(NOW + 0.2, 2, keyframe=True)
    one.frame(NOW + 0.2, 2)
    assert {copy.camera for copy in peer.take_copies()} == {20}
    assert one.video.subscribers == ()
    assert two.video.subscribers == (slot,)


def test_a_cut_requests_a_keyframe_and_repeats_the_request() -> None:
    """The request or the keyframe may be lost."""
    two = FakeVenue("tokio", 20)
    slot, _ = video_slot()
    two.frame(NOW)
    slot.show(two.video, NOW)
    assert two.peer.take_rtcp(PictureLossIndication) == [PictureLossIndication(20)]
    slot.tick(NOW + 0.31)
    two.source.tick(NOW + 0.31)
    assert two.peer.take_rtcp(PictureLossIndication) == [PictureLossIndication(20)]


def test_a_cut_cancelled_before_its_keyframe_changes_nothing() -> None:
    one, two = FakeVenue("krefeld", 10), FakeVenue("tokio", 20)
    slot, peer = video_slot()
    slot.show(one.video, NOW)
    one.frame(NOW, keyframe=True)
    slot.show(two.video, NOW)
    slot.show(one.video, NOW)
    two.frame(NOW, keyframe=True)
    one.frame(NOW)
    assert {copy.camera for copy in peer.take_copies()} == {10}
    assert two.video.waiting == ()


def test_of_several_cuts_before_a_keyframe_the_last_counts() -> None:
    """Whichever keyframe comes first."""
    venues = [FakeVenue(name, ssrc) for name, ssrc in (("krefeld", 10), ("berlin", 20), ("tokio", 30))]
    slot, peer = video_slot()
    for venue in venues:
        slot.show(venue.video, NOW)
    for venue in venues:
        venue.frame(NOW, keyframe=True)
    assert [copy.camera for copy in peer.take_copies()] == [30]


def test_showing_the_current_source_again_changes_nothing() -> None:
    """Every routing names all sources."""
    one = FakeVenue("krefeld", 10)
    slot, peer = video_slot()
    slot.show(one.video, NOW)
    one.frame(NOW, keyframe=True)
    slot.show(one.video, NOW)
    one.frame(NOW)
    assert len(peer.take_copies()) == 2


def test_after_its_source_has_left_the_stream_stays_where_it_is() -> None:
    """Its packets can still be retransmitted."""
    one, two = FakeVenue("krefeld", 10), FakeVenue("krefeld", 20)
    slot, peer = video_slot()
    slot.show(one.video, NOW)
    one.frame(NOW, 2, keyframe=True)
    sent = list(peer.rtp)
    one.source.close()
    one.frame(NOW)
    assert slot.retransmit(501, NOW, None)
    assert peer.rtp == [*sent, sent[1]]
    slot.show(two.video, NOW)
    two.frame(NOW + 1, keyframe=True)
    assert [copy.seq for copy in peer.take_copies()][-1] == 502


def test_a_target_that_leaves_is_given_up() -> None:
    """The old picture runs on."""
    one, two = FakeVenue("krefeld", 10), FakeVenue("tokio", 20)
    slot, peer = video_slot()
    slot.show(one.video, NOW)
    one.frame(NOW, keyframe=True)
    slot.show(two.video, NOW)
    two.source.close()
    two.frame(NOW, keyframe=True)
    one.frame(NOW)
    assert {copy.camera for copy in peer.take_copies()} == {10}
    assert slot.target is None


def test_a_source_with_a_new_sequence_is_cut_to_like_another_one() -> None:
    """At its next keyframe, in unbroken numbers."""
    one = FakeVenue("krefeld", 10)
    slot, peer = video_slot()
    slot.show(one.video, NOW)
    one.frame(NOW, keyframe=True)
    one.camera = Camera(11, index=40_000)
    one.frame(NOW + 2)
    one.frame(NOW + 2, keyframe=True)
    copies = peer.take_copies()
    assert [(copy.camera, copy.seq) for copy in copies] == [(10, 500), (11, 501)]
    assert signed(copies[1].timestamp - copies[0].timestamp, 32) == 2 * RATE


def test_a_packet_is_retransmitted_three_times_at_most_and_not_too_soon() -> None:
    """Without RTX it is the same packet, byte for byte."""
    one = FakeVenue("krefeld", 10)
    slot, peer = video_slot()
    slot.show(one.video, NOW)
    one.frame(NOW, keyframe=True)
    assert slot.retransmit(500, NOW, 0.1) == len(peer.rtp[0])
    assert not slot.retransmit(500, NOW + 0.09, 0.1)
    assert slot.retransmit(500, NOW + 0.11, 0.1)
    assert slot.retransmit(500, NOW + 0.22, 0.1)
    assert not slot.retransmit(500, NOW + 1, 0.1)
    assert not slot.retransmit(501, NOW + 1, 0.1)
    assert len(set(peer.rtp)) == 1
    assert (len(peer.rtp), slot.retransmissions) == (1 + MAX_RETRANSMISSIONS, MAX_RETRANSMISSIONS)


def test_retransmissions_use_rtx_if_it_was_negotiated() -> None:
    """Each codec has its own payload type."""
    one, two = FakeVenue("krefeld", 10), FakeVenue("tokio", 20, camera=H264Camera)
    rtx = RtxStream(6, {100: 97, SLOT_PAYLOAD_TYPES["h264"]: 99}, 400)
    slot = VideoSlot("program", 5, SLOT_PAYLOAD_TYPES, 500, rtx=rtx)
    peer = connected(slot)
    for venue in (one, two):
        slot.show(venue.video, NOW)
        venue.frame(NOW, keyframe=True)
    sent = list(peer.rtp)
    assert slot.retransmit(500, NOW, None)
    assert slot.retransmit(501, NOW, None)
    retransmitted = peer.rtp[len(sent) :]
    assert [data[1] & 0x7F for data in retransmitted] == [97, 99]
    numbers = [struct.unpack_from("!H", data, 2)[0] for data in retransmitted]
    assert numbers == [400, 401]
    assert [unwrap(data, {97: 100, 99: SLOT_PAYLOAD_TYPES["h264"]}, 5) for data in retransmitted] == sent


def test_no_retransmission_between_a_keyframe_request_and_the_keyframe() -> None:
    """The receiver can use no other packet, and the keyframe needs the bit rate."""
    one = FakeVenue("krefeld", 10)
    slot, _ = video_slot()
    slot.show(one.video, NOW)
    one.frame(NOW, keyframe=True)
    slot.on_keyframe_request(NOW)
    one.frame(NOW + 0.1)
    assert not slot.retransmit(500, NOW + 0.1, None)
    one.frame(NOW + 0.2, keyframe=True)
    assert slot.retransmit(502, NOW + 0.2, None)


def test_a_cut_ends_the_wait_for_a_keyframe() -> None:
    """It begins with one."""
    one, two = FakeVenue("krefeld", 10), FakeVenue("tokio", 20)
    slot, _ = video_slot()
    slot.show(one.video, NOW)
    one.frame(NOW, keyframe=True)
    slot.on_keyframe_request(NOW)
    slot.show(two.video, NOW)
    two.frame(NOW, keyframe=True)
    assert slot.retransmit(501, NOW, None)


def test_a_keyframe_request_is_passed_on_every_half_second_at_most() -> None:
    """A keyframe costs bit rate for all receivers."""
    one = FakeVenue("krefeld", 10)
    slot, _ = video_slot()
    slot.on_keyframe_request(NOW)
    slot.show(one.video, NOW)
    one.frame(NOW, keyframe=True)
    one.peer.rtcp.clear()
    for step in range(8):
        now = NOW + 1 + step * KEYFRAME_FORWARD_INTERVAL_S / 4
        slot.on_keyframe_request(now)
        one.frame(now, keyframe=True)
    assert len(one.peer.take_rtcp(PictureLossIndication)) == 2


@pytest.mark.parametrize(("sent", "head"), [(None, 12), (5, 24)])
def test_sender_reports_are_linear_across_cuts(sent: int | None, head: int) -> None:
    """By the program clock, whatever timestamps the sources had; they count payload only."""
    one, two = FakeVenue("krefeld", 10), FakeVenue("tokio", 20)
    slot = VideoSlot("program", 5, SLOT_PAYLOAD_TYPES, 500, abs_send_time_id=sent)
    connected(slot)
    assert slot.sender_report(NOW, "bridge") is None
    slot.show(one.video, NOW)
    one.frame(NOW, keyframe=True)
    slot.show(two.video, NOW)
    points = []
    for second in range(1, 5):
        two.frame(NOW + second, 1, keyframe=second == 2)
        report = slot.sender_report(NOW + second, "bridge")
        assert report is not None
        points.append(struct.unpack_from("!QLLL", report, 8))
    assert [ntp - points[0][0] for ntp, *_ in points] == [second << 32 for second in range(4)]
    assert [stamp - points[0][1] for _, stamp, *_ in points] == [second * RATE for second in range(4)]
    assert points[-1][2:] == (slot.packets, slot.octets - head * slot.packets)


def send_report(venue: FakeVenue, now: float) -> None:
    """A sender report of its camera arrives: it stamped its last frame now."""
    ntp = int((NTP + now - NOW) * (1 << 32))
    report = SenderReport(venue.camera.ssrc, ntp, venue.camera.timestamp & 0xFFFF_FFFF, 0, 0)
    venue.source.on_rtcp([report], now)


def test_a_slow_camera_clock_is_corrected_to_the_program_clock() -> None:
    """Otherwise picture and sound part by a third of a second in five minutes."""
    one = FakeVenue("krefeld", 10)
    slot, peer = video_slot()
    slot.show(one.video, NOW)
    one.frame(NOW, keyframe=True)
    worst = 0.0
    for step in range(1, 3000):
        now = NOW + step * 0.1
        one.send(one.camera.frame(1, ticks=8991), now)  # 0.1 % slow: 0.3 s in all
        if step % 10 == 0:
            send_report(one, now)
        slot.tick(now)
        copy = peer.take_copies()[-1]
        worst = max(worst, abs(signed(copy.timestamp - CLOCK.timestamp(now, RATE), 32)) / RATE)
    assert worst < 0.06


def test_without_sender_reports_timestamps_are_not_corrected() -> None:
    """The arrival of packets is too imprecise."""
    one = FakeVenue("krefeld", 10)
    slot, peer = video_slot()
    slot.show(one.video, NOW)
    one.frame(NOW, keyframe=True)
    for step in range(1, 50):
        one.send(one.camera.frame(1, ticks=8000), NOW + step * 0.1)
        slot.tick(NOW + step * 0.1)
    stamps = [copy.timestamp for copy in peer.take_copies()]
    assert {signed(after - before, 32) for before, after in pairwise(stamps[1:])} == {8000}


def test_a_timestamp_jump_does_not_reach_the_receiver() -> None:
    """It is realigned with the clock."""
    one = FakeVenue("krefeld", 10)
    slot, peer = video_slot()
    slot.show(one.video, NOW)
    one.frame(NOW, keyframe=True)
    one.camera.timestamp += 1 << 31
    one.frame(NOW + 0.1)
    one.frame(NOW + 0.2)
    first, second, third = peer.take_copies()
    assert signed(second.timestamp - first.timestamp, 32) == RATE // 10
    assert signed(third.timestamp - second.timestamp, 32) == 3000


def test_padding_is_not_sent_on_and_leaves_no_gap() -> None:
    """A browser probes its path to the bridge, not the receiver's."""
    one = FakeVenue("krefeld", 10)
    slot, peer = video_slot()
    slot.show(one.video, NOW)
    one.frame(NOW, keyframe=True)
    one.send(one.camera.padding_only(), NOW)
    one.frame(NOW)
    assert [copy.seq for copy in peer.take_copies()] == [500, 501]
    assert slot.packets == 2


def test_padding_out_of_order_is_sent_without_a_payload() -> None:
    """Later packets have their numbers already."""
    one = FakeVenue("krefeld", 10)
    slot, peer = video_slot()
    slot.show(one.video, NOW)
    one.frame(NOW, keyframe=True)
    padding = one.camera.padding_only()
    one.frame(NOW)
    one.send(padding, NOW)
    assert [len(data) for data in peer.rtp][-1] == 12
    assert slot.retransmit(501, NOW, None)
