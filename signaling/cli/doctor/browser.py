"""A browser's side: pages, WebSocket and media at the public address, as a viewer's page uses them."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bridge.room.probe import Offered, offer, offered_in, round_trip
from config.model import Event
from signaling.access.followed import KeyFileError
from signaling.access.linkchecker import LinkChecker
from signaling.cli.address import Address
from signaling.cli.doctor.certificate import served_finding
from signaling.cli.doctor.finding import Finding
from signaling.cli.doctor.ports import is_ours
from signaling.cli.links import link_rows
from signaling.cli.reach import host_of, leads_here, port_of
from signaling.client import ClientError, endpoint
from signaling.show.wire.socket import PROTOCOL

LINK_PATH = "/j"
"""The path of every join link."""
TIMEOUT_S = 10.0
"""Seconds for each answer of the server."""


async def browser_findings(
    event: Event, data: Path, address: Address, link: str | None
) -> AsyncIterator[Finding]:
    """Open a viewer's link, by default one of the data folder, and check what a page needs."""
    public = address.url(address.port)
    try:
        link = link or next(iter(link_rows(event, LinkChecker(data), public, role="viewer")))["url"]
        socket, token = endpoint(link)
    except (KeyFileError, ClientError) as fault:
        yield Finding("browser", "fault", str(fault))
        return
    parts = urlsplit(link)
    base = f"{parts.scheme}://{parts.netloc}"
    if parts.path != LINK_PATH:
        yield Finding(
            "pages",
            "fault",
            f"The link has the path {parts.path}, but pages and sockets are served only at the root of a host, and "
            f"links begin with {base}{LINK_PATH}. Let the proxy forward a host of its own, without a path prefix.",
        )
        return
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_S)) as http:
            if (finding := await _who_answers(http, base)) is not None:
                yield finding
                yield Finding("websocket", "unknown", "Not tried, since the server there is not Schalte.")
                return
            async for finding in _http_findings(http, base):
                yield finding
            async with http.ws_connect(socket, max_msg_size=0) as page:
                async for finding in _page_findings(page, token, base):
                    yield finding
    except aiohttp.ClientConnectorCertificateError as fault:
        why = getattr(fault.certificate_error, "verify_message", "") or str(fault.certificate_error)
        yield Finding(
            "certificate", "fault", f"Browsers refuse the certificate of {base}: {why}. Renew or replace it."
        )
    except aiohttp.WSServerHandshakeError as fault:
        yield Finding(
            "websocket",
            "fault",
            f"{base} answers a WebSocket with {fault.status}. A proxy has to forward Upgrade and Connection: see "
            "docs/deploy/nginx.conf.",
        )
    except (aiohttp.ClientError, TimeoutError, OSError) as fault:
        yield Finding(
            "pages",
            "fault",
            f"{base} cannot be opened ({str(fault) or 'no answer'}). Check its name in the DNS, the firewall, and the "
            "proxy in front of the server.",
        )


async def _who_answers(http: aiohttp.ClientSession, base: str) -> Finding | None:
    """A fault if it is not Schalte. The link's token is for Schalte alone, so nothing else is asked there."""
    async with http.get(f"{base}/healthz") as answer:
        if await is_ours(answer):
            return None
        return Finding(
            "pages",
            "fault",
            f"{base} answers with {answer.status}, and not as Schalte. Check where the proxy forwards to.",
        )


async def _http_findings(http: aiohttp.ClientSession, base: str) -> AsyncIterator[Finding]:
    async with http.get(f"{base}/") as answer:
        if answer.status != 200:
            yield Finding("pages", "fault", f"{base}: {(await answer.text()).strip() or answer.status}")
            return
    yield Finding("pages", "ok", f"{base} serves the pages.")
    if base.startswith("https:"):
        certificate = await _certificate(host_of(base), port_of(base))
        yield served_finding(certificate, time.time(), host_of(base))
    elif not leads_here(base):
        yield Finding(
            "pages",
            "fault",
            f"{base} is not https, so browsers deny camera and microphone. Serve it over TLS.",
        )
    async with http.get(f"{base}/readyz") as answer:
        if answer.status == 503:
            for reason in (await answer.json()).get("reasons", []):
                yield Finding("server", "fault", str(reason.get("message", reason)))
        elif answer.status == 200:
            yield Finding("server", "ok", "The server is ready for a show.")


async def _certificate(host: str, port: int) -> dict[str, object]:
    """The certificate of a host, which was verified when its page was opened."""
    _, writer = await asyncio.open_connection(host, port, ssl=ssl.create_default_context())
    found: dict[str, object] = writer.get_extra_info("peercert")
    writer.close()
    return found


async def _page_findings(
    page: aiohttp.ClientWebSocketResponse, token: str, base: str
) -> AsyncIterator[Finding]:
    await page.send_json({"type": "hello", "token": token, "protocol": PROTOCOL})
    welcome = await _next(page, "welcome")
    if welcome is None:
        yield Finding(
            "websocket",
            "fault",
            f"The server ends the connection: {page.close_code}. Make a new link: schalte links",
        )
        return
    yield Finding("websocket", "ok", "The WebSocket goes through.")
    yield _address_finding(str(welcome["address"]), base)
    sdp, ufrag = await offer()
    await page.send_json({"type": "offer", "id": "doctor", "source": None, "sdp": sdp})
    answer = await _next(page, "answer")
    if answer is None:
        yield Finding("media", "fault", "The server does not answer an offer; its log has the reason.")
        return
    findings = await asyncio.gather(*map(_media_finding, offered_in(answer["sdp"], ufrag)))
    for finding in findings:
        yield finding
    if all(finding.verdict == "fault" for finding in findings):
        yield Finding(
            "media", "fault", "No address of the server is reached. Check --media-address and the firewall."
        )


def _address_finding(seen: str, base: str) -> Finding:
    """Behind a proxy that was not named, every visitor counts as one address."""
    if not leads_here(base) and ip_address(seen).is_loopback:
        return Finding(
            "proxy",
            "fault",
            f"The server sees visitors of {base} at {seen}, the proxy's own address, so all of them share one limit. "
            "Name the proxy with --behind, and let it send X-Forwarded-For.",
        )
    return Finding("proxy", "ok", f"The server sees this machine at {seen}.")


async def _next(page: aiohttp.ClientWebSocketResponse, kind: str) -> dict[str, Any] | None:
    """The next message of this type; None: the server has refused or closed."""
    try:
        async with asyncio.timeout(TIMEOUT_S):
            while (message := await page.receive()).type is aiohttp.WSMsgType.TEXT:
                found: dict[str, Any] = message.json()
                if found["type"] == kind:
                    return found
                if found["type"] == "error":
                    return None
    except TimeoutError:
        pass
    return None


async def _media_finding(offered: Offered) -> Finding:
    try:
        took = await round_trip(offered)
    except TimeoutError:
        why = "nothing answers there"
    except OSError as fault:
        why = str(fault.strerror or fault)
    else:
        return Finding("media", "ok", f"{offered} answers within {took * 1000:.0f} ms.")
    return Finding(
        "media",
        "fault",
        f"{offered} is not reached ({why}). Open it in the firewall, or forward it to this machine.",
    )
