"""Tones and how they are found."""

from __future__ import annotations

from array import array

import pytest

from bridge.room.tone import PACKET, PITCHES, RATE, heard, pitch, sine

EVERY_CODE = range(64)


def mixed(*codes: int, gain: float = 1.0) -> array[int]:
    tones = [sine(pitch(code)) for code in codes]
    return array("h", (round(gain * sum(samples)) for samples in zip(*tones, strict=True)))


@pytest.mark.parametrize("code", EVERY_CODE)
def test_a_tone_is_found_and_no_other(code: int) -> None:
    assert heard(sine(pitch(code)), EVERY_CODE) == (code,)


def test_up_to_four_places_are_found_together() -> None:
    assert heard(mixed(0, 1, 2, 3), EVERY_CODE) == (0, 1, 2, 3)


def test_silence_and_what_is_too_faint_are_nobody() -> None:
    assert heard(array("h", bytes(2 * PACKET)), EVERY_CODE) == ()
    assert heard(mixed(2, gain=0.02), EVERY_CODE) == ()
    assert heard(array("h"), EVERY_CODE) == ()


def test_noise_is_nobody() -> None:
    seed, noise = 1, array("h")
    for _ in range(PACKET):
        seed = seed * 1_103_515_245 + 12_345 & 0x7FFFFFFF
        noise.append((seed >> 16) % 8000 - 4000)
    assert heard(noise, EVERY_CODE) == ()


def test_a_packet_holds_whole_periods_of_every_pitch() -> None:
    """So that packets can follow each other in any order without a click."""
    assert all(hertz % 50 == 0 for hertz in PITCHES)
    assert len(set(PITCHES)) == 64
    assert max(PITCHES) < RATE / 4 / 2


def test_a_code_beyond_the_last_is_refused() -> None:
    with pytest.raises(ValueError, match="place code 64 is not 0 to 63"):
        pitch(64)
