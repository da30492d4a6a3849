"""The active speaker, found from levels alone.

The traces are made like what a microphone's loudest 20 ms in each tenth of a second is: speech rises and falls with its
syllables and pauses between phrases, applause is steady, a cough is one burst.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import chain, pairwise, repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.show.voice import MIN_CUT_INTERVAL_S, SILENCE_DBOV, ActiveSpeakerDetector

Trace = Sequence[float]
ROOM = -62.0
"""dBov of an empty hall."""


def quiet(seconds: float, level: float = ROOM, seed: int = 0) -> Trace:
    noise = random.Random(seed)
    return [level + noise.uniform(-2, 2) for _ in range(round(10 * seconds))]


def speech(seconds: float, level: float = -26.0, seed: int = 0, breath: float = 0.3) -> Trace:
    """Syllables four times a second, 4 to 12 dB between them, a breath after some 2 s."""
    noise = random.Random(seed)
    levels: list[float] = []
    while len(levels) < round(10 * seconds):
        for _ in range(noise.randint(6, 10)):
            levels += [level + noise.uniform(-3, 3), level - noise.uniform(6, 12)]
        levels += [ROOM + noise.uniform(-2, 8) for _ in range(round(10 * breath))]
    return levels[: round(10 * seconds)]


def applause(seconds: float, level: float = -22.0, seed: int = 0) -> Trace:
    """It rises for half a second, stays steady, then falls to single claps."""
    noise = random.Random(seed)
    swell = [level - 6 * n for n in range(5, 0, -1)]
    steady = [level + noise.uniform(-1.5, 1.5) for _ in range(round(10 * seconds))]
    fading = [level - 3 * n - noise.uniform(0, 2) for n in range(1, 7)]
    claps = [level - 18 - n - (20 if n % 2 else 0) for n in range(6)]
    return [*swell, *steady, *fading, *claps]


def bleed(trace: Trace, by: float = 20.0, late: float = 0.3) -> Trace:
    """The echo of a voice from another hall's loudspeakers, in that hall's microphone."""
    return [*quiet(late), *(max(level - by, ROOM) for level in trace)]


def follow(speaker: str = "krefeld", after: float = 10.0, **traces: Trace) -> list[tuple[float, str]]:
    """Each new active speaker and its time, in seconds from the begin of the traces, which is `after` the last cut."""
    floor = ActiveSpeakerDetector(speaker, -after)
    told = []
    for n in range(max(map(len, traces.values()))):
        levels = {name: trace[n] if n < len(trace) else ROOM for name, trace in traces.items()}
        if (found := floor.hear(levels, levels.keys(), n / 10)) != speaker:
            speaker = found
            told.append((n / 10, found))
    return told


def test_the_picture_goes_to_who_speaks_within_a_second() -> None:
    for seed in range(20):
        ((at, who),) = follow(krefeld=quiet(6), tokio=(*quiet(1), *speech(5, seed=seed)))
        assert who == "tokio"
        assert 1.3 <= at <= 2.0


def test_a_dialogue_is_followed_in_turn() -> None:
    krefeld = (*speech(5, seed=1), *quiet(6), *speech(5, seed=2))
    tokio = (*quiet(5.5), *speech(5, seed=3), *quiet(5.5))
    assert [who for _, who in follow(krefeld=krefeld, tokio=tokio)] == ["tokio", "krefeld"]


def test_silence_keeps_the_last() -> None:
    assert follow(krefeld=(*speech(5), *quiet(60)), tokio=quiet(65, seed=1)) == []


def test_a_cough_does_not_cut_and_neither_do_two() -> None:
    cough = (-20.0, -18.0, -30.0)
    assert follow(krefeld=speech(6), tokio=(*quiet(1), *cough, *quiet(2))) == []
    assert follow(krefeld=quiet(6), tokio=(*quiet(1), *cough, *quiet(0.5), *cough, *quiet(2))) == []


@pytest.mark.parametrize("seed", range(10))
def test_a_short_yes_does_not_cut(seed: int) -> None:
    yes = (-24.0, -30.0, -26.0)
    assert follow(krefeld=speech(6, seed=seed), tokio=(*quiet(2), *yes, *quiet(3))) == []


@pytest.mark.parametrize("seed", range(10))
def test_an_echo_in_another_hall_is_not_somebody_else(seed: int) -> None:
    voice = speech(20, seed=seed, breath=0.6)
    assert follow(krefeld=voice, tokio=bleed(voice, 14.0, 0.5), berlin=bleed(voice, 12.0, 0.1)) == []


@pytest.mark.parametrize("seed", range(10))
def test_while_two_speak_at_once_the_picture_stays_most_of_the_time(seed: int) -> None:
    cuts = follow(krefeld=speech(30, seed=seed), tokio=speech(30, seed=seed + 100))
    assert len(cuts) <= 3


def test_who_goes_on_when_the_other_gives_way_has_the_picture() -> None:
    cuts = follow(krefeld=(*speech(4, seed=5), *quiet(4)), tokio=(*quiet(2), *speech(6, seed=6)))
    assert [who for _, who in cuts] == ["tokio"]
    assert cuts[0][0] >= 4


@pytest.mark.parametrize("level", [-50.0, -35.0, -20.0])
def test_a_steady_noise_is_not_a_voice(level: float) -> None:
    assert follow(krefeld=quiet(20), tokio=(*quiet(2), *quiet(18, level))) == []


def test_a_noise_that_comes_and_goes_is_not_a_voice() -> None:
    fan = [-45.0 + (-4, 0, 3, -1, 4)[n % 5] for n in range(200)]
    assert follow(krefeld=quiet(20), tokio=fan) == []


def test_a_noise_that_began_while_another_spoke_is_known_when_he_stops() -> None:
    fan = [-45.0 + (-4, 0, 3, -1, 4)[n % 5] for n in range(300)]
    assert follow(krefeld=(*speech(20), *quiet(15)), tokio=(*quiet(3), *fan)) == []


def test_a_voice_in_a_noisy_hall_is_heard_all_the_same() -> None:
    noisy = (*quiet(10, -40.0), *(max(level, -40.0) for level in speech(5, -22.0)))
    assert [who for _, who in follow(krefeld=quiet(15), tokio=noisy)] == ["tokio"]


@pytest.mark.parametrize("seed", range(10))
def test_applause_is_not_a_voice(seed: int) -> None:
    claps = (*quiet(1), *applause(8, seed=seed))
    assert follow(krefeld=quiet(12), tokio=claps) == []
    assert follow(krefeld=speech(12, seed=seed), tokio=claps) == []
    assert follow(krefeld=claps, tokio=applause(9, seed=seed + 1), berlin=quiet(12)) == []


def test_a_cut_holds_for_two_seconds() -> None:
    ((at, _),) = follow(after=0.0, krefeld=quiet(5), tokio=speech(5))
    assert MIN_CUT_INTERVAL_S <= at <= MIN_CUT_INTERVAL_S + 1


def test_a_microphone_that_sends_nothing_in_silence_is_silent() -> None:
    floor = ActiveSpeakerDetector("krefeld", -10.0)
    told = []
    for n, level in enumerate(chain(repeat(None, 10), speech(2))):
        told.append(floor.hear({} if level is None else {"tokio": level}, ("krefeld", "tokio"), n / 10))
    assert told[:10] == ["krefeld"] * 10
    assert told[-1] == "tokio"


def test_who_may_not_be_followed_is_not_heard() -> None:
    floor = ActiveSpeakerDetector("krefeld", -10.0)
    for n, level in enumerate(speech(5)):
        assert floor.hear({"tokio": level, "berlin": ROOM}, ("krefeld", "berlin"), n / 10) == "krefeld"


def test_nobody_to_follow_keeps_the_last() -> None:
    assert ActiveSpeakerDetector("krefeld", 0.0).hear({"krefeld": -20.0}, (), 5.0) == "krefeld"


@given(
    st.lists(
        st.dictionaries(st.sampled_from("abc"), st.integers(-127, 0).map(float)), min_size=1, max_size=200
    )
)
def test_whatever_is_heard_cuts_are_two_seconds_apart_and_go_to_who_was_heard(
    levels: list[dict[str, float]],
) -> None:
    floor = ActiveSpeakerDetector("a", 0.0)
    cuts: list[float] = [0.0]
    loudest = dict.fromkeys("abc", SILENCE_DBOV)
    for n, heard in enumerate(levels):
        before = floor.speaker
        loudest = {name: max(level, heard.get(name, SILENCE_DBOV)) for name, level in loudest.items()}
        if (found := floor.hear(heard, "abc", n / 10)) != before:
            cuts.append(n / 10)
            assert loudest[found] > -60
    assert all(later - earlier >= MIN_CUT_INTERVAL_S - 1e-9 for earlier, later in pairwise(cuts))
