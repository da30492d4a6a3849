"""Signed join links: they permit to join in a role, without an account.

A link is `PUBLIC_URL/join#TOKEN`. The token is a JWT (HS256), signed with the event's key. It is in the fragment, and
so in no access log and no referrer.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal, get_args

import jwt
from jwt.types import Options
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from config.model import Event, source_name
from config.names import ID_PATTERN
from signaling.show.reasons import ProblemError
from signaling.show.terms import Role

AUDIENCE = "schalte"
METRICS: Literal["metrics"] = "metrics"
"""Role and id of the token that opens only the metrics. No page has it, so it is not a `Role` of the wire."""
TokenRole = Role | Literal["metrics"]
ROLES: tuple[Role, ...] = get_args(Role)
MAX_TOKEN_CHARS = 4096
"""A longer token is refused before it is decoded; issued ones have about 250."""
MAX_GENERATION = 2**53
"""The greatest integer that is exact as a JSON number everywhere."""


class LinkError(ProblemError):
    """A token that is not valid for this event. The text is for the person who followed the link."""


class WrongRole(LinkError):
    """A token that is valid, but for something else."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token permits, and to which place or role.

    Fields that only say whether the token is still valid are not compared. So a table by grant is bounded by the event,
    however many tokens were issued.
    """

    role: TokenRole
    id: str
    """The venue's, guest's or booth's id; for the other roles the role itself."""
    name: str
    generation: int = field(default=0, compare=False)
    """The generation of this id's links at the time of signing; see `revoked`."""
    expires: float | None = field(default=None, compare=False)
    """When it expires, seconds since 1970; None: never."""

    @property
    def who(self) -> str:
        """The name of its holder in logs, limits and commands."""
        return f"{self.role}:{self.id}"


@dataclass(frozen=True, slots=True)
class Link(Grant):
    """A grant for a page, from a join link."""

    role: Role


def sign(key: bytes, grant: Grant, now: float, lifetime: float | None = None) -> str:
    """A token for a grant.

    `now` is seconds since 1970, `lifetime` is in seconds; without one, it does not expire.
    """
    # It has nothing of the event file: the key identifies the event, and links stay valid after a corrected title.
    claims: dict[str, object] = {
        "aud": AUDIENCE,
        "role": grant.role,
        "sub": grant.id,
        "iat": math.floor(now * 1000) / 1000,
        "jti": secrets.token_urlsafe(9),
        "gen": grant.generation,
    }
    if lifetime is not None:
        claims["exp"] = int(now + lifetime)
    return jwt.encode(claims, key, algorithm="HS256")


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


_Id = Annotated[str, Field(pattern=f"^{ID_PATTERN}$")]
"""Answers quote it. JSON can contain a lone surrogate (`"\\ud800"`), which UTF-8 cannot encode."""


class _Claims(BaseModel):
    """The claims of a token. Others are ignored: a later version may add some."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False)

    aud: Literal["schalte"]
    role: _Id
    sub: _Id
    iat: float
    """May be in the future: the machine's clock may have been set back since."""
    jti: str
    exp: float = math.inf
    gen: Annotated[int, Field(ge=0, le=MAX_GENERATION)]


_ONLY_SIGNATURE: Options = {
    "verify_aud": False,
    "verify_exp": False,
    "verify_iat": False,
    "verify_iss": False,
    "verify_jti": False,
    "verify_nbf": False,
    "verify_sub": False,
}
"""PyJWT checks the signature, and `_Claims` the claims: on a claim of a wrong type PyJWT can raise any exception."""


def read(key: bytes, event: Event, token: str, now: float) -> Grant:
    """The grant of a token at `now`, seconds since 1970: a `Link`, or a plain grant for the metrics.

    Does not check revocations; `revoked.check` does.

    Raises:
        LinkError: the token is damaged, has expired, or has an unknown role.
    """
    if len(token) > MAX_TOKEN_CHARS:
        raise LinkError("link-damaged")
    try:
        claims = _Claims.model_validate(jwt.decode(token, key, algorithms=["HS256"], options=_ONLY_SIGNATURE))
    # UnicodeEncodeError: the HTTP header with the token is not UTF-8.
    except (jwt.InvalidTokenError, UnicodeEncodeError, ValidationError) as fault:
        raise LinkError("link-damaged") from fault
    expires = None if claims.exp == math.inf else claims.exp
    about = (claims.sub, "", claims.gen, expires)
    grant: Grant
    if claims.role == METRICS:
        grant = Grant(METRICS, *about)
    elif claims.role in ROLES:
        grant = Link(claims.role, *about)
    else:
        raise LinkError("link-version")
    check(grant, event, now)
    return replace(grant, name=name_of(event, grant.role, grant.id))


def check(grant: Grant, event: Event, now: float) -> None:
    """Check that a grant has not expired at `now` (seconds since 1970), and that the event still has its place.

    Raises:
        LinkError: it is not valid any more.
    """
    if grant.expires is not None and grant.expires <= now:
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


def url(public_url: str, token: str) -> str:
    """The URL of a join link."""
    return f"{public_url.rstrip('/')}/join#{token}"


def metrics_url(public_url: str) -> str:
    """The URL of the metrics. Their token is sent in a header: no page reads a fragment there."""
    return f"{public_url.rstrip('/')}/metrics"
