"""A cut to a picture that has begun: its packets since the keyframe are sent at once, and it runs on behind."""

from __future__ import annotations

from itertools import pairwise

from bridge.rtp.rewriters import VideoRewriter
from tests.unit.bridge.rtp.camera import Camera, H264Camera
from tests.unit.bridge.rtp.harness import RATE, RewriterHarness
from tests.unit.bridge.rtp.receiver import Copy, read, signed

MS = RATE // 1000


def copies(sent: list[bytes]) -> list[Copy]:
    """As the receiver reads them."""
    return [copy for data in sent if (copy := read(data)) is not None]


def feed_unshown(harness: RewriterHarness, camera: Camera, frames: int = 5) -> None:
    """A keyframe and some frames of a camera that is not shown."""
    for number in range(frames):
        harness.feed_all(camera.frame(2, keyframe=number == 0))


def on_air(*, extended: bool = False) -> tuple[RewriterHarness, Camera]:
    """A harness that shows camera 1, a second after it began."""
    harness, camera = RewriterHarness(extended=extended), Camera(1, index=5000)
    harness.target = 1
    harness.feed_all(camera.frame(2, keyframe=True))
    harness.now = RATE
    return harness, camera


def test_a_replay_ends_now_with_its_frames_a_tenth_of_a_millisecond_apart() -> None:
    """The receiver decodes all of them and shows the last."""
    harness, _ = on_air()
    two = Camera(2, index=900)
    feed_unshown(harness, two)
    sent = copies(harness.replay(2))
    assert [copy.index for copy in sent] == list(range(900, 910))
    assert sent[0].keyframe
    stamps = [copy.timestamp for copy in sent[::2]]
    assert stamps == [RATE - 36, RATE - 27, RATE - 18, RATE - 9, RATE]
    harness.stream.verify()


def test_a_replay_is_stamped_now_and_the_following_frames_by_the_clock() -> None:
    """A keyframe stamped earlier is late, and a browser adds that to its playout delay."""
    harness, _ = on_air()
    harness.age = 20 * MS
    two = Camera(2, index=900)
    feed_unshown(harness, two)
    assert copies(harness.replay(2))[-1].timestamp == RATE
    harness.rewriter.correct(0)  # by the clock there is no need
    following = harness.feed_all([*two.frame(1), *two.frame(1)])
    assert [copy.timestamp for copy in following] == [RATE - 20 * MS + 3000 * n for n in (1, 2)]
    harness.stream.verify()


def test_frames_after_a_replay_increase_and_return_to_the_clock() -> None:
    """The next frame is on its way already, and late."""
    harness, _ = on_air()
    harness.age = 40 * MS
    two = Camera(2, index=900)
    feed_unshown(harness, two)
    harness.replay(2)
    following = []
    for _ in range(3):
        following += harness.feed_all(two.frame(1))
        harness.rewriter.correct(0)
    due = [RATE - 40 * MS + 3000 * n for n in (1, 2, 3)]
    assert [copy.timestamp for copy in following] == [RATE + VideoRewriter.min_step, *due[1:]]
    harness.stream.verify()


def test_the_playout_delay_limit_is_zero_at_a_cut_and_rises() -> None:
    """With or without a replay: a browser would delay the new picture until its sound arrives."""
    harness, one = on_air(extended=True)
    two = Camera(2, index=900)
    feed_unshown(harness, two)
    assert {copy.delay for copy in copies(harness.replay(2))} == {0}
    delays = []
    for _ in range(70):
        harness.now += RATE // 30
        delays += [copy.delay or 0 for copy in harness.feed_all(two.frame(1))]
    assert delays[:3] == [0, 0, 10]
    assert {after - before for before, after in pairwise(delays[:59])} == {0, 10}
    assert set(delays[60:]) == {40_950}
    harness.target = 1
    assert {copy.delay for copy in harness.feed_all(one.frame(2, keyframe=True))} == {0}
    harness.now += 2 * RATE + 1
    assert {copy.delay for copy in harness.feed_all(one.frame(2))} == {40_950}


def test_the_stream_runs_on_behind_a_replay() -> None:
    """Each packet is sent once, also the rest of a frame that was half here."""
    harness, _ = on_air()
    two = Camera(2, index=900)
    feed_unshown(harness, two)
    first, rest = two.frame(2)
    harness.feed_all([first])
    replayed = copies(harness.replay(2))
    following = harness.feed_all([rest, *two.frame(1)])
    assert [copy.seq for copy in replayed + following] == list(range(102, 115))
    assert following[0].timestamp == replayed[-1].timestamp == RATE
    assert following[1].timestamp == RATE + 3000
    harness.stream.verify()


