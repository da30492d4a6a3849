"""Join links: they permit to join in a role, without an account.

A link is `PUBLIC_URL/j#CODE`. The code is in the fragment, and so in no access log and no referrer. What it permits is
in the table of links; see `codes` for what it is made of.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Literal, get_args

from config.model import Event, source_name
from config.times import DAY, Instant, plus
from signaling.show.permissions import Holder, holder_of
from signaling.show.reasons import ProblemError
from signaling.show.terms import Author, Role

METRICS: Literal["metrics"] = "metrics"
"""Role and id of the token that opens only the metrics. No page has it, so it is not a `Role` of the wire."""
TokenRole = Role | Literal["metrics"]
ROLES: tuple[Role, ...] = get_args(Role)


class LinkError(ProblemError):
    """A token that is not valid for this event. The text is for the person who followed the link."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token permits, and to which place or role.

    Fields that only say whether the link is still valid are not compared. So a table by grant is bounded by the event,
    however many links were made.
    """

    role: TokenRole
    id: str
    """The venue's, guest's or booth's id; for the other roles the role itself."""
    name: str
    read_only: bool = False
    """It sees what its role sees, and changes nothing."""
    number: int = field(default=0, compare=False)
    """The link's name in logs and lists."""
    key: str = field(default="", compare=False)
    """The id of the signing key that the code is valid by."""
    made: Instant = field(default=Instant(0), compare=False)
    expires: Instant | None = field(default=None, compare=False)
    """None: it follows the event, see `expiry`."""

    @property
    def who(self) -> str:
        """The name of its holder in logs, limits and commands."""
        return f"{self.role}:{self.id}"

    @property
    def holder(self) -> Holder:
        """Whom the table of permissions takes its holder for."""
        return holder_of(self.role, read_only=self.read_only)


@dataclass(frozen=True, slots=True)
class Link(Grant):
    """A grant for a page, from a join link."""

    role: Role

    @property
    def author(self) -> Author:
        """The author of its commands."""
        return Author(self.role, self.id, self.read_only)


def name_of(event: Event, role: TokenRole, id_: str) -> str:
    """The name of a link's holder, for people."""
    names: dict[TokenRole, str] = {
        "moderator": "Moderator",
        "viewer": "Viewer",
        "stage": "Stage display",
        "metrics": "Metrics",
    }
    if role == "interpreter":
        return event.booths[id_].name if id_ in event.booths else id_
    return names.get(role) or source_name(event, id_)


def expiry(event: Event, made: Instant, expires: Instant | None) -> Instant:
    """When a link expires: at `expires`, or else one day after the end of the event that is in force, and not within
    24 hours after it was made.

    So a link without an instant of its own does not end in the middle of a show that was moved to a later day.
    """
    if expires is not None:
        return expires
    return max(plus(event.agenda[-1].planned.end, DAY), plus(made, DAY))


def check(grant: Grant, event: Event, now: Instant) -> None:
    """Check that a grant has not expired at `now`, and that the event still has its place.

    Raises:
        LinkError: it is not valid any more.
    """
    if expiry(event, grant.made, grant.expires) <= now:
        raise LinkError("link-expired")
    places: dict[TokenRole, Collection[str]] = {
        "venue": event.venues,
        "guest": event.guests,
        "interpreter": event.booths,
    }
    if grant.id not in places.get(grant.role, (grant.id,)):
        raise LinkError("link-place-gone", role=grant.role, id=grant.id)


def all_links(event: Event) -> Iterator[Link]:
    """The links of an event: one for each venue, guest, booth and other role."""
    places: list[tuple[Role, str]] = [
        *(("venue", v) for v in event.venues),
        *(("guest", g) for g in event.guests),
        *(("interpreter", b) for b in event.booths),
    ]
    links: list[tuple[Role, str]] = [
        ("moderator", "moderator"),
        *places,
        ("viewer", "viewer"),
        ("stage", "stage"),
    ]
    for role, id_ in links:
        yield Link(role, id_, name_of(event, role, id_))


def url(public_url: str, code: str) -> str:
    """The URL of a join link."""
    return f"{public_url.rstrip('/')}/j#{code}"


def metrics_url(public_url: str) -> str:
    """The URL of the metrics. Their token is sent in a header: no page reads a fragment there."""
    return f"{public_url.rstrip('/')}/metrics"
