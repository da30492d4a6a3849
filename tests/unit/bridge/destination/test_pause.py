"""Pauses of the pictures of a receiver whose path is too slow."""

from __future__ import annotations

from itertools import pairwise

from bridge.destination.pause import MAX_PAUSE_S, MIN_PAUSE_S, STEADY_PATH_S, PicturePause
from tests.unit.bridge.peers import FakePeer


def overloaded() -> FakePeer:
    """A path that drops pictures and has sent all that waited."""
    path = FakePeer()
    path.is_dropping = path.is_drained = True
    return path


def pause_length(pause: PicturePause, now: float) -> float:
    """Overload the path at `now`. Returns how long the pause lasts."""
    path = overloaded()
    assert pause.update(path, now)
    at = now
    while path.is_dropping:
        at += 0.1
        assert not pause.update(path, at)
    assert not pause.is_on
    return at - now


def test_nothing_pauses_on_a_path_that_keeps_up() -> None:
    pause = PicturePause()
    assert not pause.update(FakePeer(), 1.0)
    assert not pause.is_on


def test_it_lasts_until_the_path_has_sent_what_waits() -> None:
    pause, path = PicturePause(), overloaded()
    path.is_drained = False
    assert pause.update(path, 1.0)
    pause.update(path, 1.0 + 5 * MIN_PAUSE_S)
    assert pause.is_on
    path.is_drained = True
    pause.update(path, 1.1 + 5 * MIN_PAUSE_S)
    assert not pause.is_on


def test_each_pause_soon_after_another_is_twice_as_long() -> None:
    pause, now, lengths = PicturePause(), 0.0, list[float]()
    for _ in range(7):
        lengths.append(pause_length(pause, now))
        now += lengths[-1] + STEADY_PATH_S / 2
    assert MIN_PAUSE_S <= lengths[0] < MIN_PAUSE_S + 0.2
    assert all(after >= min(MAX_PAUSE_S, 1.5 * before) for before, after in pairwise(lengths))
    assert lengths[-1] < MAX_PAUSE_S + 0.2
    assert pause_length(pause, now + STEADY_PATH_S) < MIN_PAUSE_S + 0.2


def test_a_peer_that_has_moved_to_another_path_does_not_wait() -> None:
    pause, path = PicturePause(), overloaded()
    pause.update(path, 1.0)
    pause.update(FakePeer(), 1.1)
    assert not pause.is_on
