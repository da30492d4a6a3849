"""Time-limited credentials for a TURN server, for pages whose network lets nothing else through.

The scheme is coturn's `use-auth-secret` (draft-uberti-behave-turn-rest-00): the user name is the instant of expiry and
a name, the password a signature of it. So the TURN server needs no list of users, and the long-term secret stays here.
"""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass, field

from signaling.access.links import Grant
from signaling.show.wire.socket import IceServer

LIFETIME_S = 12 * 3600.0
"""Of credentials. Longer than a day in a hall; each welcome brings new ones."""


@dataclass(frozen=True, slots=True)
class TurnServer:
    """One TURN server, at one address or more."""

    urls: tuple[str, ...]
    """`turn:` and `turns:` URIs (RFC 7065)."""
    secret: bytes = field(repr=False)
    """Shared with the TURN server (`static-auth-secret`)."""

    def credentials(self, grant: Grant, now: float) -> IceServer:
        """Credentials for the holder of `grant` that are valid from `now`, seconds since 1970."""
        # Role and place, so that the TURN server's log can be read; it has no part of the link.
        name = f"{int(now + LIFETIME_S)}:{grant.role}-{grant.id}"
        signature = hmac.digest(self.secret, name.encode(), "sha1")
        return IceServer(
            urls=list(self.urls), username=name, credential=base64.b64encode(signature).decode("ascii")
        )
