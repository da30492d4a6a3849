"""The show against an independent model, written from the contract: the same day in both, step by step."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from config.times import MINUTE, Duration, Instant, plus
from signaling.show import core
from signaling.show.core import CommandRefused, Show
from signaling.show.rehearsal import ModeratorEvent, ScriptEntry, rehearse
from signaling.show.wire.commands import COMMAND, Command
from tests.unit.signaling.show.build import clock, event, seen
from tests.unit.signaling.show.model import Line, Model, plan

OPENS = 10 * 60
MIDNIGHT = clock("00:00")
PLANNING = ("delay", "skip", "unskip", "hold", "resume", "arm", "wait")
"""Commands before Start."""
COMMANDS = (
    *("next", "next", "next", "previous", "goto", "hold", "hold", "resume", "wait", "wait"),
    *("extend", "extend", "delay", "skip", "unskip", "arm", "start"),
)
waits = st.sampled_from([0, 1, 2, 3, 5, 8, 13, 30])
shifts = st.sampled_from([-30, -8, -3, -1, 1, 2, 5, 12])
Step = tuple[str, int, int, int]
"""A command, the item that it names, the minutes that it names, and the minutes that pass before it."""


def steps(commands: tuple[str, ...], most: int) -> st.SearchStrategy[list[Step]]:
    return st.lists(st.tuples(st.sampled_from(commands), st.integers(0, 4), shifts, waits), max_size=most)


scripts = st.builds(
    lambda before, wait, after: [*before, ("start", 0, 0, wait), *after],
    steps(PLANNING, 4),
    waits,
    steps(COMMANDS, 10),
)


gaps = st.sampled_from([-9, -6, -3, -1, 0, 0, 2, 5, 8])
"""From the end of an item to the start of the next. A soft plan may overlap the next item."""


@st.composite
def agendas(draw: st.DrawFn) -> list[Line]:
    """A legal file: starts in order, hard items that do not overlap, not everything skipped."""
    lines: list[Line] = []
    clear = 0
    count = draw(st.integers(2, 5))
    for n in range(count):
        free = OPENS if n == 0 else plan([*lines, Line(None, 1)])[-1]
        least = OPENS if n == 0 else plan(lines)[-1]
        kind = "soft" if n == 0 else draw(st.sampled_from(["follows", "soft", "hard", "hard"]))
        start = None if kind == "follows" else free if n == 0 else max(least, free + draw(gaps))
        length = draw(st.integers(1, 12))
        hard = kind == "hard" and start is not None and start >= clear
        is_last_hope = n == count - 1 and all(line.skip for line in lines)
        skip = draw(st.sampled_from([False, False, False, True])) and not is_last_hope
        clear = start + length if hard and not skip and start is not None else clear
        lines.append(Line(start, length, hard, draw(st.booleans()), skip, draw(st.booleans())))
    return lines


def written(line: Line, n: int, begins: int) -> str:
    """An item in the notation of the event file."""
    parts = [f"i{n} start: {wall(line.start)}" if line.start is not None else f"i{n} notes: -"]
    parts.append(f"end: {wall(begins + line.length)}" if line.by_end else f"duration: {line.length}m")
    parts.append(f"advance: {'auto' if line.auto else 'manual'}")
    return ", ".join([*parts, *(["hard: true"] if line.hard else []), *(["skip: true"] if line.skip else [])])


def wall(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def instant(minute: int) -> Instant:
    return plus(MIDNIGHT, Duration(minute * MINUTE))


class Twice:
    """One day, run by the show and by the model."""

    def __init__(self, lines: list[Line], begins: int, auto_start: bool) -> None:
        agenda = [written(line, n, t) for n, (line, t) in enumerate(zip(lines, plan(lines), strict=True))]
        self.show = core.begin(event(*agenda), auto_start=auto_start)
        self.model = Model(lines, begins, auto_start)
        self.story = [*agenda, f"{wall(begins)} auto_start={auto_start}"]
        self.wait(0)

    def wait(self, minutes: int) -> None:
        """The show's clock jumps, but not over an automatic start: a late start begins late."""
        leaps = not (self.show.auto_start and self.show.phase == "before")
        for minute in [] if leaps else range(minutes):
            self.tick(self.model.now + minute)
        self.model.wait(minutes)
        self.model.go_on()
        self.tick(self.model.now)

    def tick(self, minute: int) -> None:
        self.show = core.replay(self.show, *core.tick(self.show, instant(minute)))

    def do(self, command: str, n: int, minutes: int) -> None:
        n %= len(self.model.lines)
        self.story.append(f"{wall(self.model.now)} {command} i{n} {minutes}")
        after = self.after(command, **fields_of(command, f"i{n}", minutes, self.show.last))
        assert self.model.do(command, n, minutes) == (after is not None), self.story
        self.show = after or self.show
        self.tick(self.model.now)

    def after(self, command: str, **fields: object) -> Show | None:
        """The show after a command; None if it is refused."""
        wanted = COMMAND.validate_python({"id": "1", "type": command, **fields})
        try:
            return core.replay(self.show, *core.apply(self.show, wanted, instant(self.model.now)))
        except CommandRefused:
            return None

    def compare(self) -> None:
        model, document = self.model, seen(self.show, instant(self.model.now)).document()
        shown = document["show"]
        assert [
            (
                row["status"],
                row["skipped_because"],
                *(minute_of(row["expected"][end]) for end in ("start", "end")),
            )
            for row in document["items"]
        ] == model.table(), self.story
        phase = "held" if model.phase == "running" and model.held else model.phase
        called = model.called_next()
        assert (
            shown["phase"],
            shown["item"],
            shown["next"],
            minute_of(shown["next_at"]),
            shown["offset_s"],
        ) == (
            phase,
            None if model.on is None else f"i{model.on}",
            None if called is None else f"i{called}",
            model.next_at(),
            model.offset() * 60,
        ), self.story
        pressed = self.after("next", **{"from": self.show.last})
        if model.phase == "running":
            n = model.next_goes_to()
            assert pressed is not None
            assert pressed.on_air == (None if n is None else f"i{n}"), self.story
        else:
            assert pressed is None


