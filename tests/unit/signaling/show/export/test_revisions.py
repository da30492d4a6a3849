"""Which items are revised, and when."""

from __future__ import annotations

from config.times import Instant, format_time
from signaling.show import core
from signaling.show.export.revisions import Revisions
from signaling.show.facts import Fact
from tests.unit.signaling.show.build import BERLIN, Desk, clock, event, text

AGENDA = (
    "a start: 10:00, duration: 10m",
    "b duration: 10m",
    "c start: 10:40, duration: 10m",
    "d duration: 10m",
)


class LoggedDesk:
    """A desk and its revisions: each call of the desk is an entry of the log."""

    def __init__(self, *agenda: str) -> None:
        self.desk = Desk(*agenda)
        self.log: list[tuple[Instant, tuple[Fact, ...]]] = [(clock("09:00"), tuple(self.desk.facts))]
        self.event = event(*agenda)

    def do(self, at: str, command: str, **fields: object) -> None:
        known = len(self.desk.facts)
        self.desk.do(at, command, **fields)
        self.log.append((clock(at), tuple(self.desk.facts[known:])))

    def lose(self, at: str, source: str) -> None:
        known = len(self.desk.facts)
        self.desk.report(at, source, "stalled")
        self.log.append((clock(at), tuple(self.desk.facts[known:])))

    def revisions(self) -> Revisions:
        made = Revisions(self.event)
        for at, facts in self.log:
            made.add(at, facts)
        return made

    def published(self, now: str) -> dict[str, tuple[str, str | None]]:
        """By item: its published begin and its revision."""
        return {
            entry.item.id: (
                format_time(entry.span.start, BERLIN),
                None if entry.revised is None else format_time(entry.revised, BERLIN),
            )
            for entry in self.revisions().published_items(clock(now))
        }


def test_before_anything_has_happened_nothing_is_revised() -> None:
    assert LoggedDesk(*AGENDA).published("09:59") == {
        "a": ("10:00", None),
        "b": ("10:10", None),
        "c": ("10:40", None),
        "d": ("10:50", None),
    }


def test_a_command_revises_the_items_that_it_moves_and_no_others() -> None:
    show = LoggedDesk(*AGENDA)
    show.do("10:00", "start")
    show.do("10:05", "extend", seconds=300)
    assert show.published("10:06") == {
        "a": ("10:00", "10:05"),
        "b": ("10:15", "10:05"),
        "c": ("10:40", None),  # the gap takes it
        "d": ("10:50", None),
    }


def test_what_is_revised_stays_so_until_it_changes_again() -> None:
    show = LoggedDesk(*AGENDA)
    show.do("10:00", "start")
    show.do("10:05", "extend", seconds=300)
    show.do("10:12", "skip", item="d")
    show.lose("10:13", "tokio")
    assert {id: revised for id, (_, revised) in show.published("10:14").items()} == {
        "a": "10:05",
        "b": "10:05",
        "c": None,
        "d": "10:12",
    }


def test_an_overrun_revises_what_it_moves_once_a_minute() -> None:
    show = LoggedDesk(*AGENDA)
    show.do("10:00", "start")
    assert show.published("10:10:59") == show.published("10:10") == show.published("10:09")
    assert show.published("10:12:00") == show.published("10:12:59")
    assert show.published("10:12:30")["b"] == ("10:12", "10:12")
    assert show.published("10:12:30")["c"] == ("10:40", None)
    assert show.published("10:35:30")["c"] == ("10:45", "10:35")


def test_a_show_that_nobody_starts_moves_once_a_minute() -> None:
    show = LoggedDesk(*AGENDA)
    assert show.published("10:00:59")["a"] == ("10:00", None)
    assert show.published("10:03:20")["a"] == ("10:03", "10:03")


def test_a_lost_source_moves_no_time_within_the_minute() -> None:
    show = LoggedDesk(*AGENDA)
    show.do("10:00", "start")
    before = show.published("10:12:50")
    show.lose("10:12:40", "tokio")
    assert show.published("10:12:50") == before


