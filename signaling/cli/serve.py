"""`schalte serve`: runs an event until it is stopped."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys

from signaling.cli.address import Address
from signaling.cli.event import data_folder, read_event
from signaling.cli.signals import until_stopped
from signaling.cli.tls import tls_context
from signaling.cli.turn import turn_server


def address_of(options: argparse.Namespace) -> Address:
    """The address options.

    Raises:
        OptionConflict: they contradict each other.
        InvalidInput: the certificate cannot be used.
    """
    address = Address(
        host=options.host,
        port=options.port,
        udp_port=options.udp_port,
        public_url=options.public_url,
        media_addresses=options.media_address or (),
        behind=options.behind or (),
        media_host=options.media_host,
        tls_cert=options.tls_cert,
        tls_key=options.tls_key,
        tcp_port=options.tcp_port,
    )
    # `serving` checks them too, but a wrong command line must be reported before the event file is read.
    tls_context(address.tls_cert, address.tls_key)
    address.check()
    return address


def run(options: argparse.Namespace) -> int:
    address = address_of(options)
    turn = turn_server(options.turn or (), options.turn_secret_file)
    event, text = read_event(options.event)
    # After what a person may have got wrong: the media libraries take a second to load.
    from signaling.cli.links import made_links
    from signaling.cli.serving import Timing, instant, serving
    from signaling.log import configure

    configure()
    # A lost ssh session must not end a show. With TLS it means: read the certificate again.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    at = None if options.at is None else instant(options.at, event)
    timing = Timing(at, options.speed, options.auto_start)

    async def serve() -> None:
        data = data_folder(options.data, options.event)
        async with serving(
            event, text, data, address, timing, turn=turn, salvages_log=options.salvage
        ) as server:
            if sys.stdout.isatty():
                for link in await made_links(event, server):
                    print(f"{link['name']:24} {link['url']}")
            if server.certificate is not None:
                loop = asyncio.get_running_loop()
                loop.add_signal_handler(signal.SIGHUP, server.certificate.reload)
            await until_stopped()

    asyncio.run(serve())
    return 0
