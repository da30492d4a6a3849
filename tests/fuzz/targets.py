"""The parsers of untrusted input, each with its inputs and the conditions that must hold afterwards."""

from __future__ import annotations

import argparse
import asyncio
import ipaddress
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from bridge.engine import OfferError, PeerSpec
from bridge.net.framing import MAX_DATAGRAM_BYTES, FrameError, FrameReader
from bridge.net.ice import Generation, IceLite
from bridge.net.stun import BadStun
from bridge.net.stun import parse as parse_stun
from bridge.peer import new_ssrc
from bridge.sdp.negotiation import negotiate
from bridge.sdp.offer import parse_offer
from config.faults import Faults
from config.yamlfile import EventFileError, parse
from signaling.access.codes import normalized
from signaling.access.followed import KeyFileError
from signaling.access.table import FILE_NAME, parse_table
from signaling.cli.script import parse as parse_script
from signaling.cli.turn import turn_uri
from signaling.http.hosts import OwnHosts
from signaling.http.incoming import Malformed, read_message
from signaling.listener.address import client_address, network_of, networks
from signaling.listener.connection import MAX_HELLO_BYTES
from signaling.listener.firstbytes import NEEDED_BYTES, protocol_of
from signaling.listener.frames import FrameLimit, close_frame
from tests.events import SHORT
from tests.fuzz import seeds
from tests.fuzz.mutate import Mutator
from tests.fuzz.stage import INPUT_INTERVAL_S, STRANGER, Stage

CHECK_EVERY = 1_000
"""Inputs between two checks."""
MAX_TABLE_ENTRIES = 5_000
"""Of any table on the packet path."""
MAX_FRAME_HEADER_BYTES = 14
"""Of a WebSocket frame (RFC 6455 section 5.2)."""

Feed = Callable[[bytes], None]


class FuzzFailure(Exception):
    """An input caused a failure. The text contains it."""


@dataclass(frozen=True)
class Target:
    """`share` is its weight among all inputs. Parsers that strangers can reach get most."""

    share: int
    seeds: Callable[[], list[bytes]]
    open: Callable[[], AsyncIterator[tuple[Feed, Callable[[], None]]]]
    """A context with two functions: one takes an input, the other checks the conditions (raises `FuzzFailure`)."""
    largest: int = 1600


async def run(name: str, seed: int, inputs: int) -> None:
    """Feed a target.

    Raises:
        FuzzFailure: an exception escaped, a fault was logged, a table grew too large, or the programme stalled.
    """
    target = TARGETS[name]
    mutator = Mutator(seed, target.seeds(), largest=target.largest)
    with structlog.testing.capture_logs() as logs:
        async with asynccontextmanager(target.open)() as (feed, check):
            for number in range(inputs):
                data = mutator.next()
                try:
                    feed(data)
                except Exception as fault:
                    raise FuzzFailure(
                        f"seed {seed}, input {number}: {data.hex()} raised {fault!r}"
                    ) from fault
                faults = [entry for entry in logs if "fault" in entry["event"]]
                if faults:
                    raise FuzzFailure(f"seed {seed}, input {number}: {data.hex()} made {faults}")
                logs.clear()
                if number % CHECK_EVERY == CHECK_EVERY - 1:
                    check()
                    await asyncio.sleep(0)
            check()


# The bridge -------------------------------------------------------------------------------------------------


@asynccontextmanager
async def _stage() -> AsyncIterator[Stage]:
    stage = await Stage.open()
    try:
        yield stage
    finally:
        await stage.close()


def _check_tables(stage: Stage) -> None:
    stage.send_keepalives()
    grown = {name: size for name, size in stage.table_sizes().items() if size > MAX_TABLE_ENTRIES}
    if grown:
        raise FuzzFailure(f"grown beyond {MAX_TABLE_ENTRIES}: {grown}")


async def _port() -> AsyncIterator[tuple[Feed, Callable[[], None]]]:
    """Datagrams from an unknown address. The programme must go on."""

    def check() -> None:
        _check_tables(stage)
        if not stage.send_frames():
            raise FuzzFailure("the programme stalled")

    async with _stage() as stage:
        yield lambda data: stage.receive(data, STRANGER), check


async def _source() -> AsyncIterator[tuple[Feed, Callable[[], None]]]:
    """Packets of a connected hall, correctly encrypted."""
    async with _stage() as stage:
        yield lambda data: _send(stage, "hall", data), lambda: _check_tables(stage)


