"""Whether somebody speaks into one microphone, by level traces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.source.voice import ATTACK_PACKETS, MAX_STEADY_S, PEAK_WINDOW_S, VoiceActivity
from tests.unit.bridge.traces import PACKET_S, Trace, applause, cough, packets, room, speech, then

SPEAKS_S = 0.2


def heard(trace: Trace) -> list[bool]:
    """For each packet whether there was a voice in the last 0.2 s."""
    voice, found = VoiceActivity(), []
    for n, level in enumerate(trace):
        voice.hear(level, n * PACKET_S)
        found.append(n * PACKET_S - voice.spoke_at <= SPEAKS_S)
    return found


@pytest.mark.parametrize("seed", range(20))
def test_a_voice_is_found_within_100_ms_and_its_beginning_is_known(seed: int) -> None:
    """60 ms, and a consonant that is hardly above the room."""
    voice = VoiceActivity()
    for n, level in enumerate(room(3, seed=seed)):
        voice.hear(level, n * PACKET_S)
    for n, level in enumerate(speech(0.1, seed=seed)):
        voice.hear(level, 3 + n * PACKET_S)
    assert 3 <= voice.began_at <= 3.04
    assert voice.spoke_at >= 3.04


@pytest.mark.parametrize("seed", range(20))
def test_speech_is_a_voice_all_the_time_but_in_a_breath(seed: int) -> None:
    found = heard(then(room(2), speech(20, seed=seed)))[packets(2.1) :]
    assert sum(found) > 0.75 * len(found)


def test_a_click_is_no_voice() -> None:
    trace = then(room(2), [-10] * (ATTACK_PACKETS - 1), room(1), [-10], room(1))
    assert not any(heard(trace))


def test_a_cough_is_over_soon() -> None:
    assert sum(heard(then(room(2), cough(), room(3)))) <= packets(0.25 + SPEAKS_S)


@pytest.mark.parametrize("level", [-62, -50, -40, -30])
def test_a_steady_room_is_no_voice(level: int) -> None:
    """However loud its fans are."""
    assert not any(heard(room(20, level)))


@pytest.mark.parametrize("seed", range(10))
def test_applause_is_no_voice_after_two_seconds(seed: int) -> None:
    found = heard(then(room(2), applause(10, seed=seed)))
    assert not any(found[packets(2 + 0.5 + MAX_STEADY_S + SPEAKS_S + 0.2) :])


def test_a_voice_is_heard_in_a_noisy_hall() -> None:
    noisy = [max(a, b) for a, b in zip(speech(10, -20.0), room(10, -38), strict=True)]
    found = heard(then(room(5, -38), noisy))
    assert not any(found[: packets(5)])
    assert sum(found[packets(5) :]) > packets(6)


def test_packets_without_a_level_are_silent() -> None:
    voice = VoiceActivity()
    for n in range(100):
        voice.hear(None, n * PACKET_S)
    assert voice.spoke_at < 0
    assert voice.peak(2.0) == -127


def test_a_pause_without_packets_ends_a_voice() -> None:
    """With DTX no packet says that it is quiet."""
    voice = VoiceActivity()
    for n, level in enumerate(then(room(1), [-20] * 10)):
        voice.hear(level, n * PACKET_S)
    for n in range(10):
        voice.hear(-20, 10 + n * PACKET_S)
    assert voice.began_at == 10


def test_the_peak_is_that_of_the_last_moments() -> None:
    """Long enough for an echo, and no longer."""
    voice = VoiceActivity()
    for n, level in enumerate(then([-20], room(PEAK_WINDOW_S / 2 - PACKET_S))):
        voice.hear(level, n * PACKET_S)
    assert voice.peak(PEAK_WINDOW_S / 2) == -20
    for n, level in enumerate(room(0.1)):
        voice.hear(level, PEAK_WINDOW_S / 2 + 0.01 + n * PACKET_S)
    assert voice.peak(PEAK_WINDOW_S / 2 + 0.11) == -20
    for n, level in enumerate(room(1)):
        voice.hear(level, PEAK_WINDOW_S + n * PACKET_S)
    assert voice.peak(PEAK_WINDOW_S + 1) < -50
    assert voice.peak(10) == -127


@given(
    st.lists(
        st.tuples(st.none() | st.integers(-127, 0), st.floats(0, 5, allow_nan=False)),
        min_size=1,
        max_size=200,
    )
)
def test_whatever_is_heard_a_voice_began_before_it_spoke(trace: list[tuple[int | None, float]]) -> None:
    voice, now = VoiceActivity(), 0.0
    for level, pause in trace:
        now += pause
        voice.hear(level, now)
        assert voice.spoke_at <= now
        assert voice.spoke_at == float("-inf") or voice.began_at > float("-inf")
        assert -127 <= voice.peak(now) <= 0
