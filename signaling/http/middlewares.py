"""For every request: safe headers, errors as the API answers them, and no request smuggled inside another."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import HttpVersion11, web
from aiohttp.http_exceptions import HttpProcessingError

from signaling.http.incoming import Malformed
from signaling.http.problem import Denied
from signaling.reading import NotWanted
from signaling.show.export.programme import UnknownPlace
from signaling.show.reasons import ErrorCode, ProblemError
from signaling.showlog.logreader import UnreadableLog

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

MAX_PATH_CHARS: Final = 1024
"""Schalte's paths have a tenth of that; the operating system raises at some 4,000."""
MAX_PATH_STEP_CHARS: Final = 60
"""At most 240 bytes in UTF-8, of the 255 that a file's name may have."""
HSTS_MAX_AGE_S: Final = 7 * 24 * 3600
"""Seconds for which a browser then opens this name by https alone. It covers the days of an event. A week later the
name may be another server's, without TLS."""
SERVES_HTTPS: Final = web.AppKey("serves_https", bool)
"""People open this server by https, perhaps through a proxy."""
_TEXT_FAULTS: Final[dict[type[Exception], ErrorCode]] = {
    Malformed: "invalid",
    UnknownPlace: "invalid",
    UnreadableLog: "failed",
    NotWanted: "failed",  # nobody reads this answer
}
"""Faults whose text is for the client, and their codes."""

_HEADERS: Final = {
    # No content from elsewhere, nothing inline but the styles that Preact sets, and no framing by other sites.
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "media-src 'self' blob: mediastream:; connect-src 'self' ws: wss:; frame-ancestors 'none'; base-uri 'none'",
    "Permissions-Policy": "camera=(self), microphone=(self), display-capture=(self), speaker-selection=(self)",
    "Referrer-Policy": "no-referrer",
    "Server": "Schalte",
    "X-Content-Type-Options": "nosniff",
}


@web.middleware
async def safe_headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Add security headers to every response."""
    try:
        response = await handler(request)
    except web.HTTPException as fault:
        fault.headers.update(_headers(request))
        raise
    if not response.prepared:
        response.headers.update(_headers(request))
    return response


def _headers(request: web.Request) -> dict[str, str]:
    if not request.app[SERVES_HTTPS] and not request.secure:
        return _HEADERS
    # Not for subdomains: they may be other servers.
    return _HEADERS | {"Strict-Transport-Security": f"max-age={HSTS_MAX_AGE_S}"}


@web.middleware
async def plain_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer everything that a handler raises, and errors of HTTP itself (no such page, wrong method)."""
    try:
        return await handler(request)
    except Denied as fault:
        return fault.answer()
    except ProblemError as fault:
        return Denied.because(fault).answer()
    except tuple(_TEXT_FAULTS) as fault:
        return Denied(_TEXT_FAULTS[type(fault)], str(fault)).answer()
    except (HttpProcessingError, web.RequestPayloadError):
        # The body is no HTTP. Its sender has been counted, and its content reaches no log.
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
    """Refuse paths too long for any file: the operating system raises at them."""
    steps = request.path.split("/")
    if len(request.path) > MAX_PATH_CHARS or any(len(step) > MAX_PATH_STEP_CHARS for step in steps):
        raise Denied("invalid", "There is no such page.", status=404)
    return await handler(request)


@web.middleware
async def one_length(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse chunks in HTTP/1.0, which has none (RFC 9112 section 6.1): they would be read as further requests."""
    if request.version < HttpVersion11 and "Transfer-Encoding" in request.headers:
        answer = Denied("invalid", "HTTP/1.0 has no Transfer-Encoding.", status=400).answer()
        answer.force_close()
        return answer
    return await handler(request)