def test_an_undone_command_is_a_revision_too() -> None:
    show = LoggedDesk(*AGENDA)
    show.do("10:00", "start")
    show.do("10:05", "extend", seconds=300)
    show.do("10:06", "undo")
    assert show.published("10:07")["b"] == ("10:10", "10:06")


def test_two_revisions_are_a_second_apart() -> None:
    show = LoggedDesk(*AGENDA)
    show.do("10:00", "start")
    show.do("10:05:00.100", "extend", seconds=60)
    show.do("10:05:00.200", "extend", seconds=60)
    show.do("10:05:00.300", "extend", seconds=60)
    (_, b, *_) = show.revisions().published_items(clock("10:06"))
    assert b.revised == clock("10:05:02.100")


def test_a_revision_is_a_second_after_the_minute_that_moved_the_item() -> None:
    show = LoggedDesk(*AGENDA)
    show.do("10:00", "start")
    (_, before, *_) = show.revisions().published_items(clock("10:12:00.100"))
    show.do("10:12:00.300", "extend", seconds=300)
    (_, after, *_) = show.revisions().published_items(clock("10:12:00.400"))
    assert (before.revised, after.revised) == (clock("10:12"), clock("10:12:01"))


def test_a_reload_revises_what_says_something_else() -> None:
    show = LoggedDesk(*AGENDA)
    show.do("09:30", "reload", yaml=text(*AGENDA[:3], "d duration: 10m, speaker: Ada"))
    assert {id: revised for id, (_, revised) in show.published("09:40").items()} == {
        "a": None,
        "b": None,
        "c": None,
        "d": "09:30",
    }
    show.do("09:50", "reload", yaml=text(*AGENDA).replace("name: Berlin}", "name: Mitte}"))
    assert {revised for _, revised in show.published("09:55").values()} == {"09:50"}


def test_the_plan_that_is_moved_is_revised_when_it_was() -> None:
    show = LoggedDesk(*AGENDA)
    show.log.append((clock("09:45"), core.move(show.desk.show, clock("11:00"))))
    assert show.published("09:50")["b"] == ("11:10", "09:45")


def test_asking_changes_nothing() -> None:
    show = LoggedDesk(*AGENDA)
    show.do("10:00", "start")
    asked = show.revisions()
    for minute in range(11, 30):
        list(asked.published_items(clock(f"10:{minute}:20")))
    assert list(asked.published_items(clock("10:31"))) == list(
        show.revisions().published_items(clock("10:31"))
    )


def test_revisions_never_go_back() -> None:
    show = LoggedDesk(*AGENDA)
    show.do("10:00", "start")
    latest: dict[str, int] = {}
    told: dict[str, object] = {}
    for second in range(0, 3000, 7):
        now = clock(f"10:{second // 60:02}:{second % 60:02}")
        if second == 700:
            show.do(f"10:{second // 60:02}:{second % 60:02}", "next")
        if second == 1400:
            show.do(f"10:{second // 60:02}:{second % 60:02}", "extend", seconds=300)
        for entry in show.revisions().published_items(now):
            revised = 0 if entry.revised is None else entry.revised // 1000
            what = (entry.span, entry.skipped)
            before = latest.get(entry.item.id, 0)
            is_same = told.get(entry.item.id, what) == what
            assert revised == before if is_same else revised > before
            assert revised <= now // 1000
            latest[entry.item.id], told[entry.item.id] = revised, what


def test_a_hold_and_its_end_revise_the_items_that_a_hard_start_left_no_time() -> None:
    """During a hold they are to come again. Without a revision calendars would keep a wrong time for good."""
    show = LoggedDesk(
        "a start: 10:00, duration: 20m", "b duration: 10m", "c start: 10:20, hard: true, duration: 10m"
    )
    show.do("10:00", "start")
    show.do("10:05", "hold")
    assert show.published("10:06")["c"] == ("10:30", "10:05")
    show.do("10:10", "resume")
    assert show.published("10:11")["c"] == ("10:20", "10:10")
