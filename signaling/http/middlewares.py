"""What holds for every request: safe headers, errors in the API's own form, and no second request in a first one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import HttpVersion11, web
from aiohttp.http_exceptions import HttpProcessingError

from signaling.http.problem import Denied

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

MAX_PATH: Final = 1024
"""Characters of a path. Ours have a tenth of that, and the system raises at some 4,000."""
MAX_NAME: Final = 60
"""Characters of one step of it: at most 240 bytes, of the 255 that a file's name may have."""

_HEADERS: Final = {
    # Nothing from elsewhere, nothing inline but the styles that Preact sets, and no page of others around ours.
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "media-src 'self' blob: mediastream:; connect-src 'self' ws: wss:; frame-ancestors 'none'; base-uri 'none'",
    "Permissions-Policy": "camera=(self), microphone=(self), display-capture=(self), speaker-selection=(self)",
    "Referrer-Policy": "no-referrer",
    "Server": "Schalte",
    "X-Content-Type-Options": "nosniff",
}


@web.middleware
async def safe_headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Headers that keep a page to itself, on every answer."""
    try:
        response = await handler(request)
    except web.HTTPException as fault:
        fault.headers.update(_HEADERS)
        raise
    if not response.prepared:
        response.headers.update(_HEADERS)
    return response


@web.middleware
async def plain_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What was denied, and errors of HTTP itself (no such page, wrong method), as the API tells them."""
    try:
        return await handler(request)
    except Denied as fault:
        return fault.answer()
    except (HttpProcessingError, web.RequestPayloadError):
        # A body that is no HTTP: whose it was has been counted, and what was in it is in no log.
        answer = Denied("invalid", "The body of this request is broken.", status=400).answer()
        answer.force_close()
        return answer
    except web.HTTPException as fault:
        if fault.status < 400 or not request.path.startswith("/api/"):
            raise
        return Denied(
            "invalid", f"{fault.reason}: {request.method} {request.path}", status=fault.status
        ).answer()


@web.middleware
async def short_paths(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Paths that no file of ours can have are not looked for: the system raises at them."""
    if len(request.path) > MAX_PATH or any(len(step) > MAX_NAME for step in request.path.split("/")):
        raise Denied("invalid", "There is no such page.", status=404)
    return await handler(request)


@web.middleware
async def one_length(request: web.Request, handler: Handler) -> web.StreamResponse:
    """HTTP/1.0 knows no chunks (RFC 9112 section 6.1): what follows would be taken for a request of its own."""
    if request.version < HttpVersion11 and "Transfer-Encoding" in request.headers:
        answer = Denied("invalid", "HTTP/1.0 has no Transfer-Encoding.", status=400).answer()
        answer.force_close()
        return answer
    return await handler(request)
