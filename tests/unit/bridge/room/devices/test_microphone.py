"""A microphone is recorded in stereo, in step with the clock, and again when it is back."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import time
from array import array
from pathlib import Path

import av
import pytest

from bridge.room.devices.input import DeviceInput
from bridge.room.devices.microphone import (
    MAX_DRIFT_S,
    MicrophoneTrack,
    RoomMicrophone,
    SampleClock,
    _encoder,
    fault_status,
)
from bridge.room.player import VIDEO_CLOCK_RATE
from bridge.room.tone import PACKET_SAMPLES, SAMPLE_RATE, sine
from tests.cables import install_arecord

PACKET_S = PACKET_SAMPLES / SAMPLE_RATE
ALSA = "</usr/share/alsa/alsa.conf>\npcm.nothing { type null }\n"


def stereo(left: int, right: int) -> bytes:
    """A second of two tones."""
    samples = array("h")
    for pair in zip(sine(left, SAMPLE_RATE), sine(right, SAMPLE_RATE), strict=True):
        samples.extend(pair)
    return samples.tobytes()


def stamps(clock: SampleClock, seconds: int, packet_s: float, start: float = 0.0) -> list[int | None]:
    return [clock.stamp(start + n * packet_s) for n in range(round(seconds / packet_s))]


def test_the_timestamps_of_an_exact_sound_card_have_no_gap() -> None:
    assert stamps(SampleClock(), 60, PACKET_S) == [n * PACKET_SAMPLES for n in range(3000)]


@pytest.mark.parametrize("ppm", [-100, 100])
def test_a_sound_card_that_is_fast_or_slow_stays_with_the_clock_for_three_hours(ppm: int) -> None:
    clock, packet_s = SampleClock(), PACKET_S * (1 + ppm / 1e6)
    found = stamps(clock, 10_800, packet_s)
    away = [n * packet_s - stamp / SAMPLE_RATE for n, stamp in enumerate(found) if stamp is not None]
    assert max(map(abs, away)) < 2 * MAX_DRIFT_S
    sent = [stamp for stamp in found if stamp is not None]
    steps = {after - before for before, after in itertools.pairwise(sent)}
    assert steps <= {PACKET_SAMPLES, 2 * PACKET_SAMPLES}
    assert (None in found) == (ppm < 0), "a fast one's packet is discarded now and then"


def test_a_stall_of_the_machine_that_the_pipe_bridges_loses_nothing() -> None:
    clock = SampleClock()
    before = stamps(clock, 10, PACKET_S)
    late = [clock.stamp(10.2) for _ in range(10)]  # the packets of 200 ms at once
    after = stamps(clock, 10, PACKET_S, start=10.2)
    assert before + late + after == [n * PACKET_SAMPLES for n in range(1010)]


def test_after_a_pause_the_timestamps_follow_the_clock() -> None:
    clock = SampleClock()
    stamps(clock, 1, PACKET_S)
    assert clock.stamp(31.0) == 31 * SAMPLE_RATE
    clock.restart()
    assert clock.stamp(31.5) == 31.5 * SAMPLE_RATE
    clock.restart()
    assert clock.stamp(31.5) == 31.5 * SAMPLE_RATE + PACKET_SAMPLES, "never backwards"


def test_both_channels_are_kept_apart_and_low_tones_are_not_filtered() -> None:
    encoder, decoder = _encoder(), av.AudioCodecContext.create("libopus", "r")
    decoder.sample_rate, decoder.layout = SAMPLE_RATE, "stereo"
    samples, decoded = stereo(50, 4000), array("h")
    resampler = av.AudioResampler(format="s16", layout="stereo", rate=SAMPLE_RATE)
    for n in range(50):
        frame = av.AudioFrame(format="s16", layout="stereo", samples=PACKET_SAMPLES)
        frame.sample_rate, frame.pts = SAMPLE_RATE, n * PACKET_SAMPLES
        frame.planes[0].update(samples[n * 3840 : (n + 1) * 3840])
        for packet in encoder.encode(frame):
            for one in decoder.decode(av.Packet(bytes(packet))):
                for pcm in resampler.resample(one):
                    decoded.frombytes(bytes(pcm.planes[0])[: pcm.samples * 4])
    left, right = (
        decoded[SAMPLE_RATE : SAMPLE_RATE + 9600 : 2],
        decoded[SAMPLE_RATE + 1 : SAMPLE_RATE + 9601 : 2],
    )
    loudest = max(sine(50, SAMPLE_RATE))
    assert max(left) == pytest.approx(loudest, rel=0.15), "50 Hz, as of a double bass"
    crossings = [sum((a < 0) != (b < 0) for a, b in itertools.pairwise(one)) for one in (left, right)]
    assert crossings == [pytest.approx(10, abs=2), pytest.approx(800, abs=20)], "of 100 ms"


async def becomes(devices: DeviceInput, status: str) -> None:
    async with asyncio.timeout(60):
        while devices.status(time.monotonic())["microphone"] != status:  # noqa: ASYNC110 - nothing reports it
            await asyncio.sleep(0.02)


async def test_a_microphone_that_is_unplugged_is_lost_and_works_again_when_it_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plug = tmp_path / "plug"
    install_arecord(tmp_path / "bin", plug)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    devices = DeviceInput(None, "mixer")
    task = asyncio.create_task(devices.run())
    try:
        await becomes(devices, "missing")
        video, track = await devices.open()
        assert video is None
        assert isinstance(track, MicrophoneTrack)
        plug.write_bytes(stereo(440, 440))
        first = await track.recv()
        await becomes(devices, "works")
        assert -30 < track.level < 0
        plug.unlink()
        await becomes(devices, "lost")
        plug.write_bytes(stereo(440, 440))
        await becomes(devices, "works")
        again = await track.recv()
        assert again.pts is not None
        assert first.pts is not None
        assert again.pts > first.pts
    finally:
        task.cancel()
        await asyncio.wait([task])


@pytest.mark.skipif(
    shutil.which("arecord") is None, reason="needs arecord; on Debian: apt-get install alsa-utils"
)
async def test_the_real_arecord_names_a_device_that_is_not_there_and_records_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configuration = tmp_path / "asound.conf"
    configuration.write_text(ALSA)
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(configuration))
    for name, status in (("no_such_device", "missing"), ("nothing", "works")):
        microphone = RoomMicrophone(name, time.monotonic())
        task = asyncio.create_task(microphone.run())
        async with asyncio.timeout(60):
            while microphone.status(time.monotonic()) != status:  # noqa: ASYNC110 - nothing reports it
                await asyncio.sleep(0.02)
        task.cancel()
        await asyncio.wait([task])


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("arecord: main:831: audio open error: Device or resource busy", "busy"),
        ("aplay: main:831: audio open error: Permission denied", "denied"),
        ("arecord: pcm_read:2221: read error: No such device", "missing"),
    ],
)
def test_what_alsa_says_is_a_status(text: str, status: str) -> None:
    assert fault_status(text) == status


async def test_without_arecord_the_fault_names_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    devices = DeviceInput(None, "default")
    task = asyncio.create_task(devices.run())
    await becomes(devices, "failed")
    task.cancel()
    await asyncio.wait([task])


async def test_picture_and_sound_of_one_instant_have_timestamps_of_one_clock() -> None:
    devices = DeviceInput("camera", "mixer")
    tracks = await devices.open()
    assert tracks.video is not None
    assert tracks.audio is not None
    assert devices._camera is not None
    assert devices._microphone is not None
    at = devices._origin + 5.0
    devices._camera.frames.put((at, av.VideoFrame(640, 360, "yuv420p")))
    for n in range(2):  # the encoder keeps the first one
        devices._microphone._on_samples(bytes(4 * PACKET_SAMPLES), at + n * PACKET_S)
    picture, sound = await tracks.video.recv(), await tracks.audio.recv()
    assert picture.pts is not None
    assert sound.pts is not None
    assert picture.pts / VIDEO_CLOCK_RATE == pytest.approx(5.0, abs=0.001)
    assert sound.pts / SAMPLE_RATE == pytest.approx(5.0, abs=PACKET_S)
