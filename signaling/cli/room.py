"""`schalte room`: a headless room or guest behind a join link. Prints what it sees as JSON lines."""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import os
import socket
import uuid
from collections.abc import Coroutine
from typing import Any, Final
from zoneinfo import ZoneInfo

from bridge.room.agent import Agent, NegotiationError
from bridge.room.inputs import InputError, input_named
from bridge.room.testcard import TestCard
from signaling.cli.options import Invalid
from signaling.cli.output import print_json
from signaling.cli.serve import until_told
from signaling.client import Client, ClientError, Refusal, TurnedAway, endpoint
from signaling.log import configure

PARENT: Final = "SCHALTE_PARENT"
"""Environment: the process that started this room. When that is gone, nobody is left to end the room, so it ends."""
MACHINE: Final = "SCHALTE_MACHINE"
"""Environment: tells apart machines, such as containers, that have name, network card and user in common."""
LOOK_EVERY: Final = 1.0
RETRY_FROM, RETRY_TO = 0.25, 5.0
"""Seconds between attempts to reach the server; doubles."""


def run(options: argparse.Namespace) -> int:
    configure()
    try:
        endpoint(options.link)
        asyncio.run(_until_ended(Room(options.link, options.source)))
    except (ClientError, InputError) as fault:
        raise Invalid(str(fault)) from fault
    return 0


async def _until_ended(room: Room) -> None:
    """Run the room until it is told to stop, its parent has gone, or it cannot go on."""
    await _first_of(room.run(), until_told(), _orphaned())


async def _first_of(*parts: Coroutine[Any, Any, None]) -> None:
    """Run `parts` together until one of them ends, and end as it did. Unlike a task group it raises the bare fault."""
    tasks = [asyncio.create_task(part) for part in parts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _orphaned() -> None:
    """Returns when the process that started this one has gone; without one, never."""
    parent = os.environ.get(PARENT)
    # A poll, because no event tells a process that its parent has gone.
    while parent is None or os.getppid() == int(parent):  # noqa: ASYNC110
        await asyncio.sleep(LOOK_EVERY)


def machine_id() -> str:
    """The same for every room that this user runs on this machine: one that is started again takes over at once."""
    parts = (os.environ.get(MACHINE, ""), socket.gethostname(), str(uuid.getnode()), os.path.expanduser("~"))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


class Room:
    """Keeps a session with the server and, through it, picture and sound with the bridge."""

    def __init__(self, link: str, source: str) -> None:
        self._link = link
        self._source = source
        self._client: Client | None = None
        self._welcomed = asyncio.Event()
        self._browser = machine_id()
        self._agent: Agent | None = None
        self._replaced = ""
        """Why this room must not offer its source; empty while it may."""

    async def run(self) -> None:
        """Be in the room until cancelled.

        Raises:
            ClientError: the first attempt to connect failed, or the link does not count (any more).
            InputError: there is nothing to publish.
        """
        client = await Client.open(self._link, browser=self._browser)
        self._agent = agent = self._make_agent(client)
        await _first_of(self._stay(client, agent), agent.run())

    def _make_agent(self, client: Client) -> Agent:
        welcome, event = client.welcome, client.state["event"]
        places = [source for place in event["places"] for source in place["sources"]]
        publishes = next(iter(welcome["sources"]), None)
        source = None
        if publishes is not None:
            place = next(p for p in event["places"] if p["id"] == welcome["id"])
            card = TestCard(
                welcome["name"],
                code=places.index(publishes) % 64,
                zone=ZoneInfo(place["timezone"]),
                caption=place["note"] or place["timezone"].partition("/")[2],
            )
            source = input_named(self._source, card)

        async def negotiate(offer: str) -> str:
            await self._welcomed.wait()
            assert self._client is not None
            if self._replaced:
                raise NegotiationError(self._replaced)
            try:
                answer = await self._client.offer(offer, publishes)
            except (ClientError, Refusal) as fault:
                raise NegotiationError(str(fault)) from fault
            return str(answer["sdp"])

        return Agent(negotiate, self._report, places=places, source=source)

    async def _stay(self, client: Client, agent: Agent) -> None:
        """Follow the state; when the connection is lost, come back. Picture and sound go on meanwhile if they can."""
        while True:
            async with client:
                self._client = client
                client.on_admission = self._take_admission
                self._welcomed.set()
                try:
                    async for _ in client:
                        pass
                except ClientError:
                    self._welcomed.clear()
            before = client.welcome
            client = await self._again(before["peer"])
            if client.welcome["boot"] != before["boot"]:
                self._replaced = ""  # another server, which knows nothing of who fed what
            if client.welcome["peer"] != before["peer"]:
                agent.reconnect()

    def _take_admission(self, message: dict[str, Any]) -> None:
        """Another room feeds this one's source, or does so no more. Two rooms must not take over from each other."""
        match message["status"]:
            case "replaced":
                other = "room of this machine" if message["by"] == "window" else "machine"
                self._replaced = f"Another {other} feeds {message['source']} now."
            case "admitted" if self._agent is not None and not self._agent.is_connected:
                self._replaced = ""
                self._agent.reconnect()

    async def _again(self, peer: str) -> Client:
        wait = RETRY_FROM
        while True:
            try:
                return await Client.open(self._link, peer=peer, browser=self._browser)
            except TurnedAway:
                raise  # Asking again would not help, and whoever looks after the room has to know.
            except ClientError:
                await asyncio.sleep(wait)
                wait = min(2 * wait, RETRY_TO)

    def _report(self, seen: dict[str, Any]) -> None:
        state = self._client.state if self._client is not None else {}
        item = state["show"]["item"] if state else None
        print_json({**seen, "item": item}, flush=True)
