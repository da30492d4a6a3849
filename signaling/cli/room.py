"""`schalte room`: a headless room or guest that joins by a link. Prints what it receives as JSON lines.

A program of its own: it shares the protocol's types with the server, and none of the server's code.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import os
import random
import socket
import sys
import time
import uuid
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import structlog

from bridge.room.agent import Agent, NegotiationError
from bridge.room.devices.input import DeviceInput
from bridge.room.inputs import Input, InputError, PlayerInput, input_named, tone_or_file
from bridge.room.output import OutputError, Playback
from bridge.room.strip import CODES
from bridge.room.testcard import TestCard
from bridge.room.window import ProgrammeWindow
from signaling.cli.errors import InvalidInput, reported
from signaling.cli.output import print_json
from signaling.cli.signals import PARENT_VARIABLE, until_stopped
from signaling.client import Client, ClientError, LinkRefused, RequestRefused, endpoint
from signaling.log import configure

log = structlog.get_logger(__name__)

MACHINE_VARIABLE: Final = "SCHALTE_MACHINE"
"""Environment variable: distinguishes machines, such as containers, with equal name, network card and user."""
PARENT_POLL_S: Final = 1.0
"""Seconds between two checks whether the parent process still runs."""
RETRY_MIN_S, RETRY_MAX_S = 0.25, 2.0
"""Seconds between attempts to reach the server; doubled after each, and shortened at random so that rooms do not come
back all at once. A room must be back within 3 s of the server's start."""


def run(options: argparse.Namespace) -> int:
    configure()
    with reported(ClientError, InputError, OutputError, ChannelError):
        link = link_from(options.link)
        endpoint(link)
        outputs = Outputs.open(options.sound_device, options.interpretation_device, options.window)
        try:
            asyncio.run(
                _run(RoomSession(link, options.source, options.channel, devices_from(options), outputs))
            )
        finally:
            outputs.close()
    return 0


def devices_from(options: argparse.Namespace) -> DeviceInput | None:
    """The camera and microphone to send; None to send `--source`."""
    camera = options.camera
    if camera is None and options.source.startswith("/dev/video"):
        camera = options.source
    return DeviceInput(camera, options.microphone) if camera or options.microphone else None


class Outputs(NamedTuple):
    """Where a room shows and plays what it receives. None: it is only reported."""

    speakers: Playback | None = None
    """The programme's sound."""
    interpretation: Playback | None = None
    window: ProgrammeWindow | None = None

    @classmethod
    def open(cls, speakers: str | None, interpretation: str | None, window: bool) -> Outputs:
        """Open them by the names of their devices.

        Raises:
            OutputError: one cannot be opened.
        """
        return cls(
            Playback.open(speakers) if speakers else None,
            Playback.open(interpretation) if interpretation else None,
            ProgrammeWindow() if window else None,
        )

    def status(self) -> dict[str, str | None]:
        """The wire's `DeviceStatus` of each; null for one that was not chosen."""
        return {
            "loudspeaker": self.speakers.status if self.speakers is not None else None,
            "interpretation_device": self.interpretation.status if self.interpretation is not None else None,
            "window": self.window.status if self.window is not None else None,
        }

    def close(self) -> None:
        for output in self:
            if output is not None:
                output.close()


def link_from(given: str | None) -> str:
    """The link itself, or that in a file or, for `-`, on standard input: a command line can be read by others.

    Raises:
        InvalidInput: there is none.
    """
    if given is None:
        raise InvalidInput(
            "Give a join link: on the command line, as SCHALTE_LINK, in a file, or - for standard input."
        )
    if given == "-":
        return sys.stdin.readline().strip()
    if "://" in given or not Path(given).is_file():
        return given
    with reported(OSError, UnicodeDecodeError):
        return Path(given).read_text("utf-8").strip()


async def _run(session: RoomSession) -> None:
    """Run the session until Ctrl-C, the end of the parent process, or a fatal error."""
    await _first_of(session.run(), until_stopped(), _until_orphaned())


