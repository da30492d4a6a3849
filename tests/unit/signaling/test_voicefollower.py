"""Whom the item on air follows by their voice."""

from __future__ import annotations

from signaling.voicefollower import VoiceFollower
from tests.unit.signaling.show.build import Desk

PANEL = "source: krefeld, mics: [krefeld, tokio], follow: voice"


def hear(follower: VoiceFollower, desk: Desk, speaker: str, begin: float, seconds: float = 5.0) -> str | None:
    """What is told last after somebody has spoken for so long."""
    told = None
    for n in range(round(10 * seconds)):
        told = follower.on_levels(desk.show, {speaker: (-20.0, -28.0, -22.0, -60.0)[n % 4]}, begin + n / 10)
    return told


def test_who_speaks_is_told_until_the_show_has_it_on_record() -> None:
    desk, follower = Desk(f"a start: 10:00, duration: 15m, {PANEL}"), VoiceFollower()
    desk.do("10:00", "start")
    assert hear(follower, desk, "krefeld", 0.0) is None
    assert hear(follower, desk, "tokio", 5.0) == "tokio"
    desk.speak("10:01", "tokio")
    assert hear(follower, desk, "tokio", 10.0) is None


def test_only_an_item_that_follows_the_voice_is_listened_to() -> None:
    desk, follower = Desk("a start: 10:00, duration: 15m, with: [tokio]"), VoiceFollower()
    assert hear(follower, desk, "tokio", 0.0) is None
    desk.do("10:00", "start")
    assert hear(follower, desk, "tokio", 5.0) is None


def test_each_item_begins_with_its_own_source() -> None:
    desk, follower = (
        Desk(f"a start: 10:00, duration: 15m, {PANEL}", f"b duration: 15m, {PANEL}"),
        VoiceFollower(),
    )
    desk.do("10:00", "start")
    assert hear(follower, desk, "tokio", 0.0) == "tokio"
    desk.do("10:15", "next")
    assert hear(follower, desk, "krefeld", 5.0) is None


def test_after_a_restart_the_speaker_on_record_goes_on() -> None:
    desk = Desk(f"a start: 10:00, duration: 15m, {PANEL}")
    desk.do("10:00", "start")
    desk.speak("10:01", "tokio")
    assert hear(VoiceFollower(), desk, "tokio", 0.0) is None
    assert hear(VoiceFollower(), desk, "krefeld", 0.0) == "krefeld"
