"""The rewriter: thousands of cuts between cameras over a bad network, and each rule by itself."""

from __future__ import annotations

from random import Random

import pytest

from bridge.rtp.rewriter import MAX_REORDERED
from bridge.rtp.rewriters import VideoRewriter
from bridge.rtp.ring import VIDEO_RING_PACKETS
from tests.unit.bridge.rtp.camera import Camera, unreliable
from tests.unit.bridge.rtp.harness import (
    RATE,
    SSRC,
    RewriterHarness,
    frames_with_padding,
    interleaved,
    packet_of,
    random_camera,
)
from tests.unit.bridge.rtp.receiver import read, signed


@pytest.mark.parametrize("seed", range(2))
def test_the_stream_is_unbroken_through_thousands_of_cuts_on_a_bad_network(seed: int) -> None:
    """Two codecs, wraps of every counter, loss, reordering, truncated frames, padding, cuts with and without a
    replay."""
    rng = Random(seed)
    cameras = [random_camera(number + 1, rng) for number in range(5)]
    harness = RewriterHarness(rng.randrange(0x8000), extended=seed % 2 == 1)
    harness.now = rng.randrange(1 << 32)
    replays = 0
    for _ in range(600):
        if rng.random() < 0.05:
            harness.rewriter.end_run()
            harness.current = None
        following = rng.choice([camera for camera in cameras if camera.ssrc != harness.current])
        harness.target = following.ssrc
        if rng.random() < 0.3:
            replays += bool(harness.replay(following.ssrc))
        on_air = [camera for camera in cameras if camera.ssrc == harness.current]
        both = interleaved([frames_with_padding(camera, rng) for camera in (*on_air, following)])
        for sent in unreliable(both, rng, loss=rng.choice([0, 0.02, 0.2]), reach=rng.choice([0, 2, 12])):
            copies = harness.feed(sent)
            harness.now += rng.choice([0, 0, 300, 900, -200])
            if copies and rng.random() < 0.2:
                assert_rebuilt(harness, rng)
            if rng.random() < 0.01:
                harness.rewriter.correct(rng.choice([-9000, 5000, 20_000]))
    assert harness.stream.verify() > 480
    assert replays > 60


def assert_rebuilt(harness: RewriterHarness, rng: Random) -> None:
    """A rebuilt packet has the same bytes, or is None if it was never sent."""
    furthest = max(harness.stream.sent)
    out = furthest - rng.randrange(200)
    again = harness.rewriter.rebuild(out & 0xFFFF)
    if out in harness.stream.sent:
        assert again == harness.stream.sent[out]
    assert harness.rewriter.rebuild((furthest + 1) & 0xFFFF) is None


def on_air() -> tuple[RewriterHarness, Camera]:
    """A harness that shows camera 1."""
    harness, camera = RewriterHarness(), Camera(1, index=5000)
    harness.target = 1
    harness.feed_all(camera.frame(2, keyframe=True))
    return harness, camera


def test_a_packet_keeps_its_content_and_gets_the_slots_identity() -> None:
    """SSRC, payload type and the first sequence number are the slot's, the payload is the camera's."""
    harness, camera = on_air()
    copy = harness.feed_all(camera.frame(1))[0]
    assert (copy.ssrc, copy.payload_type, copy.marker) == (SSRC, 101, True)
    assert (copy.seq, copy.index) == (102, 5002)
    assert [copy.seq for _, copy in harness.stream.copies] == [100, 101, 102]


def test_nothing_is_sent_of_a_new_camera_before_its_keyframe() -> None:
    """The old camera runs until then; older packets of the new one are not sent."""
    harness, one = on_air()
    two = Camera(2, index=900)
    early = two.frame(2)
    harness.target = 2
    assert harness.feed_all([early[0], *two.frame(1)]) == []
    assert [copy.camera for copy in harness.feed_all(one.frame(1))] == [1]
    assert [copy.camera for copy in harness.feed_all(two.frame(2, keyframe=True))] == [2, 2]
    assert harness.feed_all([early[1]]) == []
    harness.stream.verify()


def test_back_at_a_camera_nothing_is_sent_of_its_earlier_run() -> None:
    """A packet that was on its way meanwhile belongs to a picture before the keyframe."""
    harness, one = on_air()
    late, last = one.frame(2)
    harness.feed_all([last])
    for camera in (Camera(2), one):
        harness.target = camera.ssrc
        harness.feed_all(camera.frame(1, keyframe=True))
    assert harness.feed_all([late]) == []
    harness.stream.verify()


