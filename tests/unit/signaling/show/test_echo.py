"""Echo of the programme in a hall's microphone, found from levels alone."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Mapping, Sequence

import pytest

from signaling.show.echo import EchoDetector
from signaling.show.loudness import PacketLevels
from tests.unit.signaling.show.envelopes import (
    PACKETS_PER_S,
    Levels,
    conversation,
    echo,
    room,
    talker,
    together,
    with_gain_control,
)

Talk = Callable[[random.Random, float], tuple[Levels, Levels]]
SECONDS = 40.0
BOTH = {"berlin": ("krefeld",), "krefeld": ("berlin",)}
"""Both have open microphones, and are sent each other's."""


class Heard:
    """A detector and the time at which it hears. Packets come up to 60 ms late, and their times are off by 5 ms."""

    def __init__(self, seed: int = 1) -> None:
        self.detector = EchoDetector()
        self.now = 1_000.0
        self.draw = random.Random(seed)
        self.found: list[dict[str, str]] = []
        """After each tenth of a second."""

    def hear(
        self, sounds: Mapping[str, Sequence[float]], sent: Mapping[str, Collection[str]] = BOTH
    ) -> Heard:
        begin = self.now
        length = max(map(len, sounds.values())) / PACKETS_PER_S
        waiting = {
            source: [
                (at + self.draw.uniform(0, 0.06), at + self.draw.gauss(0, 0.005), level)
                for n, level in enumerate(levels)
                if (at := begin + n / PACKETS_PER_S)
            ]
            for source, levels in sounds.items()
        }
        while self.now < begin + length:
            self.now += 0.1
            arrived = {
                source: [(due, level) for at, due, level in packets if self.now - 0.1 <= at < self.now]
                for source, packets in waiting.items()
            }
            self.detector.hear({s: packets for s, packets in arrived.items() if packets}, sent, self.now)
            self.found.append(self.detector.echoes())
        return self

    @property
    def after_s(self) -> float | None:
        """Until the first echo was found."""
        return next((n / 10 for n, echoes in enumerate(self.found) if echoes), None)


def independent(draw: random.Random, seconds: float) -> tuple[Levels, Levels]:
    return talker(draw, seconds), together(talker(draw, seconds), room(draw, seconds))


def in_turns(draw: random.Random, seconds: float) -> tuple[Levels, Levels]:
    mine, yours = conversation(draw, seconds)
    krefeld = talker(draw, seconds, has_turn=mine)
    return together(krefeld, room(draw, seconds)), together(
        talker(draw, seconds, has_turn=yours), room(draw, seconds)
    )


@pytest.mark.parametrize("talk", [independent, in_turns])
def test_talkers_without_an_echo_are_never_taken_for_one(talk: Talk) -> None:
    """Ten minutes of each, with other voices each minute."""
    for seed in range(10):
        draw = random.Random(seed)
        krefeld, berlin = talk(draw, 60.0)
        heard = Heard(seed).hear({"krefeld": krefeld, "berlin": berlin})
        assert heard.after_s is None, f"seed {seed}"


@pytest.mark.parametrize("db", [-10.0, -20.0, -30.0])
@pytest.mark.parametrize(("delay_s", "rt60_s"), [(0.06, 0.5), (0.25, 1.0), (0.9, 2.0)])
def test_an_echo_over_the_noise_of_a_room_is_found_within_fifteen_seconds(
    db: float, delay_s: float, rt60_s: float
) -> None:
    for seed in range(3):
        draw = random.Random(seed)
        krefeld = talker(draw, 20.0)
        berlin = together(echo(krefeld, db, delay_s, rt60_s), room(draw, 20.0))
        heard = Heard(seed).hear({"krefeld": krefeld, "berlin": with_gain_control(draw, berlin)})
        assert heard.detector.echoes() == {"berlin": "krefeld"}
        assert heard.after_s is not None
        assert heard.after_s < 15, f"seed {seed}"


@pytest.mark.parametrize("db", [-10.0, -20.0])
def test_an_echo_is_found_in_a_conversation(db: float) -> None:
    """The hall speaks itself half of the time, and over the end of the other's turns."""
    times = []
    for seed in range(4):
        draw = random.Random(seed)
        krefeld, berlin = in_turns(draw, 90.0)
        heard = Heard(seed).hear({"krefeld": krefeld, "berlin": together(berlin, echo(krefeld, db, 0.3))})
        assert all(echoes.get("berlin", "krefeld") == "krefeld" for echoes in heard.found)
        assert not any("krefeld" in echoes for echoes in heard.found), "Krefeld's microphone hears no echo"
        times.append(heard.after_s)
    assert all(at is not None and at < 60 for at in times), times