def test_the_timestamps_of_a_replay_increase() -> None:
    """If the last picture is stamped near now or ahead of it, the replay ends a little later than now."""
    harness, one = on_air()
    harness.now = harness.feed_all(one.frame(1))[-1].timestamp + 2
    feed_unshown(harness, Camera(2, index=900), frames=30)
    stamps = [copy.timestamp for copy in copies(harness.replay(2))][::2]
    assert stamps[0] == harness.now - 2 + VideoRewriter.replay_step
    assert {after - before for before, after in pairwise(stamps)} == {VideoRewriter.replay_step}
    harness.stream.verify()


def test_replayed_packets_are_retransmitted_with_the_same_bytes() -> None:
    """Also after the stream went on, and after the next cut."""
    harness, one = on_air(extended=True)
    two = Camera(2, index=900, layered=True)
    feed_unshown(harness, two)
    harness.feed_all([two.padding_only()])
    feed_unshown(harness, two)
    harness.replay(2)
    harness.now += RATE
    harness.feed_all(two.frame(2))
    harness.target = 1
    harness.feed_all(one.frame(1, keyframe=True))
    assert len(harness.stream.sent) > 10
    for out, data in harness.stream.sent.items():
        assert harness.rewriter.rebuild(out & 0xFFFF) == data


def test_padding_in_a_replay_leaves_no_gap() -> None:
    """In the middle of it and at its end."""
    harness, _ = on_air()
    two = Camera(2, index=900)
    feed_unshown(harness, two)
    harness.feed_all([two.padding_only(), two.padding_only(), *two.frame(1), two.padding_only()])
    replayed = copies(harness.replay(2))
    following = harness.feed_all([two.padding_only(), *two.frame(1)])
    assert [copy.seq for copy in replayed + following] == list(range(102, 114))
    harness.stream.verify()


def test_a_replayed_picture_is_corrected_by_the_clock_like_any_other() -> None:
    """And the next cut continues its timestamps."""
    harness, one = on_air()
    two = Camera(2, index=900)
    feed_unshown(harness, two)
    harness.replay(2)
    assert harness.rewriter.lag(RATE + 700) == 700
    harness.rewriter.correct(900)
    assert harness.feed_all(two.frame(1))[0].timestamp == RATE + 3900
    harness.now, harness.target = RATE, 1
    assert harness.feed_all(one.frame(1, keyframe=True))[0].timestamp == RATE + 3900 + VideoRewriter.min_step
    harness.stream.verify()


def test_picture_ids_count_on_into_a_replay_and_across_another_codec() -> None:
    """VP8, H.264, VP8: each begins with a keyframe in its own payload type."""
    harness, _ = on_air()
    h264, vp8 = H264Camera(2, index=900), Camera(3, index=77, picture=4000)
    feed_unshown(harness, h264)
    feed_unshown(harness, vp8)
    before = harness.stream.copies[-1][1]
    assert before.picture is not None
    middle, after = copies(harness.replay(2)), copies(harness.replay(3))
    assert {copy.payload_type for copy in middle} == {98}
    assert {copy.payload_type for copy in after} == {101}
    assert (middle[0].keyframe, after[0].keyframe) == (True, True)
    assert after[0].picture == before.picture + 1
    harness.stream.verify()


def test_abs_send_time_is_the_arrival_and_in_a_replay_the_time_of_the_replay() -> None:
    """It never decreases, or the receiver's estimator ignores the packets."""
    harness, one = on_air(extended=True)
    harness.feed_all(one.frame(1))
    two = Camera(2, index=900)
    for number in range(5):
        harness.now = RATE * (2 + number)
        harness.feed_all(two.frame(1, keyframe=number == 0))
    harness.now = RATE * 10
    harness.replay(2)
    harness.now = RATE * 63 + RATE // 2
    harness.feed_all(two.frame(1))
    harness.now = RATE * 64 + RATE // 4
    harness.feed_all(two.frame(1))
    sent = [copy.sent or 0 for _, copy in harness.stream.copies]
    assert [units / (1 << 18) for units in sent] == [0, 0, 1, *[10] * 5, 63.5, 0.25]  # 24 bits wrap at 64 s


def test_padding_that_is_sent_on_has_abs_send_time() -> None:
    """After thirty packets without it libwebrtc changes its estimator."""
    harness, one = on_air(extended=True)
    late = one.padding_only()
    harness.feed_all(one.frame(1))
    assert [len(data) for data in harness.feed(late)] == [24]


def test_a_replay_across_a_timestamp_jump_increases() -> None:
    """Its frames are stamped in their order, whatever the camera stamped."""
    harness, _ = on_air()
    two = Camera(2, index=900)
    feed_unshown(harness, two)
    two.timestamp -= 1 << 31
    harness.feed_all(two.frame(1))
    stamps = [copy.timestamp for copy in copies(harness.replay(2))]
    assert all(signed(after - before, 32) >= 0 for before, after in pairwise(stamps))
    assert stamps[-1] == RATE
