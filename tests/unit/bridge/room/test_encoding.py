"""What a headless room sends while its encoder cannot keep up."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import av
import pytest
from aiortc.codecs.vpx import Vp8Encoder
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack

from bridge.room.call import MAX_PICTURE_BPS
from bridge.room.encoding import MIN_HOLD_S, STEPS, EncoderLoad, SteppedTrack

FPS = 30


class Camera(MediaStreamTrack):
    """720p, 30 frames a second; the clock stands at the newest frame, or later if the encoder was busy."""

    kind = "video"

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.frames = 0
        self.frame = av.VideoFrame(1280, 720, "yuv420p")

    async def recv(self) -> av.VideoFrame:
        # The newest frame alone, as a camera gives it.
        self.frames = max(self.frames + 1, int(self.now * FPS))
        self.now = max(self.now, self.frames / FPS)
        self.frame.pts, self.frame.time_base = self.frames, Fraction(1, FPS)
        return self.frame


class Encoder:
    """Takes `busy_s` for a frame of 720p, and less for a smaller one."""

    def __init__(self, busy_s: float) -> None:
        self.busy_s = busy_s
        self.camera = Camera()
        self.load = EncoderLoad()
        self.track = SteppedTrack(self.camera, self.load, lambda: self.camera.now)

    async def run(self, seconds: float) -> list[tuple[int, int]]:
        """The sizes of the frames sent in that time."""
        sent = []
        end = self.camera.now + seconds
        while self.camera.now < end:
            frame = await self.track.recv()
            assert isinstance(frame, av.VideoFrame)
            sent.append((frame.width, frame.height))
            self.camera.now += self.busy_s * frame.width * frame.height / (1280 * 720)
        return sent


async def test_an_encoder_that_keeps_up_sends_every_frame() -> None:
    encoder = Encoder(0.02)
    assert len(await encoder.run(60)) == pytest.approx(60 * FPS, abs=2)
    assert encoder.load.step == STEPS[0]


@pytest.mark.parametrize(
    ("busy_s", "step", "fps", "size"),
    [
        (0.03, "720p15", 15, (1280, 720)),
        (0.07, "540p15", 15, (960, 540)),
        (0.3, "360p10", 10, (640, 360)),
    ],
)
async def test_one_that_does_not_sends_fewer_frames_first_and_then_smaller_ones(
    busy_s: float, step: str, fps: int, size: tuple[int, int]
) -> None:
    encoder = Encoder(busy_s)
    await encoder.run(25)
    assert encoder.load.step.name == step
    sent = await encoder.run(10)
    assert set(sent) == {size}
    assert len(sent) == pytest.approx(10 * fps, abs=3)


async def test_it_steps_down_within_five_seconds() -> None:
    encoder = Encoder(0.1)
    await encoder.run(5)
    assert encoder.load.step.name == "720p15"


async def test_it_steps_up_once_there_is_room_to_spare_and_not_where_there_would_be_none() -> None:
    encoder = Encoder(0.04)
    await encoder.run(120)
    assert encoder.load.step.name == "720p15"  # 30 frames would take 1.2 of the time
    encoder.busy_s = 0.01
    await encoder.run(MIN_HOLD_S + 5)
    assert encoder.load.step == STEPS[0]


def test_a_step_up_that_fails_is_tried_less_and_less_often() -> None:
    load = EncoderLoad()
    now, ups = 0.0, []
    before = load.step
    while now < 3600:
        now += 0.1
        # Whatever it costs, the whole picture is too much: another program takes the rest.
        load.on_frame(0.095 if load.step == STEPS[0] else 0.02, now)
        if before != load.step == STEPS[0]:
            ups.append(now)
        before = load.step
    waits = [later - earlier for earlier, later in pairwise(ups)]
    assert 5 <= len(ups) <= 12
    assert all(later >= earlier - 5 for earlier, later in pairwise(waits))


def test_a_camera_that_paused_says_nothing_of_the_encoder() -> None:
    load = EncoderLoad()
    for now in range(0, 200, 20):
        load.on_frame(19.0, now)
    assert load.step == STEPS[0]


async def test_the_end_of_the_camera_ends_the_picture_and_its_stop_the_camera() -> None:
    encoder = Encoder(0.02)
    encoder.camera.stop()
    with pytest.raises(MediaStreamError):
        await encoder.track.recv()
    other = Encoder(0.02)
    other.track.stop()
    assert other.camera.readyState == "ended"


def test_the_encoder_follows_the_bridges_estimate_up_to_the_bit_rate_of_a_pages_large_layer() -> None:
    encoder = Vp8Encoder()
    for estimate, used in ((4_000_000, MAX_PICTURE_BPS), (2_000_000, 2_000_000), (700_000, 700_000)):
        encoder.target_bitrate = estimate
        assert encoder.target_bitrate == used
