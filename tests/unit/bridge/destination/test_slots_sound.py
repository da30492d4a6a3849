"""How sound changes: in a quiet moment, soon, and never in the dark about who may be heard."""

from __future__ import annotations

import struct

from bridge.destination.slots import DTX_GAP_S, MAX_QUIET_WAIT_S, AudioSlot
from bridge.rtp.clock import ProgramClock
from bridge.rtp.rewriters import QUIET_DBOV
from tests.unit.bridge.peers import NOW, NTP, FakePeer, FakeVenue

LOUD, LOW = 20, -round(QUIET_DBOV) + 5
"""dB below full scale."""
STEP = 0.02


class Microphone:
    """A slot that hears Krefeld, and Tokio that is to come."""

    def __init__(self, *, level: int | None = LOUD) -> None:
        self.one, self.two = FakeVenue("krefeld", 10), FakeVenue("tokio", 20)
        self.slot, self.peer = AudioSlot("mic1", 6, 109, 500), FakePeer()
        self.slot.connect(self.peer.send_rtp, ProgramClock(NOW, NTP, 7))
        self.slot.show(self.one.source.audio, NOW)
        self.one.speak(NOW, level=level)
        self.heard()

    def heard(self) -> list[str]:
        """Whose sound went out since the last look."""
        names = [data[12:].decode().removeprefix("voice of ") for data in self.peer.rtp]
        self.peer.rtp.clear()
        return names


def test_a_microphone_runs_on_until_it_is_quiet_and_then_changes() -> None:
    """In the middle of a word it would click."""
    mic = Microphone()
    mic.slot.show(mic.two.source.audio, NOW)
    for step in range(1, 6):
        mic.one.speak(NOW + step * STEP, level=LOUD if step < 4 else LOW)
        mic.two.speak(NOW + step * STEP, level=LOUD)
    assert mic.heard() == ["krefeld"] * 4 + ["tokio"] * 2
    assert mic.one.source.audio
    assert mic.one.source.audio.subscribers == ()


def test_it_is_waited_for_a_fifth_of_a_second_at_most() -> None:
    """Somebody who talks on does not hold the next one up."""
    mic = Microphone()
    mic.slot.show(mic.two.source.audio, NOW)
    for step in range(1, 15):
        mic.one.speak(NOW + step * STEP, level=LOUD)
        mic.two.speak(NOW + step * STEP, level=LOUD)
    heard = mic.heard()
    assert heard == sorted(heard)
    assert heard.count("krefeld") == round(MAX_QUIET_WAIT_S / STEP)


def test_a_microphone_that_goes_goes_though_the_next_is_silent_itself() -> None:
    """Its time is over, whoever comes."""
    mic = Microphone()
    mic.slot.show(mic.two.source.audio, NOW)
    mic.slot.tick(NOW + MAX_QUIET_WAIT_S / 2)
    mic.one.speak(NOW + MAX_QUIET_WAIT_S / 2, level=LOUD)
    mic.slot.tick(NOW + MAX_QUIET_WAIT_S)
    mic.one.speak(NOW + MAX_QUIET_WAIT_S, level=LOUD)
    mic.two.speak(NOW + 3, level=LOUD)
    assert mic.heard() == ["krefeld", "tokio"]


def test_a_microphone_that_sends_nothing_is_quiet() -> None:
    """With DTX a silence has no packets, and the last before it may be loud."""
    mic = Microphone()
    mic.slot.show(mic.two.source.audio, NOW + DTX_GAP_S)
    mic.two.speak(NOW + DTX_GAP_S + STEP / 2, level=LOUD)
    assert mic.heard() == ["tokio"]


def test_a_microphone_that_tells_no_level_is_not_waited_for() -> None:
    """There is no telling when it is quiet."""
    mic = Microphone(level=None)
    mic.slot.show(mic.two.source.audio, NOW)
    mic.two.speak(NOW + 0.001, level=LOUD)
    mic.one.speak(NOW + 0.002)
    assert mic.heard() == ["tokio"]


def test_closing_is_at_once() -> None:
    """Whoever is told that nobody hears him is heard by nobody."""
    mic = Microphone()
    mic.slot.show(mic.two.source.audio, NOW)
    mic.slot.show(None, NOW)
    mic.one.speak(NOW, level=LOUD)
    mic.two.speak(NOW, level=LOUD)
    assert mic.heard() == []


def test_opening_where_nothing_is_heard_is_at_once() -> None:
    """The first word counts."""
    mic = Microphone()
    mic.slot.show(None, NOW)
    mic.slot.show(mic.two.source.audio, NOW)
    mic.two.speak(NOW, level=LOUD)
    assert mic.heard() == ["tokio"]


def test_a_change_taken_back_in_time_changes_nothing() -> None:
    """And said again, it waits anew."""
    mic = Microphone()
    mic.slot.show(mic.two.source.audio, NOW)
    mic.slot.show(mic.one.source.audio, NOW + 0.1)
    mic.slot.tick(NOW + 1)
    mic.one.speak(NOW + 1, level=LOUD)
    mic.slot.show(mic.two.source.audio, NOW + 1)
    mic.two.speak(NOW + 1.01, level=LOUD)
    mic.one.speak(NOW + 1.01, level=LOUD)
    assert mic.heard() == ["krefeld", "krefeld"]


def test_said_twice_a_change_does_not_wait_twice() -> None:
    """Routing is told whole each time."""
    mic = Microphone()
    mic.slot.show(mic.two.source.audio, NOW)
    mic.slot.show(mic.two.source.audio, NOW + 0.15)
    mic.one.speak(NOW + 0.19, level=LOUD)
    mic.two.speak(NOW + MAX_QUIET_WAIT_S, level=LOUD)
    assert mic.heard() == ["krefeld", "tokio"]


def test_a_long_silence_is_passed_on_as_it_is() -> None:
    """DTX: the timestamp leaps as far as time has passed, numbers do not, and neither is mended."""
    mic = Microphone()
    first = 48_000 * 30 // 960
    mic.one.speak(NOW + 30, level=LOUD, pause=first - 1)
    mic.slot.tick(NOW + 30)
    mic.one.speak(NOW + 30 + STEP, level=LOUD)
    heads = [struct.unpack_from("!BBHL", data) for data in mic.peer.rtp]
    start = ProgramClock(NOW, NTP, 7).timestamp(NOW, 48_000)
    assert [head[2] for head in heads] == [501, 502]
    assert [head[3] for head in heads] == [start + 30 * 48_000, start + 30 * 48_000 + 960]
    assert all(head[1] == 109 for head in heads)
