"""Puts a running server together and takes it apart again: log, show, media plane, HTTP."""

from __future__ import annotations

import asyncio
import errno
import gc
import socket
import ssl
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

import ifaddr
import structlog

from bridge.switchboard import Switchboard
from config.faults import EventFileError
from config.model import Event
from config.plan import place
from config.times import Instant, in_seconds, iso, local_date, parse_stated
from signaling.cli.media import BridgeMedia
from signaling.cli.options import Invalid
from signaling.cli.reach import Contradiction
from signaling.clock import ShowClock
from signaling.door import Door
from signaling.following import follow
from signaling.http.address import Network
from signaling.key import KeyFileError
from signaling.owned import owned
from signaling.runtime import Runtime
from signaling.salvage import salvage
from signaling.server import Server, listening
from signaling.show.facts import UnknownFact
from signaling.show.state import Refused
from signaling.store import Store, StoreError, unreadable

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen, and what to tell others about it."""

    host: str = "127.0.0.1"
    port: int = 8080
    udp_port: int = 8081
    public_url: str | None = None
    media_addresses: Sequence[str] = ()
    tls: ssl.SSLContext | None = None
    behind: Sequence[Network] = ()
    """Proxies that are believed whom they forward for."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How the show's time goes."""

    at: Instant | None = None
    """A rehearsal: the time that it is for the show when the server starts. None: the world's."""
    speed: float = 1.0
    auto_start: bool = False
    """The show begins by itself when its first item's time has come."""

    def clock(self, latest: int | None) -> ShowClock:
        """The show's clock. It never begins before the `latest` thing that happened: a rehearsal whose server was
        restarted goes on there, and so does a show whose machine's clock was set back meanwhile."""
        return ShowClock(self.at, self.speed, not_before=None if latest is None else Instant(latest))


def instant(text: str, event: Event) -> Instant:
    """What `--at` says: a wall time on the event's first day in its zone, or an instant.

    Raises:
        Invalid: it is none.
    """
    first = local_date(event.agenda[0].planned.start, event.timezone)
    try:
        return place(parse_stated(text), None, first, event.timezone)
    except ValueError as fault:
        raise Invalid(f"--at {text}: {fault}.") from fault


@dataclass(frozen=True, slots=True)
class Serving:
    """A server that serves."""

    runtime: Runtime
    door: Door
    public_url: str


REAL = Pace()
"""As the world's clock goes; somebody presses Start."""