def test_a_keyframes_second_packet_that_overtook_the_first_is_sent_behind_it() -> None:
    """Otherwise it would never be sent, and the picture would have to wait for the next keyframe."""
    harness, _ = on_air()
    first, second, third = Camera(2, index=900).frame(3, keyframe=True)
    harness.target = 2
    assert harness.feed_all([second, third]) == []
    assert [copy.index for copy in harness.feed_all([first])] == [900, 901, 902]


def test_no_cut_to_a_keyframe_that_comes_far_too_late() -> None:
    """Its picture is too old; the cut waits for the next one."""
    harness, _ = on_air()
    two = Camera(2, index=900)
    late = two.frame(1, keyframe=True)
    harness.target = 2
    harness.feed_all([sent for _ in range(MAX_REORDERED + 1) for sent in two.frame(1)])
    assert harness.feed_all(late) == []
    assert [copy.keyframe for copy in harness.feed_all(two.frame(1, keyframe=True))] == [True]


def test_one_number_is_skipped_after_an_incomplete_frame() -> None:
    """The receiver must not take the keyframe's packets for the rest of the old frame."""
    harness, one = on_air()
    harness.feed_all(one.frame(3)[:2])
    harness.target = 2
    assert harness.feed_all(Camera(2).frame(1, keyframe=True))[0].seq == 105
    harness.stream.verify()


def test_the_skipped_number_is_never_used() -> None:
    """The old frame's rest may still arrive; a retransmission of it must not mix into the cut."""
    harness, one = on_air()
    frame = one.frame(3)
    harness.feed_all(frame[:2])
    harness.target = 2
    harness.feed_all(Camera(2).frame(1, keyframe=True))
    harness.feed_all(frame[2:])
    assert harness.rewriter.rebuild(104) is None
    assert harness.rewriter.rebuild(103) is not None


def test_late_packets_of_the_old_camera_can_be_retransmitted_after_the_cut() -> None:
    """They have their numbers, and the receiver may still wait for that frame."""
    harness, one = on_air()
    missing, last = one.frame(2)
    harness.feed_all([last])
    harness.target = 2
    harness.feed_all(Camera(2).frame(1, keyframe=True))
    assert harness.rewriter.rebuild(102) is None
    assert harness.feed_all([missing]) == []
    again = harness.rewriter.rebuild(102)
    assert again is not None
    assert read(again).index == missing.index  # type: ignore[union-attr]


def test_padding_in_order_leaves_no_gap() -> None:
    """Late packets from before it keep the numbers they would have had."""
    harness, one = on_air()
    late = one.frame(1)
    probes = [one.padding_only(), one.padding_only(), one.padding_only()]
    following = one.frame(2)
    assert harness.feed_all([probes[0]]) == []
    harness.feed_all([*late, *probes[1:], *following])
    # The first probe came before its turn, since `late` was missing, and had to be passed on.
    assert sorted(harness.stream.sent) == [100, 101, 102, 103, 104, 105]
    assert len(harness.stream.sent[103]) == 12
    harness.stream.verify()


def test_a_hundred_probes_in_a_row_make_one_segment() -> None:
    """Otherwise they would push out the segments that retransmission needs."""
    harness, one = on_air()
    for _ in range(400):
        harness.feed(one.padding_only())
    harness.feed_all(one.frame(1))
    assert harness.rewriter.rebuild(100) == harness.stream.sent[100]
    assert harness.rewriter.rebuild(102) == harness.stream.sent[102]


def test_a_stopped_stream_continues_where_it_was() -> None:
    """The receiver sees neither a gap nor a step back."""
    harness, one = on_air()
    harness.rewriter.end_run()
    harness.current = None
    assert harness.feed_all(one.frame(2)) == []
    harness.now, harness.target = 450_000, 1
    copy = harness.feed_all(one.frame(1, keyframe=True))[0]
    assert (copy.seq, copy.timestamp) == (102, 450_000)
    harness.stream.verify()


def test_the_timestamp_at_a_cut_is_by_the_clock_and_increases() -> None:
    """A small step on if the clock is not ahead."""
    harness, one = on_air()
    last = harness.feed_all(one.frame(1))[0].timestamp
    two, three = Camera(2, timestamp=77), Camera(3, timestamp=0xFFFF_0000)
    harness.now, harness.target = last + 5000, 2
    assert harness.feed_all(two.frame(1, keyframe=True))[0].timestamp == last + 5000
    harness.now, harness.target = last + 4000, 3
    assert (
        harness.feed_all(three.frame(1, keyframe=True))[0].timestamp == last + 5000 + VideoRewriter.min_step
    )