async def _receiver() -> AsyncIterator[tuple[Feed, Callable[[], None]]]:
    """RTCP feedback of a viewer. Its programme must go on."""
    async with _stage() as stage:

        def check() -> None:
            _check_tables(stage)
            if not stage.send_frames():
                raise FuzzFailure("the programme stalled")

        yield lambda data: _send(stage, "viewer", data), check


def _send(stage: Stage, peer: str, data: bytes) -> None:
    # SRTP rejects shorter packets and other versions; the target "port" covers them.
    if len(data) >= 12 and data[0] >> 6 == 2 and len(data) <= 1400:
        try:
            stage.send(peer, data)
        except seeds.Unencryptable:
            return


async def _stun() -> AsyncIterator[tuple[Feed, Callable[[], None]]]:
    """Checks and answers that name the right peer: nothing counts that the peer has not signed as it is."""
    ice = IceLite(seeds.STUN_REMOTE)
    ice._current = Generation(0, seeds.STUN_LOCAL, seeds.STUN_REMOTE)
    ice.generations = [ice._current]
    genuine = {signed_part(data) for data in seeds.stun_messages()}
    now = 1000.0

    def feed(data: bytes) -> None:
        nonlocal now
        now += INPUT_INTERVAL_S
        try:
            message = parse_stun(data)
            if message.is_check:
                ice.accept(message, STRANGER, now)
            else:
                ice.on_answer(message, STRANGER, now)
        except BadStun:
            return
        if signed_part(data) not in genuine:
            raise FuzzFailure("a changed message counts as signed")

    def check() -> None:
        if len(ice._ids) > MAX_TABLE_ENTRIES:
            raise FuzzFailure(f"{len(ice._ids)} transaction ids are kept")

    yield feed, check


def signed_part(data: bytes) -> bytes:
    """What the signature of a message covers, without its length."""
    at = 20
    while at + 4 <= len(data) and data[at : at + 2] != b"\x00\x08":
        at += 4 + (int.from_bytes(data[at + 2 : at + 4]) + 3 & ~3)
    return data[:2] + data[4:at]


async def _frames() -> AsyncIterator[tuple[Feed, Callable[[], None]]]:
    """What strangers send on the HTTP port: told apart, and read as frames, in one stream until it is refused."""
    reader = FrameReader()

    def feed(data: bytes) -> None:
        nonlocal reader
        protocol_of(data[:NEEDED_BYTES])
        try:
            packets = reader.feed(data)
        except FrameError:
            reader = FrameReader()
            return
        if not all(0 < len(packet) <= MAX_DATAGRAM_BYTES for packet in packets):
            raise FuzzFailure("a packet of a wrong size")
        if reader.waiting > MAX_DATAGRAM_BYTES + 1:
            raise FuzzFailure(f"{reader.waiting} bytes are kept")

    yield feed, lambda: None


async def _sdp() -> AsyncIterator[tuple[Feed, Callable[[], None]]]:
    """Offers: negotiated, or refused with a short text."""

    def feed(data: bytes) -> None:
        try:
            negotiate(
                parse_offer(data.decode("utf-8", "replace")),
                PeerSpec("hall", "krefeld", ["berlin"]),
                new_ssrc,
            )
        except OfferError as error:
            if len(str(error)) > 500:
                raise FuzzFailure(f"a refusal of {len(str(error))} characters") from error

    yield feed, lambda: None


# The control plane ------------------------------------------------------------------------------------------


async def _message() -> AsyncIterator[tuple[Feed, Callable[[], None]]]:
    """What a page sends over its WebSocket."""

    def feed(data: bytes) -> None:
        try:
            read_message(data.decode("utf-8", "replace"), "moderator")
        except Malformed as fault:
            if len(str(fault)) > 2_000:
                raise FuzzFailure(f"an explanation of {len(str(fault))} characters") from fault

    yield feed, lambda: None


async def _websocket() -> AsyncIterator[tuple[Feed, Callable[[], None]]]:
    """The frames of a WebSocket before its hello, in one stream until it is closed."""

    def fresh() -> FrameLimit:
        return FrameLimit(MAX_HELLO_BYTES, 1e9, 1e9, lambda: 0.0)

    limit = fresh()

    def feed(data: bytes) -> None:
        nonlocal limit
        refused = limit.check(data)
        if len(limit._header) >= MAX_FRAME_HEADER_BYTES:
            raise FuzzFailure(f"{len(limit._header)} bytes of a header are kept")
        if refused is None and not limit._header and limit._message > MAX_HELLO_BYTES:
            raise FuzzFailure(f"a message of {limit._message} bytes is read")
        if refused is not None:
            close_frame(*refused)
            limit = fresh()

    yield feed, lambda: None


