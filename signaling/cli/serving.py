"""Starts a server from its parts, and stops them again: show log, runtime, media plane, HTTP."""

from __future__ import annotations

import asyncio
import errno
import gc
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog

from bridge.sdp.answer import Candidate
from bridge.switchboard import Switchboard
from config.faults import EventFileError
from config.model import Event
from config.plan import instant_of
from config.times import Instant, in_seconds, iso, local_date, parse_time
from signaling.access.followed import KeyFileError
from signaling.access.linkchecker import LinkChecker
from signaling.access.turn import TurnServer
from signaling.cli.address import Address, address_warnings
from signaling.cli.errors import InvalidInput, OptionConflict, reported
from signaling.cli.reach import host_of
from signaling.cli.tls import certificate_warnings, served_certificate
from signaling.clock import ShowClock
from signaling.health.certificate import ServedCertificate
from signaling.health.loopwatch import LoopWatch
from signaling.health.monitor import HealthMonitor
from signaling.http.server import Server, listening
from signaling.listener.listener import Listener
from signaling.owned import owned
from signaling.runtime import Runtime
from signaling.show.core import CommandRefused
from signaling.show.facts import UnknownFact
from signaling.showlog.filelog import FileLog
from signaling.showlog.interface import ShowLogError, unreadable
from signaling.showlog.replaying import replay_log
from signaling.showlog.salvage import salvage

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Timing:
    """When and how fast the show runs."""

    at: Instant | None = None
    """A rehearsal: the show's time when the server starts. None: the real time."""
    speed: float = 1.0
    auto_start: bool = False
    """The show starts automatically at its first item's time."""

    def clock(self, latest: Instant | None) -> ShowClock:
        """The show's clock. It begins at the instant of the last log entry (`latest`) at the earliest: after a restart
        in a rehearsal, and after the machine's clock was set back."""
        return ShowClock(self.at, self.speed, not_before=latest)


def instant(text: str, event: Event) -> Instant:
    """The instant of `--at`: a wall time on the event's first day in its zone, or an ISO 8601 instant.

    Raises:
        OptionConflict: it is neither.
    """
    first = local_date(event.agenda[0].planned.start, event.timezone)
    try:
        return instant_of(parse_time(text), None, first, event.timezone)
    except ValueError as fault:
        raise OptionConflict(f"--at {text}: {fault}.") from fault


@dataclass(frozen=True, slots=True)
class RunningServer:
    """What other commands need of a server that runs."""

    runtime: Runtime
    link_checker: LinkChecker
    public_url: str
    certificate: ServedCertificate | None = None


REAL_TIME = Timing()


@asynccontextmanager
async def serving(
    event: Event,
    text: str,
    data: Path,
    address: Address,
    timing: Timing = REAL_TIME,
    *,
    turn: TurnServer | None = None,
    salvages_log: bool = False,
) -> AsyncIterator[RunningServer]:
    """Serve an event while the context lasts; `text` is its file.

    `turn`: pages get credentials for it. `salvages_log`: a damaged show log is put aside, and the show goes on with
    its readable entries.

    Raises:
        OptionConflict: the server could not be reached at the addresses that it offers.
        InvalidInput: a port, a folder or a file cannot be used. Nothing is left running.
    """
    address.check()
    certificate = served_certificate(address.tls_cert, address.tls_key)
    tls = None if certificate is None else certificate.context
    if salvages_log:
        _salvage(data, text)
    with _show_log(data, text) as show_log:
        with reported(KeyFileError):
            link_checker = LinkChecker(data)
        async with _switchboard(address) as switchboard:
            watch = LoopWatch()
            runtime = _runtime(event, text, show_log, switchboard, timing)
            latest = show_log.latest
            server = Server(
                *(runtime, link_checker),
                proxies=address.behind,
                turn=turn,
                public_url=address.public_url,
                names=(address.host,),
                watch=watch,
            )
            monitor = HealthMonitor(runtime, switchboard, watch, data, certificate)
            async with (
                _http(server, address, tls, switchboard) as port,
                _media_tcp(server, address, switchboard) as tcp_port,
                owned(runtime.run(), "the single writer"),
                owned(monitor.run(), "the monitor of the server"),
            ):
                public_url = address.url(port)
                log.info(
                    "serving",
                    title=event.title,
                    url=public_url,
                    port=port,
                    udp_host=address.udp_host(),
                    udp_port=switchboard.udp_port,
                    tcp_port=tcp_port,
                    media_addresses=address.offered(),
                    data=str(data),
                    # Entries cut off the end leave no trace in the file. This count makes the loss visible to people.
                    entries=show_log.count,
                    last=None if latest is None else iso(latest, event.timezone),
                )
                for warning in (*address_warnings(address), *_certificate_warnings(address)):
                    log.warning(warning)
                try:
                    with _frozen_objects(), watch:
                        yield RunningServer(runtime, link_checker, public_url, certificate)
                finally:
                    # While the single writer and the media plane still run: waiting commands are answered.
                    await server.drain()


