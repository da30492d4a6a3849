"""`schalte serve`: runs an event until it is told to stop."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys

from signaling.cli.event import data_folder, read_event
from signaling.cli.links import documents
from signaling.cli.reach import check_reach
from signaling.cli.serving import Address, Pace, instant, serving, tls_context
from signaling.log import configure


def run(options: argparse.Namespace) -> int:
    tls = tls_context(options.tls_cert, options.tls_key)
    media = options.media_address or ()
    check_reach(options.host, options.public_url, media, has_tls=tls is not None)
    event, text = read_event(options.event)
    configure()
    # A terminal that closes, as a lost ssh session does, must not end a show.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    address = Address(
        options.host,
        options.port,
        options.udp_port,
        options.public_url,
        media,
        tls,
        options.behind or (),
    )

    at = None if options.at is None else instant(options.at, event)
    pace = Pace(at, options.speed, options.auto_start)

    async def serve() -> None:
        data = data_folder(options.data, options.event)
        async with serving(event, text, data, address, pace, salvaging=options.salvage) as server:
            if sys.stdout.isatty():
                for link in documents(event, server.door, server.public_url):
                    print(f"{link['name']:24} {link['url']}")
            await until_told()

    asyncio.run(serve())
    return 0


async def until_told() -> None:
    """Returns on Ctrl-C or SIGTERM."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, told.set)
    await told.wait()