async def _headers() -> AsyncIterator[tuple[Feed, Callable[[], None]]]:
    """X-Forwarded-For of a trusted proxy, `Host` and `Origin`, each with the same text."""
    proxies = networks(["127.0.0.1", "10.0.0.0/8", "fd00::/8"])
    hosts = OwnHosts("https://show.example", ["hall"], Counter())

    def feed(data: bytes) -> None:
        text = data.decode("utf-8", "replace")
        address = client_address("127.0.0.1", {"X-Forwarded-For": text}, proxies)
        if not network_of(address):
            raise FuzzFailure("a client without a network")
        ipaddress.ip_address(address)  # anything else would be a limit of its own for each text
        hosts.is_own(text)
        hosts.is_own_page(text, text, is_from_proxy=False)

    yield feed, lambda: None


async def _turn() -> AsyncIterator[tuple[Feed, Callable[[], None]]]:
    """TURN addresses of `--turn`: accepted unchanged but for the transport, or refused with a sentence."""

    def feed(data: bytes) -> None:
        text = data.decode("utf-8", "replace")
        try:
            url = turn_uri(text)
        except argparse.ArgumentTypeError:
            return
        if turn_uri(str(url)) != url:
            raise FuzzFailure("read twice, it is another address")

    yield feed, lambda: None


async def _code() -> AsyncIterator[tuple[Feed, Callable[[], None]]]:
    """Codes: normalised, or none."""

    def feed(data: bytes) -> None:
        code = normalized(data.decode("utf-8", "replace"))
        if code is not None and normalized(code) != code:
            raise FuzzFailure("normalised twice, it is another code")

    yield feed, lambda: None


async def _table() -> AsyncIterator[tuple[Feed, Callable[[], None]]]:
    """The table of links, as another version or another program would write it: read, or damaged."""

    def feed(data: bytes) -> None:
        try:
            parse_table(Path(FILE_NAME), data)
        except KeyFileError as damaged:
            str(damaged).encode()  # it is logged

    yield feed, lambda: None


async def _event() -> AsyncIterator[tuple[Feed, Callable[[], None]]]:
    """Event files: read, or every fault with its place."""

    def feed(data: bytes) -> None:
        try:
            parse(data.decode("utf-8", "replace"), "event.yaml")
        except EventFileError as error:
            if not error.faults:
                raise FuzzFailure("refused without a fault") from error

    yield feed, lambda: None


async def _script() -> AsyncIterator[tuple[Feed, Callable[[], None]]]:
    """Scripts of a rehearsal: read, or every fault with its place."""
    event = parse(SHORT, "event.yaml")

    def feed(data: bytes) -> None:
        try:
            parse_script(data.decode("utf-8", "replace"), event, Faults("script.yaml"))
        except EventFileError as error:
            if not error.faults:
                raise FuzzFailure("refused without a fault") from error

    yield feed, lambda: None


TARGETS = {
    "port": Target(30, seeds.datagrams, _port),
    "stun": Target(10, seeds.stun_messages, _stun),
    "source": Target(40, seeds.uplink_packets, _source),
    "receiver": Target(20, seeds.feedback, _receiver),
    "frames": Target(30, seeds.frames, _frames, 4_000),
    "sdp": Target(20, seeds.offers, _sdp, 20_000),
    "message": Target(8, seeds.messages, _message, 4_000),
    "websocket": Target(15, seeds.websocket_frames, _websocket, 20_000),
    "headers": Target(4, seeds.headers, _headers, 1_000),
    "turn": Target(1, seeds.turn_urls, _turn, 400),
    "code": Target(1, seeds.codes, _code, 1_000),
    "table": Target(2, seeds.tables, _table, 4_000),
    "event": Target(2, seeds.events, _event, 8_000),
    "script": Target(2, seeds.scripts, _script, 4_000),
}
"""Of a million inputs, offers get 100,000 and event files 10,000. `port` includes STUN and DTLS of strangers,
`source` and `receiver` RTP and RTCP, `frames` the first bytes of a TCP connection."""