def fields_of(command: str, item: str, minutes: int, seen: str | None) -> dict[str, object]:
    """The fields of a command from a sender who sees `seen` on air."""
    if command in ("start", "hold", "resume"):
        return {}
    if command in ("next", "previous"):
        return {"from": seen}
    seconds: dict[str, object] = {"seconds": minutes * 60} if command in ("extend", "delay") else {}
    return seconds if command == "extend" else {"item": item, **seconds}


def minute_of(text: str | None) -> int | None:
    if text is None:
        return None
    assert text[17:19] == "00"
    return int(text[11:13]) * 60 + int(text[14:16])


@settings(max_examples=400)
@given(
    agendas(),
    scripts,
    st.sampled_from([-20, -5, 0]),
    st.sampled_from([True, False, False]),
)
def test_every_day_is_as_the_contract_has_it(
    lines: list[Line], script: list[Step], begins: int, auto_start: bool
) -> None:
    day = Twice(lines, OPENS + begins, auto_start)
    day.compare()
    for command, n, minutes, passed in script:
        day.wait(passed)
        day.compare()
        if command != "wait":
            day.do(command, n, minutes)
            day.compare()


@settings(max_examples=200)
@given(agendas(), steps((*COMMANDS, *PLANNING, "away", "back"), 8), st.sampled_from([-20, 0, 5]))
def test_every_rehearsal_runs_as_the_contract_has_it(
    lines: list[Line], script: list[Step], begins: int
) -> None:
    begin = minute = OPENS + begins
    at: dict[int, list[Step]] = {}
    entries = []
    for command, which, minutes, passed in script:
        minute, n = minute + passed, which % len(lines)
        at.setdefault(minute, []).append((command, n, minutes, passed))
        entries += [ScriptEntry(instant(minute), what) for what in in_script(command, n, minutes)]
    agenda = [written(line, n, t) for n, (line, t) in enumerate(zip(lines, plan(lines), strict=True))]
    told = [
        (minute_of(line["at"]), line["event"], int(line["item"][1:]))
        for line in rehearse(event(*agenda), entries)
        if line["event"] in ("item-started", "item-ended")
    ]
    model = Model(lines, OPENS)
    for model.now in range(min(begin, OPENS), OPENS + 12 * 60):
        for command, n, minutes, _ in at.get(model.now, []):
            if command in ("away", "back"):
                model.away = command == "away"
            elif command != "wait" and (command not in ("next", "previous") or n == model.last):
                model.command(command, n, minutes)
        model.live()
    assert sorted(told) == sorted(model.log), (agenda, at)


def in_script(command: str, n: int, minutes: int) -> list[Command | ModeratorEvent]:
    """An entry of a rehearsal's script. The sender of next or previous sees item `n` on air."""
    if command == "wait":
        return []
    if command in ("away", "back"):
        return [ModeratorEvent(away=command == "away")]
    fields = fields_of(command, f"i{n}", minutes, f"i{n}")
    return [COMMAND.validate_python({"id": "1", "type": command, **fields})]
