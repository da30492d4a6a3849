"""What a page may send and what it sees in its multiview, by its link and the event as it is now."""

from __future__ import annotations

from config.model import Event
from config.names import is_seat_name
from signaling.access.links import Link
from signaling.show.permissions import may_feed
from signaling.show.reasons import ProblemError


def sources_of(link: Link, event: Event) -> list[str]:
    """The sources that a link may send. An interpreter's may have any other name of a seat as well."""
    match link.role if may_feed(link.holder) else None:
        case "venue" | "guest" if (place := event.place(link.id)) is not None:
            return list(place.sources)
        case "interpreter" if link.id in event.booths:
            return [f"{link.id}/{n}" for n in range(1, event.booths[link.id].seats + 1)]
        case _:
            return []


def check_source(link: Link, event: Event, source: str, *, is_further: bool) -> None:
    """Check that a link may send a source. The welcome's do not decide: a reload may have brought others since.

    Raises:
        ProblemError: it may not.
    """
    seat = source.removeprefix(f"{link.id}/")
    is_booth = link.role == "interpreter"
    is_seat = is_booth and seat != source and is_seat_name(seat)
    sources = [] if is_booth and is_further else sources_of(link, event)
    if source not in sources and (is_further or not is_seat):
        may_send = " or ".join(f"“{s}”" for s in sources) or "nothing"
        raise ProblemError("not-yours", sources=may_send, source=source)


def previews_of(link: Link, event: Event) -> list[str]:
    """The sources that a link sees in the multiview."""
    return list(event.sources) if link.role == "moderator" else []
