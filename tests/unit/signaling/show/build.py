"""Small events on a clock that the test sets, so that a test reads like the sentence it tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from bridge.engine import MediaStats, SourceState, SourceWhy
from config.model import Booth, Event, Span
from config.times import Instant, WallTime, format_time, instants_showing, iso
from config.yamlfile import parse
from signaling.show import core
from signaling.show.actions import Asked
from signaling.show.eventtext import EventText
from signaling.show.facts import Fact
from signaling.show.media_docs import Connected
from signaling.show.rundown import Row, rows_at
from signaling.show.show import Show
from signaling.show.terms import BY_DESK, Author
from signaling.show.view import View, view
from signaling.show.wire.commands import COMMAND, Command
from signaling.show.wire.pages import TalkDoc
from signaling.show.wire.state import DevicesDoc, State

BERLIN = ZoneInfo("Europe/Berlin")
DAY = date(2018, 9, 15)
SOURCES = ("krefeld", "berlin", "tokio", "tokio/lectern", "uchida")
WHY: dict[SourceState, SourceWhy] = {
    "absent": "left",
    "connecting": "joined",
    "live": "flows",
    "stalled": "unreachable",
}
HEAD = """
event: {title: Test, date: 2018-09-15, timezone: Europe/Berlin}
venues:
  krefeld: {name: Krefeld}
  berlin: {name: Berlin}
  tokio: {name: Tokio, timezone: Asia/Tokyo, inputs: [main, lectern]}
guests:
  uchida: {name: Miki Uchida, note: 01Booster, timezone: Asia/Tokyo}