def test_an_echo_ends_once_the_loudspeaker_is_muted_and_the_other_has_spoken_on() -> None:
    draw = random.Random(3)
    krefeld = talker(draw, SECONDS)
    heard = Heard().hear(
        {"krefeld": krefeld, "berlin": together(echo(krefeld, -20, 0.3), room(draw, SECONDS))}
    )
    assert heard.detector.echoes()
    heard.hear({"krefeld": talker(draw, 5.0), "berlin": room(draw, 5.0)})
    assert heard.detector.echoes(), "the last ten seconds had it"
    heard.hear({"krefeld": talker(draw, 20.0), "berlin": room(draw, 20.0)})
    assert not heard.detector.echoes()


def test_silence_ends_no_echo_and_a_closed_microphone_does() -> None:
    draw = random.Random(4)
    krefeld = talker(draw, SECONDS)
    heard = Heard().hear(
        {"krefeld": krefeld, "berlin": together(echo(krefeld, -20, 0.3), room(draw, SECONDS))}
    )
    heard.hear({"krefeld": room(draw, 20.0, -70), "berlin": room(draw, 20.0)})
    assert heard.detector.echoes() == {"berlin": "krefeld"}
    heard.hear({"krefeld": room(draw, 1.0), "berlin": room(draw, 1.0)}, {"krefeld": ()})
    assert not heard.detector.echoes()


def test_of_several_who_are_sent_the_one_who_hears_itself_is_named() -> None:
    draw = random.Random(5)
    krefeld, tokio = talker(draw, SECONDS), talker(draw, SECONDS, loud=-40.0)
    berlin = together(echo(together(tokio, krefeld), -15, 0.4), room(draw, SECONDS))
    sent = {"berlin": ("krefeld", "tokio"), "krefeld": ("berlin", "tokio"), "tokio": ("krefeld", "berlin")}
    heard = Heard().hear({"krefeld": krefeld, "tokio": tokio, "berlin": berlin}, sent)
    assert heard.detector.echoes()["berlin"] == "krefeld"
    assert "krefeld" not in heard.detector.echoes()


def test_a_source_whose_packets_all_come_too_late_is_not_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has no levels, so it can be neither compared nor the talker: the decision raised instead. So in the first
    third of a second of any source."""
    draw = random.Random(5)
    krefeld = talker(draw, SECONDS)
    heard = Heard()
    hear = heard.detector.hear

    def hear_late(
        levels: Mapping[str, PacketLevels], sent: Mapping[str, Collection[str]], now: float
    ) -> None:
        hear({**levels, "tokio": [(now - 1.9, -20.0)]}, sent, now)

    monkeypatch.setattr(heard.detector, "hear", hear_late)
    heard.hear(
        {"krefeld": krefeld, "berlin": together(echo(krefeld, -15, 0.4), room(draw, SECONDS))},
        {"berlin": ("tokio", "krefeld"), "krefeld": ("berlin", "tokio")},
    )
    assert heard.detector.echoes() == {"berlin": "krefeld"}


def test_two_halls_that_hear_a_third_one_both_have_its_echo() -> None:
    draw = random.Random(6)
    tokio = talker(draw, SECONDS)
    halls = {
        name: together(echo(tokio, -18, delay), room(draw, SECONDS))
        for name, delay in (("krefeld", 0.2), ("berlin", 0.35))
    }
    sent = {"berlin": ("krefeld", "tokio"), "krefeld": ("berlin", "tokio"), "tokio": ("krefeld", "berlin")}
    heard = Heard().hear({"tokio": tokio, **halls}, sent)
    assert heard.detector.echoes() == {"berlin": "tokio", "krefeld": "tokio"}


def test_applause_and_silence_are_no_echo() -> None:
    draw = random.Random(7)
    applause = {"krefeld": room(draw, SECONDS, -25), "berlin": room(draw, SECONDS, -25)}
    assert Heard().hear(applause).after_s is None
    assert Heard().hear({"krefeld": [-127.0] * 2_000, "berlin": [-127.0] * 2_000}).after_s is None


def test_a_step_of_the_clock_begins_anew() -> None:
    heard = Heard()
    draw = random.Random(8)
    krefeld = talker(draw, SECONDS)
    heard.hear({"krefeld": krefeld, "berlin": together(echo(krefeld, -20, 0.3), room(draw, SECONDS))})
    heard.now += 60.0
    heard.hear({"krefeld": talker(draw, 1.0), "berlin": room(draw, 1.0)})
    assert not heard.detector.echoes()
