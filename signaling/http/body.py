"""Reads the body of a request, limited in size and time."""

from __future__ import annotations

import asyncio

from aiohttp import web

from signaling.http.problem import Denied
from signaling.listener.connection import REQUEST_TIMEOUT_S


async def read_body(request: web.Request, limit: int) -> bytes:
    """The body, of at most `limit` bytes. Authenticate the request first: strangers' bodies are not read.

    Raises:
        Denied: it is larger, or does not arrive within `REQUEST_TIMEOUT_S`.
    """
    if (request.content_length or 0) > limit:
        raise _too_large(limit)
    body = bytearray()
    try:
        async with asyncio.timeout(REQUEST_TIMEOUT_S):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > limit:
                    raise _too_large(limit)
    except TimeoutError:
        raise Denied(
            "invalid", f"The body did not arrive within {REQUEST_TIMEOUT_S:.0f} s.", status=408
        ) from None
    return bytes(body)


def _too_large(limit: int) -> Denied:
    return Denied("invalid", f"This request may have {limit} bytes.", status=413)