@contextmanager
def _frozen_objects() -> Iterator[None]:
    """Exempt the objects that exist from start to end, some 100 000, from garbage collection.

    With them, a full collection stopped packets and cuts for 70 ms; without them, it takes almost no time.
    """
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@contextmanager
def _show_log(data: Path, text: str) -> Iterator[FileLog]:
    """The show log."""
    with reported(ShowLogError):
        show_log = FileLog.open(data, text)
    with closing(show_log):
        if show_log.is_torn:
            log.warning(
                "The server ended while it wrote an entry. The entry was never acknowledged and is left out."
            )
        yield show_log


def _salvage(data: Path, text: str) -> None:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    with reported(ShowLogError):
        done = salvage(data, stamp, text)
    if done is None:
        log.info("The show log is not damaged; there was nothing to salvage.")
    else:
        log.warning(
            "The show log was damaged. The show goes on with what could be read; check what is on air.",
            why=done.why,
            entries=done.entries,
            lost=done.lost,
            skipped_lines=list(done.skipped),
            damaged_file=str(done.damaged_file),
        )


def _runtime(event: Event, text: str, show_log: FileLog, switchboard: Switchboard, timing: Timing) -> Runtime:
    """The runtime, with the show rebuilt from its log, on the current event file."""
    try:
        clock = timing.clock(show_log.latest)
        if clock.ahead and not clock.is_rehearsal:
            log.warning(
                "This machine's clock is behind the show log, so the show's clock goes on from its last entry. "
                "Set the machine's clock right, then start the server again.",
                behind_s=in_seconds(clock.ahead),
            )
        replayed = replay_log(show_log, event, text, clock.now(), auto_start=timing.auto_start)
        return Runtime(replayed, show_log, clock, switchboard)
    except ShowLogError as fault:
        raise InvalidInput(str(fault)) from fault
    except CommandRefused as refusal:
        raise InvalidInput(
            f"{show_log.name}: the show in it cannot go on with this event file. {refusal} "
            "Or give --data an empty folder to start a new show."
        ) from refusal
    except EventFileError as fault:
        raise InvalidInput(unreadable(show_log.name, f"the event in it has faults: {fault}")) from fault
    except UnknownFact as fault:
        raise InvalidInput(unreadable(show_log.name, fault.why)) from fault


@asynccontextmanager
async def _switchboard(address: Address) -> AsyncIterator[Switchboard]:
    """The media plane, on its UDP port."""
    host, offered = address.udp_host(), await asyncio.to_thread(address.offered)
    try:
        switchboard = await Switchboard.open(host, address.udp_port, offered)
    except OSError as fault:
        raise InvalidInput(_unusable("UDP", "--udp-port", host, address.udp_port, fault)) from fault
    try:
        yield switchboard
    finally:
        await switchboard.close()


@asynccontextmanager
async def _http(
    server: Server, address: Address, tls: ssl.SSLContext | None, switchboard: Switchboard
) -> AsyncIterator[int]:
    """The HTTP port, which carries media as well where it can be reached at the media addresses; yields its number."""
    has_media = bool(await asyncio.to_thread(address.offered_on_http, address.port))
    adopt = switchboard.adopt if has_media else None
    async with AsyncExitStack() as stack:
        try:
            port = await stack.enter_async_context(listening(server, address.host, address.port, tls, adopt))
        except OSError as fault:
            raise InvalidInput(_unusable("TCP", "--port", address.host, address.port, fault)) from fault
        switchboard.offer_tcp([Candidate("tcp", *offered) for offered in address.offered_on_http(port)])
        yield port


@asynccontextmanager
async def _media_tcp(server: Server, address: Address, switchboard: Switchboard) -> AsyncIterator[int | None]:
    """The TCP port for media, if there is to be one; yields its number."""
    if address.tcp_port is None:
        yield None
        return
    host = address.udp_host()
    try:
        listener = await Listener.open(
            None, server.connections, host, address.tcp_port, adopt=switchboard.adopt
        )
    except OSError as fault:
        raise InvalidInput(_unusable("TCP", "--tcp-port", host, address.tcp_port, fault)) from fault
    try:
        offered = await asyncio.to_thread(address.offered)
        switchboard.offer_tcp([Candidate("tcp", one, listener.port) for one in offered])
        yield listener.port
    finally:
        await listener.close()


def _certificate_warnings(address: Address) -> Iterator[str]:
    """Behind a proxy, browsers do not see this certificate."""
    if address.tls_cert is not None and address.public_url is not None and not address.behind:
        yield from certificate_warnings(address.tls_cert, host_of(address.public_url), datetime.now(UTC))


def _unusable(kind: str, option: str, host: str, port: int, fault: OSError) -> str:
    if fault.errno == errno.EADDRINUSE:
        return f"{kind} port {port} is in use on {host}. Stop what uses it, or choose another with {option}."
    if fault.errno == errno.EACCES:
        return f"{kind} port {port} on {host} is not permitted. Choose one from 1024 on with {option}."
    return f"{kind} port {port} on {host} cannot be opened ({fault.strerror}). Check --host and {option}."
