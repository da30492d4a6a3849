"""The tones and their detection."""

from __future__ import annotations

from array import array

import pytest

from bridge.room.tone import PACKET_SAMPLES, PITCHES, SAMPLE_RATE, detect_tones, pitch, sine

EVERY_CODE = range(64)


def mixed(*codes: int, gain: float = 1.0) -> array[int]:
    tones = [sine(pitch(code)) for code in codes]
    return array("h", (round(gain * sum(samples)) for samples in zip(*tones, strict=True)))


@pytest.mark.parametrize("code", EVERY_CODE)
def test_a_tone_is_detected_and_no_other(code: int) -> None:
    assert detect_tones(sine(pitch(code)), EVERY_CODE) == (code,)


def test_up_to_four_places_are_detected_together() -> None:
    assert detect_tones(mixed(0, 1, 2, 3), EVERY_CODE) == (0, 1, 2, 3)


def test_silence_and_faint_sound_are_no_tone() -> None:
    assert detect_tones(array("h", bytes(2 * PACKET_SAMPLES)), EVERY_CODE) == ()
    assert detect_tones(mixed(2, gain=0.02), EVERY_CODE) == ()
    assert detect_tones(array("h"), EVERY_CODE) == ()


def test_noise_is_no_tone() -> None:
    seed, noise = 1, array("h")
    for _ in range(PACKET_SAMPLES):
        seed = seed * 1_103_515_245 + 12_345 & 0x7FFFFFFF
        noise.append((seed >> 16) % 8000 - 4000)
    assert detect_tones(noise, EVERY_CODE) == ()


def test_a_packet_holds_whole_periods_of_every_pitch() -> None:
    """So that packets can follow each other in any order without a click."""
    assert all(hertz % 50 == 0 for hertz in PITCHES)
    assert len(set(PITCHES)) == 64
    assert max(PITCHES) < SAMPLE_RATE / 4 / 2


def test_a_code_beyond_the_last_is_refused() -> None:
    with pytest.raises(ValueError, match="place code 64 is not 0 to 63"):
        pitch(64)