def test_a_late_stream_is_moved_to_the_clock_at_the_next_frame_and_not_inside_one() -> None:
    """All packets of a frame carry one timestamp."""
    harness, one = on_air()
    first, second = one.frame(2)
    before = harness.feed_all([first])[0]
    harness.rewriter.correct(9000)
    assert harness.feed_all([second])[0].timestamp == before.timestamp
    after = harness.feed_all(one.frame(2))
    assert {copy.timestamp for copy in after} == {before.timestamp + 3000 + 9000}
    assert harness.feed_all(one.frame(1))[0].timestamp == before.timestamp + 6000 + 9000
    harness.stream.verify()


def test_a_correction_waits_for_a_frame_whose_beginning_is_known() -> None:
    """After a gap a packet may belong to the frame of the missing ones, which keep the old offset."""
    harness, one = on_air()
    before = harness.feed_all(one.frame(1))[0]
    harness.rewriter.correct(9000)
    missing, last = one.frame(2)
    assert harness.feed_all([last])[0].timestamp == before.timestamp + 3000
    assert harness.feed_all([missing])[0].timestamp == before.timestamp + 3000
    assert harness.feed_all(one.frame(1))[0].timestamp == before.timestamp + 6000 + 9000


def test_a_stream_ahead_of_the_clock_returns_to_it_in_small_steps() -> None:
    """Timestamps cannot decrease, so each frame is moved as far as possible."""
    harness, one = on_air()
    before = harness.feed_all(one.frame(1))[0]
    harness.rewriter.correct(-9000)
    assert harness.feed_all(one.frame(1))[0].timestamp == before.timestamp + VideoRewriter.min_step


def test_a_timestamp_jump_is_corrected_at_once() -> None:
    """Sequence numbers run on."""
    harness, one = on_air()
    before = harness.feed_all(one.frame(1))[0]
    leaping = one.frame(1, ticks=100 * RATE)
    harness.rewriter.realign(packet_of(leaping[0]), before.timestamp + 2900)
    copy = harness.feed_all(leaping)[0]
    assert (copy.timestamp, copy.seq) == (before.timestamp + 2900, before.seq + 1)
    assert harness.feed_all(one.frame(1))[0].timestamp == before.timestamp + 5900


def test_retransmissions_have_the_same_bytes_across_corrections_cuts_and_padding() -> None:
    """AES-GCM: an equal sequence number demands equal bytes."""
    harness, one = on_air()
    two = Camera(2, layered=True)
    for round_number in range(30):
        harness.feed_all([*one.frame(2), one.padding_only(), *one.frame(1)])
        harness.rewriter.correct(600 * (round_number % 3))
        harness.target = 1 + round_number % 2
        harness.feed_all([*two.frame(1, keyframe=True), *one.frame(1, keyframe=True)])
    for out, data in harness.stream.sent.items():
        assert harness.rewriter.rebuild(out & 0xFFFF) == data


def test_a_packet_that_left_the_ring_is_not_retransmitted() -> None:
    """Nor one that was never sent."""
    harness, one = on_air()
    for _ in range(VIDEO_RING_PACKETS):
        harness.feed_all(one.frame(1))
    assert harness.rewriter.rebuild(100) is None
    assert harness.rewriter.rebuild(99) is None
    assert harness.rewriter.rebuild(103) == harness.stream.sent[103]


def test_a_packet_that_was_not_sent_yet_is_not_retransmitted() -> None:
    """Another packet might get its number, and the nonce would be used twice."""
    harness, one = on_air()
    harness.rings[1].put(packet_of(one.frame(1)[0]))
    assert harness.rewriter.rebuild(102) is None


def test_old_segments_are_discarded_with_their_packets() -> None:
    """A source that has left must not stay in memory."""
    harness = RewriterHarness()
    for ssrc in range(1, 200):
        camera = Camera(ssrc)
        harness.target = ssrc
        harness.feed_all(camera.frame(1, keyframe=True))
        for _ in range(100):
            harness.feed_all(camera.frame(1))
    assert len(harness.rewriter._history) < 25


def test_a_first_sequence_number_in_the_upper_half_is_refused() -> None:
    """A receiver that missed the first wrap would never decrypt a packet."""
    with pytest.raises(ValueError, match="below 32768, not at 32768"):
        VideoRewriter(1, 0x8000)


def test_the_checkers_signed_distances_are_right() -> None:
    assert [signed(value, 16) for value in (0, 1, -1, 0x7FFF, 0x8000, 0x1_0001)] == [
        0,
        1,
        -1,
        0x7FFF,
        -0x8000,
        1,
    ]
