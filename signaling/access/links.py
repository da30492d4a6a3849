"""Signed join links: who may join as what, without an account.

A link is `PUBLIC_URL/join#TOKEN`. The token is a JWT (HS256) that only this event's key signs; it sits in the fragment,
so that it reaches no access log and no referrer.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Iterator
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
"""Role and id of the token that opens the metrics alone. No page has it, so it is no `Role` of the wire."""
TokenRole = Role | Literal["metrics"]
"""Whom a token is for."""
ROLES: tuple[Role, ...] = get_args(Role)
MAX_TOKEN_CHARS = 4096
"""A longer token is refused before anything of it is decoded; our own have about 250."""
MAX_GENERATION = 2**53
"""Far more revocations than there will be, and still exact as a JSON number everywhere."""


class LinkError(ProblemError):
    """A token that does not open this event. The text is for the person who followed the link."""


class WrongRole(LinkError):
    """A token that counts, but for something else."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token grants, and to whom.

    Two grants are equal when they let in the same: the fields that only say whether a token still counts are left out
    of the comparison, so that a table by link is bounded by the event however many tokens were handed out.
    """

    role: TokenRole
    id: str
    """The venue's or guest's id; for the other roles the role itself."""
    name: str
    generation: int = field(default=0, compare=False)
    """That of the links of this id when this one was signed; see `revoked`."""
    expires: float | None = field(default=None, compare=False)
    """When it stops counting, seconds since 1970; None: as long as the key."""
    issued: float = field(default=0.0, compare=False)
    """When it was signed, seconds since 1970. Only revocations by an older version ask for it."""

    @property
    def who(self) -> str:
        """As the log, the limits and commands name whoever holds it."""
        return f"{self.role}:{self.id}"


@dataclass(frozen=True, slots=True)
class Link(Grant):
    """A grant for a page: who a join link lets in."""

    role: Role


def sign(key: bytes, grant: Grant, now: float, lifetime: float | None = None) -> str:
    """A token for `grant`, of its generation, to the event whose key it is.

    `now` is seconds since 1970, `lifetime` is in seconds; None lets it hold as long as the key.
    """
    # Nothing of the event file is in it: the key is the event's, and links outlive a corrected title.
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
    """What people call whoever joins with a link."""
    names: dict[TokenRole, str] = {
        "moderator": "Moderator",
        "viewer": "Viewer",
        "stage": "Stage display",
        "metrics": "Metrics",
    }
    return names.get(role) or source_name(event, id_)


_Id = Annotated[str, Field(pattern=f"^{ID_PATTERN}$")]
"""An answer quotes it. JSON can write half a character (`"\\ud800"`), which no answer can: UTF-8 has none."""


class _Claims(BaseModel):
    """What a token of ours says. Claims that it does not know are left alone: a later version may add some."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False)

    aud: Literal["schalte"]
    role: _Id
    sub: _Id
    iat: float
    """A time to come is none to complain about: the machine's clock was set back since, as in many a hall."""
    jti: str
    exp: float = math.inf
    gen: Annotated[int, Field(ge=0, le=MAX_GENERATION)] = 0
    """Tokens of an older version have none."""


_SIGNATURE_ALONE: Options = {
    "verify_aud": False,
    "verify_exp": False,
    "verify_iat": False,
    "verify_iss": False,
    "verify_jti": False,
    "verify_nbf": False,
    "verify_sub": False,
}
"""PyJWT checks the signature and `_Claims` the claims: PyJWT raises what it likes where one has another type."""


def read(key: bytes, event: Event, token: str, now: float) -> Grant:
    """What `token` grants at `now`, seconds since 1970: a `Link`, or a plain grant for the metrics.

    Whether it was withdrawn is not looked at; that is `revoked.check`.

    Raises:
        LinkError: it is damaged, has expired, or was made for something else.
    """
    if len(token) > MAX_TOKEN_CHARS:
        raise LinkError("link-damaged")
    try:
        claims = _Claims.model_validate(
            jwt.decode(token, key, algorithms=["HS256"], options=_SIGNATURE_ALONE)
        )
    # UnicodeEncodeError where the bytes of the HTTP header that held it are not UTF-8.
    except (jwt.InvalidTokenError, UnicodeEncodeError, ValidationError) as fault:
        raise LinkError("link-damaged") from fault
    expires = None if claims.exp == math.inf else claims.exp
    about = (claims.sub, "", claims.gen, expires, claims.iat)
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
    """Refuse a grant that has expired at `now` (seconds since 1970), or whose place the event does not have any more.

    Raises:
        LinkError: it does not count any more.
    """
    if grant.expires is not None and grant.expires <= now:
        raise LinkError("link-expired")
    places = {"venue": event.venues, "guest": event.guests}.get(grant.role)
    if places is not None and grant.id not in places:
        raise LinkError("link-place-gone", role=grant.role, id=grant.id)


def everyone(event: Event) -> Iterator[Link]:
    """The links that an event hands out: one a venue, one a guest, one for each of the other roles."""
    places: list[tuple[Role, str]] = [
        *(("venue", v) for v in event.venues),
        *(("guest", g) for g in event.guests),
    ]
    everybody: list[tuple[Role, str]] = [
        ("moderator", "moderator"),
        *places,
        ("viewer", "viewer"),
        ("stage", "stage"),
    ]
    for role, id_ in everybody:
        yield Link(role, id_, name_of(event, role, id_))


def url(public_url: str, token: str) -> str:
    """The address to hand out."""
    return f"{public_url.rstrip('/')}/join#{token}"


def metrics_url(public_url: str) -> str:
    """Where the metrics are. The token travels in a header, since no page reads a fragment there."""
    return f"{public_url.rstrip('/')}/metrics"