async def _first_of(*parts: Coroutine[Any, Any, None]) -> None:
    """Run coroutines together until one of them ends, with its result. A task group would wrap its exception."""
    tasks = [asyncio.create_task(part) for part in parts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _until_orphaned() -> None:
    """Returns when the parent process has ended; never, if the environment names none."""
    parent = os.environ.get(PARENT_VARIABLE)
    # Polled, because a process gets no event when its parent ends.
    while parent is None or os.getppid() == int(parent):  # noqa: ASYNC110
        await asyncio.sleep(PARENT_POLL_S)


def machine_id() -> str:
    """Equal for every room of one user on one machine, so that a restarted room takes over at once."""
    parts = (
        os.environ.get(MACHINE_VARIABLE, ""),
        socket.gethostname(),
        str(uuid.getnode()),
        os.path.expanduser("~"),
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


class ChannelError(Exception):
    """The event has no such channel. The text names those that it has."""


class RoomSession:
    """Keeps the WebSocket to the server and, negotiated over it, the media connection to the bridge."""

    def __init__(
        self,
        link: str,
        source: str,
        channel: str | None = None,
        devices: DeviceInput | None = None,
        outputs: Outputs | None = None,
    ) -> None:
        self._link = link
        self._source = source
        self._channel = channel
        self._devices = devices
        self._outputs = outputs or Outputs()
        self._file: PlayerInput | None = None
        """What is sent in place of devices."""
        self._condition: tuple[str | None, ...] | None = None
        """The status of camera, microphone and encoder that the server knows."""
        self._condition_changed = asyncio.Event()
        self._client: Client | None = None
        self._welcomed = asyncio.Event()
        self._browser = machine_id()
        self._agent: Agent | None = None
        self._replaced = ""
        """Why this room must not offer its source now; empty if it may."""

    async def run(self) -> None:
        """Stay connected until cancelled.

        Raises:
            ClientError: the first attempt to connect failed, or the link is not valid any more.
            InputError: the source cannot be opened.
            ChannelError: the event has no such channel.
        """
        client = await Client.open(self._link, browser=self._browser)
        languages = client.state["event"]["languages"]
        if self._channel is not None and self._channel not in languages:
            await client.close()
            known = ", ".join(languages) or "none"
            raise ChannelError(f"the event has no channel {self._channel}; its channels are: {known}")
        self._agent = agent = self._make_agent(client)
        parts = [self._follow(client, agent), agent.run()]
        if self._devices is not None:
            parts.append(self._devices.run())
        sender = self._devices or self._file
        if sender is not None:
            parts.append(self._report_condition(sender))
        await _first_of(*parts)

    def _make_agent(self, client: Client) -> Agent:
        welcome, event = client.welcome, client.state["event"]
        places = [source for place in event["places"] for source in place["sources"]]
        places += [f"{booth['id']}/{n}" for booth in event["booths"] for n in range(1, booth["seats"] + 1)]
        publishes = next(iter(welcome["sources"]), None)
        source: Input | None = None
        is_seat = welcome["role"] == "interpreter"
        if publishes is not None and self._devices is not None:
            source = self._devices
        elif publishes is not None and is_seat:
            source = tone_or_file(self._source, places.index(publishes) % CODES)
        elif publishes is not None:
            place = next(p for p in event["places"] if p["id"] == welcome["id"])
            card = TestCard(
                welcome["name"],
                code=places.index(publishes) % 64,
                zone=ZoneInfo(place["timezone"]),
                caption=place["note"] or place["timezone"].partition("/")[2],
            )
            source = input_named(self._source, card)
            self._file = source if isinstance(source, PlayerInput) else None

        def ice_servers() -> list[dict[str, Any]]:
            return list((self._client or client).welcome["ice_servers"])

        async def negotiate(offer: str) -> str:
            await self._welcomed.wait()
            assert self._client is not None
            if self._replaced:
                raise NegotiationError(self._replaced)
            try:
                answer = await self._client.offer(offer, publishes)
            except (ClientError, RequestRefused) as fault:
                raise NegotiationError(str(fault)) from fault
            return str(answer["sdp"])

        return Agent(
            *(negotiate, self._report),
            places=places[:CODES],
            source=source,
            has_camera=not is_seat,
            playback=self._outputs.interpretation,
            speakers=self._outputs.speakers,
            window=self._outputs.window,
            devices=self._status,
            ice_servers=ice_servers,
        )

    async def _follow(self, client: Client, agent: Agent) -> None:
        """Follow the state, and reconnect when the WebSocket is lost. The media connection goes on meanwhile."""
        while True:
            pause = 0.0
            async with client:
                self._client = client
                client.on_admission = self._on_admission
                try:
                    await self._choose(client)
                    self._welcomed.set()
                    self._condition = None  # the server knows nothing of a new connection's devices
                    self._condition_changed.set()
                    async for _ in client:
                        pass
                except LinkRefused:
                    raise
                except ClientError as fault:
                    self._welcomed.clear()
                    pause = fault.retry_after_s
            before = client.welcome
            client = await self._reconnect(before["peer"], pause)
            if client.welcome["boot"] != before["boot"]:
                self._replaced = ""  # the server was restarted and knows no contributors
            if client.welcome["peer"] != before["peer"]:
                agent.reconnect()

    async def _choose(self, client: Client) -> None:
        """Say again what the server forgets with a connection: the channel, and that the seat's microphone is open.

        Raises:
            ClientError: the connection has ended.
        """
        if self._channel is not None:
            try:
                await client.listen(self._channel)
            except (
                RequestRefused
            ) as fault:  # a changed event may have no such channel; the room stays on the floor
                log.warning("the channel cannot be chosen", channel=self._channel, fault=str(fault))
        if client.welcome["role"] == "interpreter":
            booth, _, seat = client.welcome["sources"][0].partition("/")
            with suppress(RequestRefused):  # it is open already
                await client.command("interpret", booth=booth, seat=seat, open=True)

    def _status(self, now: float) -> dict[str, str | None]:
        """The status of each device, for a report."""
        devices = self._devices.status(now) if self._devices is not None else {}
        file = self._file.status(now) if self._file is not None else {}
        return {
            "camera": devices.get("camera"),
            "microphone": devices.get("microphone"),
            "reduced": devices.get("reduced") or file.get("reduced"),
            **self._outputs.status(),
        }

    async def _report_condition(self, sender: DeviceInput | PlayerInput) -> None:
        """Report camera, microphone and encoder to the server after each welcome and at each change."""
        while True:
            await self._condition_changed.wait()
            self._condition_changed.clear()
            found = sender.status(time.monotonic())
            camera, microphone, reduced = found["camera"], found["microphone"], found["reduced"]
            condition = camera, microphone, reduced
            if self._client is None or not self._welcomed.is_set() or condition == self._condition:
                continue
            # The connection may end meanwhile; the next welcome sets the event again.
            with suppress(ClientError):
                await self._client.report_devices(str(camera), str(microphone), reduced)
                self._condition = condition

    def _on_admission(self, message: dict[str, Any]) -> None:
        """Do not offer the source while another room sends it: they would take over from each other without end."""
        match message["status"]:
            case "replaced":
                other = "room of this machine" if message["by"] == "window" else "machine"
                self._replaced = f"Another {other} sends {message['source']} now."
            case "admitted" if self._agent is not None and not self._agent.is_connected:
                self._replaced = ""
                self._agent.reconnect()

    async def _reconnect(self, peer: str, pause: float) -> Client:
        """Connect again. `pause`: seconds for which the server asked the room to wait."""
        wait = RETRY_MIN_S
        while True:
            if pause:
                await asyncio.sleep(pause * random.uniform(1, 1.5))
            try:
                return await Client.open(self._link, peer=peer, browser=self._browser)
            except LinkRefused:
                raise
            except ClientError as fault:
                pause = fault.retry_after_s
                await asyncio.sleep(wait * random.uniform(0.5, 1))
                wait = min(2 * wait, RETRY_MAX_S)

    def _report(self, seen: dict[str, Any]) -> None:
        state = self._client.state if self._client is not None else {}
        item = state["show"]["item"] if state else None
        print_json({**seen, "item": item}, flush=True)
        self._condition_changed.set()
