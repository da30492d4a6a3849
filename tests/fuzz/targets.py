"""Everything that reads a stranger's bytes, each with inputs near good ones and what must still be true afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog

from bridge.engine import OfferError, PeerSpec
from bridge.peer import new_ssrc
from bridge.sdp.negotiation import negotiate
from bridge.sdp.offer import parse_offer
from config.yamlfile import EventFileError, parse
from signaling.access.links import LinkError
from signaling.access.links import read as read_token
from signaling.cli.script import parse as parse_script
from signaling.http.incoming import Malformed, read_message
from tests.events import SHORT
from tests.fuzz import seeds
from tests.fuzz.mutate import Mutator
from tests.fuzz.stage import STRANGER, Stage

LOOK = 1_000
"""Inputs between two looks at what must still be true."""
MOST = 5_000
"""Entries of any table on the packet path."""

Feed = Callable[[bytes], None]


class Broken(Exception):
    """An input did what none may do. The text holds it."""


@dataclass(frozen=True)
class Target:
    """`share` of all inputs by weight: what is reached by anybody, and cheap, gets most."""

    share: int
    seeds: Callable[[], list[bytes]]
    open: Callable[[], AsyncIterator[tuple[Feed, Callable[[], None]]]]
    """A context: what takes an input, and what looks whether all is still well (raises `Broken`)."""
    largest: int = 1600


async def run(name: str, seed: int, inputs: int) -> None:
    """Feed a target.

    Raises:
        Broken: an exception escaped, a fault of ours was logged, a table grew, or the show stood still.
    """
    target = TARGETS[name]
    mutator = Mutator(seed, target.seeds(), largest=target.largest)
    with structlog.testing.capture_logs() as logs:
        async with asynccontextmanager(target.open)() as (feed, look):
            for number in range(inputs):
                data = mutator.next()
                try:
                    feed(data)
                except Exception as fault:
                    raise Broken(f"seed {seed}, input {number}: {data.hex()} raised {fault!r}") from fault
                faults = [entry for entry in logs if "fault" in entry["event"]]
                if faults:
                    raise Broken(f"seed {seed}, input {number}: {data.hex()} made {faults}")
                logs.clear()
                if number % LOOK == LOOK - 1:
                    look()
                    await asyncio.sleep(0)
            look()


# The bridge -------------------------------------------------------------------------------------------------


@asynccontextmanager
async def _stage() -> AsyncIterator[Stage]:
    stage = await Stage.open()
    try:
        yield stage
    finally:
        await stage.close()


def _look(stage: Stage) -> None:
    stage.keep()
    grown = {name: size for name, size in stage.sizes().items() if size > MOST}
    if grown:
        raise Broken(f"grown beyond {MOST}: {grown}")


async def _port() -> AsyncIterator[tuple[Feed, Callable[[], None]]]:
    """Datagrams from an address that nobody knows. The programme goes on."""

    def look() -> None:
        _look(stage)
        if not stage.show():
            raise Broken("the programme stands still")

    async with _stage() as stage:
        yield lambda data: stage.enter(data, STRANGER), look


async def _source() -> AsyncIterator[tuple[Feed, Callable[[], None]]]:
    """Packets of a hall that is let in, encrypted as they should be."""
    async with _stage() as stage:
        yield lambda data: _say(stage, "hall", data), lambda: _look(stage)


async def _receiver() -> AsyncIterator[tuple[Feed, Callable[[], None]]]:
    """What a viewer says back. The programme goes on for him, too."""
    async with _stage() as stage:

        def look() -> None:
            _look(stage)
            if not stage.show():
                raise Broken("the programme stands still")

        yield lambda data: _say(stage, "viewer", data), look


def _say(stage: Stage, peer: str, data: bytes) -> None:
    # SRTP itself takes nothing shorter or of another version; that is the port's affair.
    if len(data) >= 12 and data[0] >> 6 == 2 and len(data) <= 1400:
        try:
            stage.say(peer, data)
        except seeds.Unencryptable:
            return


async def _sdp() -> AsyncIterator[tuple[Feed, Callable[[], None]]]:
    """Offers: answered, or refused in words."""

    def feed(data: bytes) -> None:
        try:
            negotiate(
                parse_offer(data.decode("utf-8", "replace")),
                PeerSpec("hall", "krefeld", ["berlin"]),
                new_ssrc,
            )
        except OfferError as error:
            if len(str(error)) > 500:
                raise Broken(f"a refusal of {len(str(error))} characters") from error

    yield feed, lambda: None


# The control plane ------------------------------------------------------------------------------------------


async def _message() -> AsyncIterator[tuple[Feed, Callable[[], None]]]:
    """What a page sends over its WebSocket."""

    def feed(data: bytes) -> None:
        try:
            read_message(data.decode("utf-8", "replace"), "moderator")
        except Malformed as fault:
            if len(str(fault)) > 2_000:
                raise Broken(f"an explanation of {len(str(fault))} characters") from fault

    yield feed, lambda: None


NOW = 1_000_000.0
"""Seconds since 1970 at which the tokens are read."""


async def _token() -> AsyncIterator[tuple[Feed, Callable[[], None]]]:
    """Links: read, or refused."""
    event = parse(SHORT, "event.yaml")

    def feed(data: bytes) -> None:
        try:
            read_token(seeds.KEY, event, data.decode("utf-8", "replace"), NOW)
        except LinkError:
            return

    yield feed, lambda: None


async def _claims() -> AsyncIterator[tuple[Feed, Callable[[], None]]]:
    """Claims signed with the right key, as another version or another program would: read, or refused."""
    event = parse(SHORT, "event.yaml")

    def feed(data: bytes) -> None:
        try:
            read_token(seeds.KEY, event, seeds.signed(data), NOW)
        except LinkError as refused:
            str(refused).encode()  # it is sent

    yield feed, lambda: None


async def _event() -> AsyncIterator[tuple[Feed, Callable[[], None]]]:
    """Event files: read, or every fault with its place."""

    def feed(data: bytes) -> None:
        try:
            parse(data.decode("utf-8", "replace"), "event.yaml")
        except EventFileError as error:
            if not error.faults:
                raise Broken("refused without a fault") from error

    yield feed, lambda: None


async def _script() -> AsyncIterator[tuple[Feed, Callable[[], None]]]:
    """Scripts of a rehearsal: read, or every fault with its place."""
    event = parse(SHORT, "event.yaml")

    def feed(data: bytes) -> None:
        try:
            parse_script(data.decode("utf-8", "replace"), event, "script.yaml")
        except EventFileError as error:
            if not error.faults:
                raise Broken("refused without a fault") from error

    yield feed, lambda: None


TARGETS = {
    "port": Target(30, seeds.datagrams, _port),
    "source": Target(40, seeds.sent, _source),
    "receiver": Target(20, seeds.said, _receiver),
    "sdp": Target(4, seeds.offers, _sdp, 20_000),
    "message": Target(4, seeds.messages, _message, 4_000),
    "token": Target(1, seeds.tokens, _token, 1_000),
    "claims": Target(1, seeds.claims, _claims, 4_000),
    "event": Target(1, seeds.events, _event, 8_000),
    "script": Target(1, seeds.scripts, _script, 4_000),
}
