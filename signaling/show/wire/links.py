"""The list of join links, for the desk."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from config.names import ID_PATTERN
from signaling.show.terms import Role
from signaling.show.wire.base import WireModel

MAX_LIFETIME_S = 366 * 24 * 3600
"""Seconds for which a link made at the desk may be valid: events are planned a year ahead."""

PlaceOrRole = Annotated[str, Field(pattern=f"^{ID_PATTERN}$")]


class LinkUseDoc(WireModel):
    """When and from where a link was last used."""

    at: str
    address: str


class LinkSessionDoc(WireModel):
    """A page that is connected by a link."""

    session: str
    """As in the welcome and in the log."""
    address: str
    since: str
    feeds: bool
    """It sends a source now."""


class JoinLinkDoc(WireModel):
    """One join link. Times are by the server's real clock, in the event's zone."""

    number: int
    """Its name, in the log too."""
    role: Role | Literal["metrics"]
    id: str
    name: str
    read_only: bool
    by: Literal["cli", "desk"]
    """Where it was made."""
    made: str
    expires: str
    follows_event: bool
    """It has no expiry of its own: a reload that moves the event's end moves `expires`."""
    status: Literal["valid", "expired", "revoked", "place-gone"]
    code: str | None
    """In groups, for paper; null: it was shown once, or is not valid."""
    url: str | None
    """Null as `code`; the metrics' token has none."""
    invitations: dict[str, str] | None
    """A ready text for its holder, by language (de, en, ja); empty without `url`, null in the list."""
    used: LinkUseDoc | None
    """Null: not since the server was started."""
    sessions: list[LinkSessionDoc]


class LinksDoc(WireModel):
    """All links of the event, in the order in which they were made."""

    links: list[JoinLinkDoc]


class NewLink(WireModel):
    """Make a link with a random code. The answer, a `JoinLinkDoc`, is the only one that has the code."""

    role: Role
    id: PlaceOrRole
    """Of a venue, guest or booth; of other roles the role itself."""
    expires_s: Annotated[int, Field(strict=True, ge=1, le=MAX_LIFETIME_S)] | None = None
    """Seconds from now; null: it follows the event."""
    read_only: Annotated[bool, Field(strict=True)] = False
    """For moderators alone."""


class RevokedId(WireModel):
    """Revoke every link of a venue, guest or booth, or of a role."""

    id: PlaceOrRole