def host_addresses(host: str) -> list[str]:
    """The addresses at which a room reaches a media port bound to `host`: itself, or all of the machine's.

    Raises:
        Invalid: `host` is a name that does not resolve.
    """
    try:
        # The first one, as the media port takes it: a name may stand for more addresses than a socket is bound to.
        found = socket.getaddrinfo(host, None, type=socket.SOCK_DGRAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as fault:
        raise Invalid(f"“{host}” is no address of this machine ({fault}). Check --host.") from fault
    bound = str(found[0][4][0])
    return _all_addresses(bound) if ip_address(bound).is_unspecified else [bound]


def _all_addresses(unspecified: str) -> list[str]:
    """All the machine's addresses that a port bound to `0.0.0.0` or `::` is reached at: `::` takes IPv4 as well."""
    found = [
        ip.ip if isinstance(ip.ip, str) else ip.ip[0]
        for adapter in ifaddr.get_adapters()
        for ip in adapter.ips
    ]
    versions = {4} if ip_address(unspecified).version == 4 else {4, 6}
    usable = [a for a in found if (parsed := ip_address(a)).version in versions and not parsed.is_link_local]
    # Loopback last: it serves the browser on this very machine.
    return sorted(usable, key=lambda a: ip_address(a).is_loopback)


def tls_context(cert: Path | None, key: Path | None) -> ssl.SSLContext | None:
    """The TLS context of `--tls-cert` and `--tls-key`; None without them.

    Raises:
        Contradiction: only one of them is given.
        Invalid: they are not what they should be.
    """
    if cert is None and key is None:
        return None
    if cert is None or key is None:
        raise Contradiction("Give --tls-cert and --tls-key together, or neither.")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(cert, key)
    except FileNotFoundError as fault:
        missing = cert if not cert.exists() else key
        raise Invalid(
            f"{missing}: no such file. Give --tls-cert and --tls-key PEM files that are there."
        ) from fault
    except (OSError, ssl.SSLError) as fault:
        raise Invalid(
            f"{cert}, {key}: not a certificate with its private key in PEM form ({fault})."
        ) from fault
    return context


@asynccontextmanager
async def serving(
    event: Event, text: str, data: Path, address: Address, pace: Pace = REAL, *, salvaging: bool = False
) -> AsyncIterator[Serving]:
    """Serve `event`, whose file says `text`, for as long as the context lasts.

    `salvaging`: a damaged show log is put aside, and what can be read of it is gone on with.

    Raises:
        Invalid: a port, a folder or a file cannot be used; nothing is left running.
    """
    if salvaging:
        _salvage(data)
    with _store(data) as store:
        door = _door(data)
        async with _board(address) as board:
            runtime = _runtime(event, text, store, board, pace)
            latest = store.latest()
            server = Server(runtime, door, proxies=address.behind)
            async with _http(server, address) as port, owned(runtime.run(), "the single writer"):
                host = f"[{address.host}]" if ":" in address.host else address.host
                scheme = "https" if address.tls else "http"
                public_url = address.public_url or f"{scheme}://{host}:{port}"
                log.info(
                    "serving",
                    title=event.title,
                    url=public_url,
                    port=port,
                    udp_port=board.number,
                    data=str(data),
                    # Entries that were cut off the end leave no trace in the file; who knows the show misses them here.
                    entries=store.seq,
                    last=None if latest is None else iso(Instant(latest), event.timezone),
                )
                with _settled():
                    yield Serving(runtime, door, public_url)


@contextmanager
def _settled() -> Iterator[None]:
    """Let the garbage collector pass over what is there from the start and stays to the end, some 100 000 objects.

    A full round took 70 ms with them, in which no packet went on and no cut was made, and is next to nothing without.
    """
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@contextmanager
def _store(data: Path) -> Iterator[Store]:
    """The show log."""
    try:
        store = Store.open(data)
    except StoreError as fault:
        raise Invalid(str(fault)) from fault
    with closing(store):
        if store.is_torn:
            log.warning(
                "The server was ended while it wrote an entry. Nobody had been told of it; it is left out."
            )
        yield store


def _salvage(data: Path) -> None:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    try:
        done = salvage(data, stamp)
    except StoreError as fault:
        raise Invalid(str(fault)) from fault
    if done is None:
        log.info("The show log is not damaged; there was nothing to salvage.")
    else:
        log.warning(
            "The show log was damaged. The show goes on with what could be read; check what is on air.",
            why=done.why.partition(" Nothing was changed.")[0],
            entries=done.entries,
            lost=done.lost,
            damaged_file=str(done.kept),
        )


def _runtime(event: Event, text: str, store: Store, board: Switchboard, pace: Pace) -> Runtime:
    """The show as its log tells it, on `event` from here on."""
    try:
        clock = pace.clock(store.latest())
        if clock.ahead and not clock.is_rehearsal:
            log.warning(
                "This machine's clock is behind the show log, so the show's clock goes on from its last entry. "
                "Set the machine's clock right, then start the server again.",
                behind_s=in_seconds(clock.ahead),
            )
        begun_with = follow(store, event, text, clock.now())
        return Runtime(begun_with, store, clock, BridgeMedia(board), auto_start=pace.auto_start)
    except StoreError as fault:
        raise Invalid(str(fault)) from fault
    except Refused as refusal:
        raise Invalid(
            f"{store.path}: the show in it cannot go on with this event file. {refusal} "
            "Or give --data an empty folder to begin anew."
        ) from refusal
    except EventFileError as fault:
        raise Invalid(unreadable(store.path, f"the event in it has faults: {fault}")) from fault
    except UnknownFact as fault:
        # Its own remedy cannot name the file; `unreadable` does.
        why = str(fault).partition(" Use the version")[0].rstrip(".")
        raise Invalid(unreadable(store.path, why)) from fault


def _door(data: Path) -> Door:
    try:
        return Door(data)
    except KeyFileError as fault:
        raise Invalid(str(fault)) from fault


@asynccontextmanager
async def _board(address: Address) -> AsyncIterator[Switchboard]:
    """The media plane on its UDP port."""
    own = await asyncio.to_thread(host_addresses, address.host)
    try:
        board = await Switchboard.open(address.host, address.udp_port, list(address.media_addresses) or own)
    except OSError as fault:
        raise Invalid(_unusable("UDP", "--udp-port", address.host, address.udp_port, fault)) from fault
    try:
        yield board
    finally:
        await board.close()


@asynccontextmanager
async def _http(server: Server, address: Address) -> AsyncIterator[int]:
    """The HTTP port; yields its number."""
    async with AsyncExitStack() as stack:
        try:
            port = await stack.enter_async_context(listening(server, address.host, address.port, address.tls))
        except OSError as fault:
            raise Invalid(_unusable("TCP", "--port", address.host, address.port, fault)) from fault
        yield port


def _unusable(kind: str, option: str, host: str, port: int, fault: OSError) -> str:
    if fault.errno == errno.EADDRINUSE:
        return f"{kind} port {port} is in use on {host}. Stop what uses it, or choose another with {option}."
    if fault.errno == errno.EACCES:
        return f"{kind} port {port} on {host} is not permitted. Choose one from 1024 up with {option}."
    return f"{kind} port {port} on {host} cannot be opened ({fault.strerror}). Check --host and {option}."
