"""Signed join links: who may join as what, without an account.

A link is `PUBLIC_URL/join#TOKEN`. The token is a JWT (HS256) that only this event's key signs; it sits in the fragment,
so that it reaches no access log and no referrer.
"""

from __future__ import annotations

import json
import math
import os
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import jwt

from config.model import Event, source_name
from signaling.show.messages import Role

AUDIENCE = "schalte"
ROLES: tuple[Role, ...] = get_args(Role)
KEY_BYTES = 32
REVOKED = "revoked.json"


class KeyFileError(Exception):
    """The signing key cannot be read or made. The text says what to do."""


class LinkError(Exception):
    """A token that does not open this event. The text is for the person who followed the link."""


@dataclass(frozen=True, slots=True)
class Link:
    """Who a link lets in."""

    role: Role
    id: str
    """The venue's or guest's id; for the other roles the role itself."""
    name: str


def load_key(data: Path) -> bytes:
    """The event's signing key from its data folder, made on first use and readable by its owner alone (0600).

    Raises:
        KeyFileError: with a sentence that names the file and the remedy.
    """
    path = data / "signing.key"
    try:
        data.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _make_key(path)
        key = bytes.fromhex(path.read_text("ascii").strip())
        if len(key) < KEY_BYTES:
            raise ValueError("too short")
    except ValueError as fault:
        raise KeyFileError(
            f"{path}: not a signing key of Schalte. Put the right file back, or delete it: a new key is made then, "
            "and every link handed out so far stops working."
        ) from fault
    except OSError as fault:
        raise KeyFileError(
            f"{path}: {fault.strerror}. Give --data a folder that you may write to."
        ) from fault
    return key


def _make_key(path: Path) -> None:
    """Put a new key at `path`, which is there whole or not at all; leave one that is there by then."""
    handle, temporary = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)  # made 0600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        # A link, because a rename would replace the key of another process that started at the same moment.
        with suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        os.unlink(temporary)


def sign(key: bytes, link: Link, now: float, lifetime: float | None = None) -> str:
    """A token for `link` to the event whose key it is.

    `now` is seconds since 1970, `lifetime` is in seconds; None lets it hold as long as the key.
    """
    # Nothing of the event file is in it: the key is the event's, and links outlive a corrected title.
    claims: dict[str, object] = {
        "aud": AUDIENCE,
        "role": link.role,
        "sub": link.id,
        "iat": math.floor(now * 1000) / 1000,
        "jti": secrets.token_urlsafe(9),
    }
    if lifetime is not None:
        claims["exp"] = int(now + lifetime)
    return jwt.encode(claims, key, algorithm="HS256")


def name_of(event: Event, role: Role, id_: str) -> str:
    """What people call whoever joins with a link."""
    names: dict[Role, str] = {"moderator": "Moderator", "viewer": "Viewer", "stage": "Stage display"}
    return names.get(role) or source_name(event, id_)


def read(key: bytes, event: Event, token: str, revoked: Mapping[str, float]) -> Link:
    """Whom `token` lets in. `revoked` says until when (seconds since 1970) the links of an id no longer count.

    Raises:
        LinkError: it is damaged, expired, revoked, or was made for something else.
    """
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=["HS256"],
            audience=AUDIENCE,
            # A link signed "in the future" is one whose server's clock was set back since; every hall has such a link.
            options={"require": ["aud", "iat", "jti", "sub"], "verify_iat": False},
        )
    except jwt.ExpiredSignatureError as fault:
        raise LinkError("This link has expired. Ask the organiser for a new one.") from fault
    # The second where a header's bytes are not UTF-8.
    except (jwt.InvalidTokenError, UnicodeEncodeError) as fault:
        raise LinkError(
            "This link does not open this event: it is damaged or was made for another one. "
            "Ask the organiser for your link, and open it whole."
        ) from fault
    role, place = claims.get("role"), claims["sub"]
    if role not in ROLES:
        raise LinkError("This link was made by another version of Schalte. Ask the organiser for a new one.")
    if (role == "venue" and place not in event.venues) or (role == "guest" and place not in event.guests):
        raise LinkError(f"This event has no {role} “{place}” any more. Ask the organiser for a new link.")
    if claims["iat"] <= revoked.get(place, 0.0):
        raise LinkError("This link has been withdrawn. Ask the organiser for a new one.")
    return Link(role, place, name_of(event, role, place))


def revoked(data: Path) -> dict[str, float]:
    """Which ids' links were withdrawn, and until when they had been signed (seconds since 1970).

    Raises:
        KeyFileError: the file is there but cannot be read; nobody is let in on a guess.
    """
    path = data / REVOKED
    try:
        return {str(who): float(until) for who, until in json.loads(path.read_text("utf-8")).items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError, TypeError) as fault:
        raise KeyFileError(f"{path}: cannot be read ({fault}). Put the right file back.") from fault


def revoke(data: Path, who: str, now: float) -> None:
    """Withdraw every link of `who` (a venue, a guest or a role) that was signed up to `now`, seconds since 1970."""
    table = revoked(data) | {who: now}
    try:
        fresh = data / f"{REVOKED}.new"
        fresh.write_text(json.dumps(table) + "\n", "utf-8")
        fresh.replace(data / REVOKED)
    except OSError as fault:
        raise KeyFileError(
            f"{data / REVOKED}: {fault.strerror}. Give --data a folder that you may write to."
        ) from fault


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
