"""Time-limited credentials for a TURN server, for pages whose network lets nothing else through.

The scheme is coturn's `use-auth-secret` (draft-uberti-behave-turn-rest-00): the user name is the instant of expiry and
a name, the password a signature of it. So the TURN server needs no list of users, and the long-term secret stays here.
"""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from signaling.access.links import Grant

if TYPE_CHECKING:
    from signaling.show.wire.socket import IceServer

TURN_PORT: Final = 3478
"""Of RFC 8656 section 3, where the URI has none."""
TURNS_PORT: Final = 5349
"""The same with TLS."""
LIFETIME_S = 12 * 3600.0
"""Seconds for which credentials are valid, longer than a day in a hall; each welcome brings new ones."""


@dataclass(frozen=True, slots=True)
class TurnUri:
    """A `turn:` or `turns:` URI (RFC 7065)."""

    is_tls: bool
    host: str
    """A name or an address; of IPv6 without brackets."""
    port: int | None
    """None: `TURN_PORT` or `TURNS_PORT`."""
    transport: Literal["udp", "tcp"] | None
    """None: UDP."""

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port is None else f":{self.port}"
        query = "" if self.transport is None else f"?transport={self.transport}"
        return f"{'turns' if self.is_tls else 'turn'}:{host}{port}{query}"


@dataclass(frozen=True, slots=True)
class TurnServer:
    """One TURN server, at one address or more."""

    uris: tuple[TurnUri, ...]
    secret: bytes = field(repr=False)
    """Shared with the TURN server (`static-auth-secret`)."""

    def credentials(self, grant: Grant, now: float) -> IceServer:
        """Credentials for the holder of `grant` that are valid from `now`, seconds since 1970."""
        # Role and place, so that the TURN server's log can be read; it has no part of the link.
        name = f"{int(now + LIFETIME_S)}:{grant.role}-{grant.id}"
        signature = hmac.digest(self.secret, name.encode(), "sha1")
        # The command line reads addresses with this module; the wire's types take longer to load than all of that.
        from signaling.show.wire.socket import IceServer

        return IceServer(
            urls=[str(uri) for uri in self.uris],
            username=name,
            credential=base64.b64encode(signature).decode("ascii"),
        )
