"""The names by which this server may be asked, and the pages that may ask it.

A page of another site must not use the API or the WebSocket from its visitor's browser. By DNS rebinding such a site
can point its own name at this server; then the page has the server's origin, but `Host` still has the site's name.
"""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Iterable
from typing import Final
from urllib.parse import SplitResult, urlsplit

from aiohttp import web

from signaling.http.middlewares import Handler
from signaling.http.problem import Denied
from signaling.listener.address import is_address
from signaling.listener.connection import connection_of

ANY_HOST: Final = frozenset(("/healthz", "/readyz", "/metrics"))
"""Paths that are asked by machines under any name, such as that of a container. Without a token they show nothing that
is not for everybody."""
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


class OwnHosts:
    """Checks `Host` and `Origin` of each request."""

    def __init__(
        self,
        public_url: str | None,
        names: Iterable[str],
        counts: Counter[str],
    ) -> None:
        """`names` are further names of this server. `counts` counts refused requests."""
        self._public = urlsplit(public_url or "")
        own = {"localhost", socket.gethostname(), f"{socket.gethostname()}.local", *names}
        self._names = {name.lower().removesuffix(".") for name in own | {self._public.hostname or ""}} - {""}
        self._counts = counts

    def is_own(self, host: str) -> bool:
        """Whether a `Host` is one of this server.

        Every address is: a rebound name has to be a name. So the server is reached by each address of the machine, and
        by that of a router in front of it.
        """
        name = _parts(host).hostname
        if name is None:
            return False
        return name.removesuffix(".") in self._names or name.endswith(".localhost") or is_address(name)

    def is_own_page(self, origin: str, host: str, *, is_from_proxy: bool) -> bool:
        """Whether a page of this origin is one of this server. A proxy may forward `Host` without its port."""
        scheme, _, rest = origin.partition("://")
        page, asked, public = _parts(rest), _parts(host), self._public
        if scheme not in _DEFAULT_PORTS or page.hostname is None:
            return False  # `null`: a sandboxed frame, or a file
        default = _DEFAULT_PORTS[scheme]
        port = page.port or default
        if (scheme, page.hostname, port) == (public.scheme, public.hostname, public.port or default):
            return True
        return page.hostname == asked.hostname and (is_from_proxy or port == (asked.port or default))

    @property
    def is_https(self) -> bool:
        """Whether people open this server by https, perhaps through a proxy."""
        return self._public.scheme == "https"

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse requests that are not meant for this server."""
        self._check(request)
        return await handler(request)

    def _check(self, request: web.Request) -> None:
        """Raises `Denied` if it was sent to another host (421), or by a page of another one (403)."""
        host, origin = request.headers.get("Host"), request.headers.get("Origin")
        if host is not None and request.path not in ANY_HOST and not self.is_own(host):
            self._counts["foreign host"] += 1
            raise Denied(
                "invalid",
                f"This server is not “{host[:100]}”. Open it by the address in your link. "
                "If this is its name, start it with --public-url; a proxy has to forward the header Host unchanged.",
                status=421,
            )
        if origin is not None and not self.is_own_page(
            origin, host or "", is_from_proxy=connection_of(request).is_from_proxy
        ):
            self._counts["foreign origin"] += 1
            raise Denied("forbidden", "A page of another site must not use this server.")


def _parts(host: str) -> SplitResult:
    """A host and its port; empty if it is none, or has more than that."""
    parts = SplitResult("", "", "", "", "")
    if not set(host) & set("@/?#\\"):
        try:
            parts = urlsplit(f"//{host}")
            parts.port  # noqa: B018 - raises if it is no number
        except ValueError:
            return SplitResult("", "", "", "", "")
    return parts
