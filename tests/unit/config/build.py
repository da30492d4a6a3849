"""Small event files for tests."""

from __future__ import annotations

from config.model import Event, Item
from config.times import Instant, iso, to_datetime
from config.yamlfile import EventFileError, parse

HEAD = """\
event: {title: T, date: 2018-09-15, timezone: Europe/Berlin, language: de}
host: krefeld
venues:
  krefeld: {name: Krefeld}
  tokio: {name: Tokio, timezone: Asia/Tokyo, inputs: [main, lectern]}
guests: {uchida: {name: Miki Uchida}}
agenda:
"""
"""The agenda's first item is in line 8."""


def event(agenda: str, head: str = HEAD) -> Event:
    return parse(head + agenda, "e.yaml")


def items(agenda: str, head: str = HEAD) -> tuple[Item, ...]:
    return event(agenda, head).agenda


def faults(text: str) -> list[str]:
    """Every fault of a text as people are told it; empty if there is none."""
    try:
        parse(text, "e.yaml")
    except EventFileError as error:
        return [str(fault).removeprefix("e.yaml:") for fault in error.faults]
    return []


def local(t: Instant, found: Event) -> str:
    """An instant as the event's zone shows it, without its offset."""
    return to_datetime(t, found.timezone).replace(tzinfo=None).isoformat(" ", "minutes")


def spans(agenda: str, head: str = HEAD) -> list[str]:
    """Where each item is planned: `10:00-10:15`, with the day where it is not the event's first."""
    found = event(agenda, head)
    first = local(found.agenda[0].planned.start, found)[:10]
    return [
        "-".join(local(t, found).removeprefix(f"{first} ") for t in (i.planned.start, i.planned.end))
        for i in found.agenda
    ]


def instants(agenda: str, head: str = HEAD) -> list[str]:
    """Where each item is planned to start, with its offset."""
    found = event(agenda, head)
    return [iso(item.planned.start, found.timezone) for item in found.agenda]
