"""`schalte doctor`: whether a show could run here, from the server's side and from a browser's."""

from __future__ import annotations

import argparse
import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from config.model import Event
from signaling.cli.address import Address, address_warnings
from signaling.cli.doctor.browser import browser_findings
from signaling.cli.doctor.certificate import file_findings
from signaling.cli.doctor.finding import Finding
from signaling.cli.doctor.machine import machine_findings
from signaling.cli.doctor.ntp import clock_finding
from signaling.cli.doctor.ports import is_serving, port_findings
from signaling.cli.doctor.relay import relay_findings
from signaling.cli.event import data_folder, read_event
from signaling.cli.serve import address_of
from signaling.cli.turn import turn_server


def run(options: argparse.Namespace) -> int:
    logging.getLogger("aioice").setLevel(logging.CRITICAL)  # its warnings would come between the lines
    address = address_of(options)
    event, _ = read_event(options.event)
    return asyncio.run(_run(options, event, address))


async def _run(options: argparse.Namespace, event: Event, address: Address) -> int:
    is_wrong = False
    async for finding in _findings(options, event, address):
        print(finding, flush=True)
        is_wrong = is_wrong or finding.verdict == "fault"
    return int(is_wrong)


async def _findings(options: argparse.Namespace, event: Event, address: Address) -> AsyncIterator[Finding]:
    data = data_folder(options.data, options.event)
    yield Finding("event", "ok", f"“{event.title}”, {len(event.agenda)} items, {len(event.sources)} sources.")
    for warning in await asyncio.to_thread(lambda: list(address_warnings(address))):
        yield Finding("options", "warning", warning)
    for finding in await asyncio.to_thread(lambda: list(machine_findings(event, data))):
        yield finding
    yield await clock_finding(options.ntp)
    runs = await is_serving(address)
    for finding in port_findings(address, runs=runs):
        yield finding
    for finding in file_findings(address, datetime.now(UTC)):
        yield finding
    turn = turn_server(options.turn or (), options.turn_secret_file)
    if turn is not None:
        async for finding in relay_findings(turn):
            yield finding
    if not runs and options.link is None:
        yield Finding(
            "browser",
            "unknown",
            "No server of this event runs here. Start it, then run this again: it opens the link as a browser would.",
        )
        return
    async for finding in browser_findings(event, data, address, options.link):
        yield finding
