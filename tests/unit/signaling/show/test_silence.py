"""A channel that a booth feeds and that is silent although the floor speaks, found from levels alone."""

from __future__ import annotations

from collections.abc import Sequence

from config.model import Booth
from config.times import Duration, plus
from signaling.show.silence import SILENT_ALARM_S, SilenceDetector
from signaling.show.voice import SILENCE_DBOV
from tests.unit.signaling.show.build import Desk, clock, seen
from tests.unit.signaling.show.test_voice import applause, quiet, speech

DAY = (
    "a start: 10:00, duration: 10m, language: de",
    "b duration: 10m, source: tokio, language: ja",
    "c duration: 10m, type: break",
)
LANGUAGES = ("de", "ja")
BOOTHS = (Booth("kabine", "Kabine 1", LANGUAGES, 2), Booth("zweite", "Kabine 2", LANGUAGES, 1))


class Listener:
    """A show in which a booth interprets into Japanese from 10:00, and what the detector hears of it."""

    def __init__(self) -> None:
        self.desk = Desk(*DAY, languages=LANGUAGES, booths=BOOTHS)
        for seat in ("kabine/1", "kabine/2", "zweite/1"):
            self.desk.report("09:50", seat, "live")
        self.desk.do("10:00", "start")
        self.switch("kabine", "1", on=True)
        self.detector = SilenceDetector()
        self.now = clock("10:00")

    def switch(self, booth: str, seat: str, *, on: bool) -> None:
        self.desk.do("10:00", "interpret", booth=booth, seat=seat, open=on)

    def hear(self, **traces: Sequence[float]) -> None:
        """Traces by source, with `_` for `/`."""
        named = {source.replace("_", "/"): trace for source, trace in traces.items()}
        for n in range(max(map(len, named.values()))):
            self.now = plus(self.now, Duration(100))
            self.detector.hear(
                self.desk.show, {source: t[n] for source, t in named.items() if n < len(t)}, self.now
            )

    @property
    def silent_s(self) -> float | None:
        silence = self.detector.silences.get("ja")
        return None if silence is None else silence.spoken_s

    @property
    def alarms(self) -> set[str]:
        return set(self.detector.alarms())


def test_a_booth_that_is_silent_while_the_floor_speaks_is_an_alarm_after_ten_seconds_of_speech() -> None:
    show = Listener()
    show.hear(krefeld=[*quiet(2), *speech(9)], kabine_1=quiet(11))
    assert not show.alarms
    show.hear(krefeld=speech(3), kabine_1=quiet(3))
    assert show.alarms == {"ja"}
    begun, since = clock("10:00"), show.detector.alarms()["ja"]
    assert plus(begun, Duration(2_000)) < since < plus(begun, Duration(3_000)), "the floor's first words"


def test_silence_on_the_floor_does_not_count_nor_does_applause() -> None:
    show = Listener()
    show.hear(krefeld=speech(4), kabine_1=quiet(4))
    spoken = show.silent_s
    assert spoken is not None
    assert 0 < spoken <= 4
    show.hear(krefeld=quiet(60), kabine_1=quiet(60))
    show.hear(krefeld=applause(20), kabine_1=quiet(22))
    assert show.silent_s is not None
    assert show.silent_s < spoken + 1.5
    assert not show.alarms


def test_speech_in_the_channel_begins_anew_and_ends_the_alarm() -> None:
    show = Listener()
    show.hear(krefeld=speech(20), kabine_1=quiet(20))
    assert show.alarms
    show.hear(krefeld=speech(3), kabine_1=speech(3, seed=2))
    assert not show.alarms
    show.hear(krefeld=speech(5), kabine_1=quiet(5))
    assert not show.alarms, "five seconds of ten"


def test_either_seat_of_a_hand_over_is_the_channel() -> None:
    show = Listener()
    show.hear(krefeld=speech(8), kabine_1=quiet(8))
    show.switch("kabine", "2", on=True)
    show.hear(krefeld=speech(4), kabine_1=quiet(4), kabine_2=speech(4, seed=3))
    assert not show.alarms
    assert show.silent_s is not None
    assert show.silent_s < 1


def test_a_hum_and_a_microphone_that_sends_no_more_levels_are_no_speech() -> None:
    show = Listener()
    show.hear(krefeld=speech(9), kabine_1=[-35.0] * 90)
    show.hear(krefeld=speech(9), kabine_1=[])
    assert show.alarms == {"ja"}


def test_a_seat_that_has_sent_no_level_is_not_judged() -> None:
    show = Listener()
    show.hear(krefeld=speech(30))
    assert show.silent_s is None


def test_a_channel_that_is_not_needed_or_not_fed_is_not_silent() -> None:
    show = Listener()
    show.hear(krefeld=speech(20), kabine_1=[SILENCE_DBOV] * 200)
    assert seen_alarm(show) is not None
    show.desk.report("10:00", "kabine/1", "absent")
    assert seen_alarm(show) is None, "unfed, before another level arrives"
    show.hear(krefeld=speech(1))
    assert not show.alarms
    show.desk.report("10:00", "kabine/1", "live")
    show.desk.do("10:00", "floor", language="ja")
    show.hear(krefeld=speech(20), kabine_1=quiet(20))
    assert show.alarms == {"de"}, "the booth's other channel now"


def test_another_booth_has_ten_seconds_of_its_own() -> None:
    show = Listener()
    show.hear(krefeld=speech(20), kabine_1=quiet(20), zweite_1=quiet(20))
    assert show.alarms
    show.switch("zweite", "1", on=True)
    show.switch("kabine", "1", on=False)
    show.hear(krefeld=speech(6), zweite_1=quiet(6))
    assert not show.alarms
    show.hear(krefeld=speech(10), zweite_1=quiet(10))
    assert show.alarms


def test_the_state_says_since_when_a_channel_is_silent() -> None:
    show = Listener()
    show.hear(krefeld=speech(9), kabine_1=quiet(9))
    assert seen_alarm(show) is None
    show.hear(krefeld=speech(9), kabine_1=quiet(9))
    assert str(seen_alarm(show)).startswith("2018-09-15T10:00:0")
    assert SILENT_ALARM_S == 10


def seen_alarm(show: Listener) -> object:
    view = seen(show.desk.show, show.now, silences=show.detector.alarms())
    return view.rest["languages"]["ja"]["silent_since"]
