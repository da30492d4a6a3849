"""The speaker of an item that follows the voice."""

from __future__ import annotations

from signaling.voicefollower import VoiceFollower
from tests.unit.signaling.show.build import Desk

PANEL = "source: krefeld, mics: [krefeld, tokio], follow: voice"


def hear(follower: VoiceFollower, desk: Desk, speaker: str, begin: float, seconds: float = 5.0) -> str | None:
    """The last result after a source has spoken for some seconds."""
    result = None
    for n in range(round(10 * seconds)):
        result = follower.on_levels(desk.show, {speaker: (-20.0, -28.0, -22.0, -60.0)[n % 4]}, begin + n / 10)
    return result


def test_a_new_speaker_is_returned_until_the_show_has_it() -> None:
    desk, follower = Desk(f"a start: 10:00, duration: 15m, {PANEL}"), VoiceFollower()
    desk.do("10:00", "start")
    assert hear(follower, desk, "krefeld", 0.0) is None
    assert hear(follower, desk, "tokio", 5.0) == "tokio"
    desk.speak("10:01", "tokio")
    assert hear(follower, desk, "tokio", 10.0) is None


def test_other_items_have_no_speaker() -> None:
    desk, follower = Desk("a start: 10:00, duration: 15m, with: [tokio]"), VoiceFollower()
    assert hear(follower, desk, "tokio", 0.0) is None
    desk.do("10:00", "start")
    assert hear(follower, desk, "tokio", 5.0) is None


def test_each_item_starts_with_its_own_source() -> None:
    desk, follower = (
        Desk(f"a start: 10:00, duration: 15m, {PANEL}", f"b duration: 15m, {PANEL}"),
        VoiceFollower(),
    )
    desk.do("10:00", "start")
    assert hear(follower, desk, "tokio", 0.0) == "tokio"
    desk.do("10:15", "next")
    assert hear(follower, desk, "krefeld", 5.0) is None


def test_after_a_restart_the_speaker_of_the_log_stays() -> None:
    desk = Desk(f"a start: 10:00, duration: 15m, {PANEL}")
    desk.do("10:00", "start")
    desk.speak("10:01", "tokio")
    assert hear(VoiceFollower(), desk, "tokio", 0.0) is None
    assert hear(VoiceFollower(), desk, "krefeld", 0.0) == "krefeld"
