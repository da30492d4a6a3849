"""How sound switches: in a quiet moment, and soon."""

from __future__ import annotations

import struct

from bridge.destination.slots import DTX_GAP_S, MAX_CHANNEL_WAIT_S, MAX_QUIET_WAIT_S, AudioSlot
from bridge.rtp.clock import ProgramClock
from bridge.rtp.rewriters import QUIET_DBOV
from tests.unit.bridge.peers import NOW, NTP, FakePeer, FakeVenue

LOUD, LOW = 20, -round(QUIET_DBOV) + 5
"""dB below full scale."""
STEP = 0.02


class SoundHarness:
    """A slot that shows the sound of Krefeld, and Tokio as its next source."""

    def __init__(self, *, level: int | None = LOUD, name: str = "mic1") -> None:
        self.one, self.two = FakeVenue("krefeld", 10), FakeVenue("tokio", 20)
        self.slot, self.peer = AudioSlot(name, 6, 109, 500), FakePeer()
        self.slot.connect(self.peer.send_rtp, ProgramClock(NOW, NTP, 7))
        self.slot.show(self.one.source.audio, NOW)
        self.one.speak(NOW, level=level)
        self.take_heard()

    def take_heard(self) -> list[str]:
        """The names of the sources sent since the last call."""
        names = [data[12:].decode().removeprefix("voice of ") for data in self.peer.rtp]
        self.peer.rtp.clear()
        return names


def test_a_microphone_runs_on_until_it_is_quiet() -> None:
    """A switch in the middle of a word would click."""
    harness = SoundHarness()
    harness.slot.show(harness.two.source.audio, NOW)
    for step in range(1, 6):
        harness.one.speak(NOW + step * STEP, level=LOUD if step < 4 else LOW)
        harness.two.speak(NOW + step * STEP, level=LOUD)
    assert harness.take_heard() == ["krefeld"] * 4 + ["tokio"] * 2
    assert harness.one.source.audio
    assert harness.one.source.audio.subscribers == ()


def test_the_switch_waits_150_ms_at_most() -> None:
    """A long speech does not hold up the next speaker."""
    harness = SoundHarness()
    harness.slot.show(harness.two.source.audio, NOW)
    for step in range(1, 15):
        harness.one.speak(NOW + step * STEP, level=LOUD)
        harness.two.speak(NOW + step * STEP, level=LOUD)
    heard = harness.take_heard()
    assert heard == sorted(heard)
    assert heard.count("krefeld") == round(MAX_QUIET_WAIT_S / STEP)


def test_another_channel_is_sent_within_80_ms() -> None:
    """A listener who has chosen it waits for it. The path and the listener's buffer have the rest of 200 ms."""
    harness = SoundHarness(name="interpretation")
    harness.slot.show(harness.two.source.audio, NOW)
    for step in range(1, 15):
        harness.one.speak(NOW + step * STEP, level=LOUD)
        harness.two.speak(NOW + step * STEP, level=LOUD)
    heard = harness.take_heard()
    assert heard == sorted(heard)
    assert heard.count("krefeld") == round(MAX_CHANNEL_WAIT_S / STEP)


def test_a_microphone_ends_in_time_also_if_the_next_is_silent() -> None:
    harness = SoundHarness()
    harness.slot.show(harness.two.source.audio, NOW)
    harness.slot.tick(NOW + MAX_QUIET_WAIT_S / 2)
    harness.one.speak(NOW + MAX_QUIET_WAIT_S / 2, level=LOUD)
    harness.slot.tick(NOW + MAX_QUIET_WAIT_S)
    harness.one.speak(NOW + MAX_QUIET_WAIT_S, level=LOUD)
    harness.two.speak(NOW + 3, level=LOUD)
    assert harness.take_heard() == ["krefeld", "tokio"]


def test_a_microphone_that_sends_nothing_is_quiet() -> None:
    """With DTX a silence has no packets, and the last one before it may be loud."""
    harness = SoundHarness()
    harness.slot.show(harness.two.source.audio, NOW + DTX_GAP_S)
    harness.two.speak(NOW + DTX_GAP_S + STEP / 2, level=LOUD)
    assert harness.take_heard() == ["tokio"]


def test_a_microphone_without_levels_is_not_waited_for() -> None:
    """Its quiet moments are unknown."""
    harness = SoundHarness(level=None)
    harness.slot.show(harness.two.source.audio, NOW)
    harness.two.speak(NOW + 0.001, level=LOUD)
    harness.one.speak(NOW + 0.002)
    assert harness.take_heard() == ["tokio"]


def test_closing_takes_effect_at_once() -> None:
    """A speaker whose microphone is shown as closed must not be heard."""
    harness = SoundHarness()
    harness.slot.show(harness.two.source.audio, NOW)
    harness.slot.show(None, NOW)
    harness.one.speak(NOW, level=LOUD)
    harness.two.speak(NOW, level=LOUD)
    assert harness.take_heard() == []


def test_opening_takes_effect_at_once_in_an_empty_slot() -> None:
    """The first word counts."""
    harness = SoundHarness()
    harness.slot.show(None, NOW)
    harness.slot.show(harness.two.source.audio, NOW)
    harness.two.speak(NOW, level=LOUD)
    assert harness.take_heard() == ["tokio"]


def test_a_switch_cancelled_in_time_changes_nothing() -> None:
    """Requested again, it waits again."""
    harness = SoundHarness()
    harness.slot.show(harness.two.source.audio, NOW)
    harness.slot.show(harness.one.source.audio, NOW + 0.1)
    harness.slot.tick(NOW + 1)
    harness.one.speak(NOW + 1, level=LOUD)
    harness.slot.show(harness.two.source.audio, NOW + 1)
    harness.two.speak(NOW + 1.01, level=LOUD)
    harness.one.speak(NOW + 1.01, level=LOUD)
    assert harness.take_heard() == ["krefeld", "krefeld"]


def test_a_switch_requested_twice_does_not_wait_twice() -> None:
    """Every routing names all sources."""
    harness = SoundHarness()
    harness.slot.show(harness.two.source.audio, NOW)
    harness.slot.show(harness.two.source.audio, NOW + 0.15)
    harness.one.speak(NOW + 0.19, level=LOUD)
    harness.two.speak(NOW + MAX_QUIET_WAIT_S, level=LOUD)
    assert harness.take_heard() == ["krefeld", "tokio"]


def test_a_dtx_gap_is_sent_on_unchanged() -> None:
    """The timestamp jumps by the time that passed, the sequence number does not, and neither is corrected."""
    harness = SoundHarness()
    first = 48_000 * 30 // 960
    harness.one.speak(NOW + 30, level=LOUD, pause=first - 1)
    harness.slot.tick(NOW + 30)
    harness.one.speak(NOW + 30 + STEP, level=LOUD)
    heads = [struct.unpack_from("!BBHL", data) for data in harness.peer.rtp]
    start = ProgramClock(NOW, NTP, 7).timestamp(NOW, 48_000)
    assert [head[2] for head in heads] == [501, 502]
    assert [head[3] for head in heads] == [start + 30 * 48_000, start + 30 * 48_000 + 960]
    assert all(head[1] == 109 for head in heads)