"""


NINE = tuple(f"hall-{n}" for n in range(1, 10))
NINE_HALLS = f"""
event: {{title: Nine, date: 2018-09-15, timezone: Europe/Berlin}}
venues: {{{", ".join(f"{hall}: {{}}" for hall in NINE)}}}
"""
"""The head of an event with as many halls as there are pictures."""


def event(*agenda: str, host: str | None = "krefeld", head: str = HEAD) -> Event:
    """An event with these items, see `text`."""
    return parse(text(*agenda, host=host, head=head), "test.yaml")


def text(*agenda: str, host: str | None = "krefeld", head: str = HEAD) -> str:
    """The file of an event with these items, each its id and then the rest in the file's own notation.

    An item's title is its id in capitals. Its default source is Krefeld.
    """
    lines = [head, "" if host is None else f"host: {host}\n", "agenda:\n"]
    for item in agenda:
        title, _, rest = item.partition(" ")
        who = "" if "source:" in rest or "type: break" in rest else ", source: krefeld"
        lines.append(f"  - {{title: {title.upper()}, {rest}{who}}}\n")
    return "".join(lines)


def clock(text: str) -> Instant:
    """The instant of `HH:MM[:SS[.mmm]]` in Krefeld on the day of the tests."""
    time, _, fraction = text.partition(".")
    hours, minutes, seconds = (int(part) for part in f"{time}:00".split(":")[:3])
    (t,) = instants_showing(DAY, WallTime(hours * 3600 + minutes * 60 + seconds), BERLIN)
    return Instant(t + int(fraction.ljust(3, "0")))


def said(span: Span | None) -> str | None:
    """A span as `HH:MM-HH:MM` in Krefeld."""
    return None if span is None else f"{format_time(span.start, BERLIN)}-{format_time(span.end, BERLIN)}"


def seen(
    show: Show,
    now: Instant,
    connected: Mapping[str, Connected] | None = None,
    links: Mapping[str, MediaStats] | None = None,
    devices: Mapping[str, DevicesDoc] | None = None,
    listeners: Mapping[str, Sequence[str]] | None = None,
    talks: Mapping[str, TalkDoc] | None = None,
    silences: Mapping[str, Instant] | None = None,
    echoes: Mapping[str, str] | None = None,
) -> View:
    """The view of `show` at `now`."""
    return view(
        show,
        rows_at(show, now),
        now,
        connected or {},
        links or {},
        devices=devices or {},
        listeners=listeners or {},
        talks=talks or {},
        silences=silences or {},
        echoes=echoes or {},
    )


def published(
    show: Show,
    now: Instant,
    connected: Mapping[str, Connected] | None = None,
    links: Mapping[str, MediaStats] | None = None,
) -> State:
    """That view, as a page reads it."""
    whole = seen(show, now, connected, links).document()
    return State.model_validate({"rev": 1, "now": iso(now, show.event.timezone), **whole})


def previewed(show: Show, command: Command, now: Instant, by: Author = BY_DESK) -> dict[str, Any]:
    """The preview of a command but for `dropped`, which no state has, as plain JSON."""
    told = core.preview(show, lambda show, now: core.apply(show, command, now, by), now).document()
    del told["dropped"]
    return told


def state_preview(show: Show, now: Instant) -> dict[str, Any]:
    """What the state at `now` shows of all that a preview has, but for `dropped`."""
    state = published(show, now).document()
    return {
        "items": {
            item["id"]: {name: item[name] for name in ("status", "expected")} for item in state["items"]
        },
        "program": {name: state["program"][name] for name in ("source", "reason")},
        "offset_s": state["show"]["offset_s"],
        "ends": state["show"]["ends"],
    }


class Desk:
    """A show with all sources live, and its moderator. As in a server, due steps come before a command."""

    def __init__(
        self,
        *agenda: str,
        host: str | None = "krefeld",
        live: tuple[str, ...] = SOURCES,
        languages: tuple[str, ...] = (),
        booths: tuple[Booth, ...] = (),
        head: str = HEAD,
        has_file: bool = False,
    ) -> None:
        planned = event(*agenda, host=host, head=head)
        self.show = core.begin(
            replace(planned, languages=languages, booths={booth.id: booth for booth in booths}),
            EventText(text(*agenda, host=host, head=head)) if has_file else None,
        )
        self.facts: list[Fact] = []
        for source in live:
            self.report("09:00", source, "live")

    def wait(self, until: str) -> tuple[Fact, ...]:
        """Run everything that is due until then."""
        return self._note(core.tick(self.show, clock(until)))

    def do(self, at: str, command: str, **fields: object) -> tuple[Fact, ...]:
        """Send a command; the default of `from` is the item on air. Returns the facts without `Asked`."""
        self.wait(at)
        if command in ("next", "previous"):
            fields = {"from": self.show.last} | fields
        wanted = COMMAND.validate_python({"id": "1", "type": command, **fields})
        facts = self._note(core.apply(self.show, wanted, clock(at)))
        return tuple(fact for fact in facts if not isinstance(fact, Asked))

    def report(
        self, at: str, source: str, became: SourceState, why: SourceWhy | None = None
    ) -> tuple[Fact, ...]:
        """A report of the media plane on a source. The default of `why` has an effect at once."""
        self.wait(at)
        return self._note(core.report(self.show, {source: (became, why or WHY[became])}, clock(at)))

    def silent(self, at: str, source: str) -> tuple[Fact, ...]:
        """A source has sent nothing for 300 ms."""
        return self.report(at, source, "stalled", "silent")

    def interpret(self, at: str, seat: str, **fields: object) -> tuple[Fact, ...]:
        """The page of a seat (`booth/name`) is there, and its microphone is switched on."""
        booth, _, name = seat.partition("/")
        self.live(at, seat)
        return self.do(at, "interpret", booth=booth, seat=name, open=True, **fields)

    def live(self, at: str, source: str) -> tuple[Fact, ...]:
        return self.report(at, source, "live")

    def restart(self, at: str) -> tuple[Fact, ...]:
        """The server restarts, and nobody feeds a source yet."""
        self.wait(at)
        return self._note(
            core.report(self.show, dict.fromkeys(self.show.sources, ("absent", None)), clock(at))
        )

    def speak(self, at: str, source: str) -> tuple[Fact, ...]:
        self.wait(at)
        return self._note(core.follow_voice(self.show, source, clock(at)))

    def row(self, item: str, now: str) -> Row:
        return next(row for row in rows_at(self.show, clock(now)) if row.item.id == item)

    def expected(self, now: str) -> dict[str, str | None]:
        """Every item's expected time on air."""
        return {row.item.id: said(row.expected) for row in rows_at(self.show, clock(now))}

    def statuses(self, now: str) -> str:
        return " ".join(row.status for row in rows_at(self.show, clock(now)))

    def _note(self, facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
        self.facts += facts
        self.show = core.replay(self.show, *facts)
        return facts
