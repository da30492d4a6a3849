"""How sound switches: in a quiet moment, and soon."""

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


def test_a_microphone_runs_on_until_it_is_quiet() -> None:
    """A switch in the middle of a word would click."""
    mic = Microphone()
    mic.slot.show(mic.two.source.audio, NOW)
    for step in range(1, 6):
        mic.one.speak(NOW + step * STEP, level=LOUD if step < 4 else LOW)
        mic.two.speak(NOW + step * STEP, level=LOUD)
    assert mic.heard() == ["krefeld"] * 4 + ["tokio"] * 2
    assert mic.one.source.audio
    assert mic.one.source.audio.subscribers == ()


def test_the_switch_waits_150_ms_at_most() -> None:
    """A long speech does not hold up the next speaker."""
    mic = Microphone()
    mic.slot.show(mic.two.source.audio, NOW)
    for step in range(1, 15):
        mic.one.speak(NOW + step * STEP, level=LOUD)
        mic.two.speak(NOW + step * STEP, level=LOUD)
    heard = mic.heard()
    assert heard == sorted(heard)
    assert heard.count("krefeld") == round(MAX_QUIET_WAIT_S / STEP)


def test_a_microphone_ends_in_time_also_if_the_next_is_silent() -> None:
    mic = Microphone()
    mic.slot.show(mic.two.source.audio, NOW)
    mic.slot.tick(NOW + MAX_QUIET_WAIT_S / 2)
    mic.one.speak(NOW + MAX_QUIET_WAIT_S / 2, level=LOUD)
    mic.slot.tick(NOW + MAX_QUIET_WAIT_S)
    mic.one.speak(NOW + MAX_QUIET_WAIT_S, level=LOUD)
    mic.two.speak(NOW + 3, level=LOUD)
    assert mic.heard() == ["krefeld", "tokio"]


def test_a_microphone_that_sends_nothing_is_quiet() -> None:
    """With DTX a silence has no packets, and the last one before it may be loud."""
    mic = Microphone()
    mic.slot.show(mic.two.source.audio, NOW + DTX_GAP_S)
    mic.two.speak(NOW + DTX_GAP_S + STEP / 2, level=LOUD)
    assert mic.heard() == ["tokio"]


def test_a_microphone_without_levels_is_not_waited_for() -> None:
    """Its quiet moments are unknown."""
    mic = Microphone(level=None)
    mic.slot.show(mic.two.source.audio, NOW)
    mic.two.speak(NOW + 0.001, level=LOUD)
    mic.one.speak(NOW + 0.002)
    assert mic.heard() == ["tokio"]


def test_closing_takes_effect_at_once() -> None:
    """A speaker whose microphone is shown as closed must not be heard."""
    mic = Microphone()
    mic.slot.show(mic.two.source.audio, NOW)
    mic.slot.show(None, NOW)
    mic.one.speak(NOW, level=LOUD)
    mic.two.speak(NOW, level=LOUD)
    assert mic.heard() == []


def test_opening_takes_effect_at_once_in_an_empty_slot() -> None:
    """The first word counts."""
    mic = Microphone()
    mic.slot.show(None, NOW)
    mic.slot.show(mic.two.source.audio, NOW)
    mic.two.speak(NOW, level=LOUD)
    assert mic.heard() == ["tokio"]


def test_a_switch_cancelled_in_time_changes_nothing() -> None:
    """Requested again, it waits again."""
    mic = Microphone()
    mic.slot.show(mic.two.source.audio, NOW)
    mic.slot.show(mic.one.source.audio, NOW + 0.1)
    mic.slot.tick(NOW + 1)
    mic.one.speak(NOW + 1, level=LOUD)
    mic.slot.show(mic.two.source.audio, NOW + 1)
    mic.two.speak(NOW + 1.01, level=LOUD)
    mic.one.speak(NOW + 1.01, level=LOUD)
    assert mic.heard() == ["krefeld", "krefeld"]


def test_a_switch_requested_twice_does_not_wait_twice() -> None:
    """Every routing names all sources."""
    mic = Microphone()
    mic.slot.show(mic.two.source.audio, NOW)
    mic.slot.show(mic.two.source.audio, NOW + 0.15)
    mic.one.speak(NOW + 0.19, level=LOUD)
    mic.two.speak(NOW + MAX_QUIET_WAIT_S, level=LOUD)
    assert mic.heard() == ["krefeld", "tokio"]


def test_a_dtx_gap_is_sent_on_unchanged() -> None:
    """The timestamp jumps by the time that passed, the sequence number does not, and neither is corrected."""
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
