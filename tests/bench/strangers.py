"""The effect of attacks on a show: how long the server delays packets meanwhile.

One hall is on air and one viewer watches, with a real server process; each attack lasts some seconds and is bounded in
count. `held_up` is from the sending of a packet at the hall to its arrival at the viewer, as recorded by the kernel;
`state_ms` is how long a moderator waits for the state over HTTP. Hall and viewer are in another process than the
attacker.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import multiprocessing
import os
import socket
import struct
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

import aiohttp
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from signaling.access.codes import random_code
from signaling.client import Client, ClientError, RequestRefused, endpoint
from tests.bench import netns
from tests.bench.figures import percentile
from tests.bench.load import Camera, KeepAlive, Played, Traffic, Viewer, play
from tests.bench.netns import ADDRESS
from tests.bench.peer import Peer
from tests.events import write
from tests.server.process import ServerProcess, server

ATTACK_S = 5.0
TRAFFIC = Traffic(rate=150, size=1250, bursts=True)
"""1.5 Mb/s."""
MIB = 1024 * 1024
UPGRADE = (
    b"GET /api/v1/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)
DOCUMENT = "{" + ",".join(f'"k{n}":0' for n in range(80_000)) + "}"
"""About 1 MiB of unknown keys."""
BOMB = gzip.compress(bytes(100 * MIB))


def run() -> Iterator[dict[str, object]]:
    """One line for each attack; the first is without one."""
    return netns.bench("strangers", measure)


def measure() -> Iterator[dict[str, object]]:
    """Runs in the isolated network."""
    for name, attack in ATTACKS.items():
        yield asyncio.run(_under(name, attack))


@dataclass
class Target:
    """The attacked server, and the results."""

    server: ServerProcess
    until: float = 0.0
    """Monotonic seconds at which the attack ends."""
    sent: int = 0
    """Messages, requests, connections or datagrams of the attack."""
    waits: list[float] = field(default_factory=list)
    """Milliseconds that a moderator waited for the state."""
    descriptors: int = 0
    more: dict[str, object] = field(default_factory=dict)
    """Figures of this attack only."""

    @property
    def lasts(self) -> bool:
        return time.monotonic() < self.until


Attack = Callable[[Target], Awaitable[None]]


async def _under(name: str, attack: Attack) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        event, data = write(Path(folder)), Path(folder) / "data"
        options = ("--host", "0.0.0.0", "--media-address", ADDRESS)
        async with server(event, data, *options) as running, _on_air(running) as (hall, viewer):
            target = Target(running, time.monotonic() + ATTACK_S + 1.0)
            lines = len(running.lines)
            playing = asyncio.create_task(_playing(hall, viewer, running.process.pid))
            await asyncio.sleep(0)  # it has forked
            asking = asyncio.create_task(_ask(target))
            with suppress(OSError, WebSocketException, ClientError, aiohttp.ClientError):
                await attack(target)
            played = await playing
            await asking
            return {
                "bench": "strangers",
                "attack": name,
                "seconds": ATTACK_S,
                "sent": target.sent,
                "cpu": round(played.cpu / played.seconds, 3),
                "held_up_p99_ms": round(percentile(played.delays, 99), 1),
                "held_up_max_ms": round(max(played.delays), 1),
                "lost": played.lost,
                "state_p50_ms": round(percentile(target.waits, 50), 1),
                "state_max_ms": round(max(target.waits), 1),
                "descriptors": target.descriptors,
                "log_lines": len(running.lines) - lines,
                **target.more,
            }


@asynccontextmanager
async def _on_air(running: ServerProcess) -> AsyncIterator[tuple[Peer, Peer]]:
    """A hall on air and a viewer, each with its page and its peer."""
    hall, viewer = Peer(), Peer()
    try:
        async with (
            await Client.open(running.link("venue", "krefeld")) as console,
            await Client.open(running.link("viewer")) as page,
            await Client.open(running.link("moderator")) as desk,
        ):
            await hall.connect((await console.offer(hall.offer(sends=True), "krefeld"))["sdp"])
            await viewer.connect((await page.offer(viewer.offer(sends=False), None))["sdp"])
            await desk.command("start")
            yield hall, viewer
    finally:
        hall.close()
        viewer.close()


async def _playing(hall: Peer, viewer: Peer, pid: int) -> Played:
    """Play in a separate process, so that the attacker's work does not delay the hall."""
    forking = multiprocessing.get_context("fork")
    ours, theirs = forking.Pipe()
    process = forking.Process(target=_play, args=(hall, viewer, pid, theirs))
    process.start()
    theirs.close()
    try:
        played: Played = await asyncio.to_thread(ours.recv)
        return played
    finally:
        process.join()


def _play(hall: Peer, viewer: Peer, pid: int, result: Connection) -> None:
    camera, watching, keep_alive = Camera(hall), Viewer(viewer), KeepAlive()
    keep_alive.add(hall)
    keep_alive.add(viewer, watching)
    result.send(play(camera, [watching], [keep_alive], TRAFFIC, pid, seconds=ATTACK_S))


async def _ask(target: Target) -> None:
    """Measure how long a moderator waits for the state, several times a second, each time on a new connection."""
    running, headers = target.server, target.server.headers()
    while target.lasts:
        began = time.perf_counter()
        with suppress(aiohttp.ClientError, TimeoutError):
            async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(10)) as http:
                async with http.get(f"{running.url}/api/v1/state", headers=headers) as answer:
                    await answer.read()
        target.waits.append((time.perf_counter() - began) * 1000)
        count = len(os.listdir(f"/proc/{running.process.pid}/fd"))
        target.descriptors = max(target.descriptors, count)
        await asyncio.sleep(0.2)


# The attacks ------------------------------------------------------------------------------------------------


async def _nothing(target: Target) -> None:
    await asyncio.sleep(ATTACK_S)


async def _large_hellos(target: Target) -> None:
    """12 messages of 1 MiB without a hello, repeatedly."""
    address, _ = endpoint(target.server.link("viewer"))
    while target.lasts:
        with suppress(OSError, WebSocketException):
            async with connect(address, compression=None) as page:
                for _ in range(12):
                    await page.send(DOCUMENT)
                    target.sent += 1
        await asyncio.sleep(0.02)


async def _large_posts(target: Target) -> None:
    """Eight large bodies at a time with a viewer's link."""
    headers = target.server.headers("viewer")

    async def one(http: aiohttp.ClientSession) -> None:
        while target.lasts:
            with suppress(aiohttp.ClientError):
                async with http.post(
                    f"{target.server.url}/api/v1/commands", data=DOCUMENT.encode(), headers=headers
                ):
                    target.sent += 1
            await asyncio.sleep(0.02)

    async with aiohttp.ClientSession() as http:
        await asyncio.gather(*(one(http) for _ in range(8)))


async def _packed_bodies(target: Target) -> None:
    """Four compressed bodies at a time, a thousand times as large when decompressed, without a link."""

    async def one(http: aiohttp.ClientSession) -> None:
        while target.lasts:
            with suppress(aiohttp.ClientError):
                async with http.post(
                    f"{target.server.url}/api/v1/commands", data=BOMB, headers={"Content-Encoding": "gzip"}
                ):
                    target.sent += 1
            await asyncio.sleep(0.02)

    async with aiohttp.ClientSession() as http:
        await asyncio.gather(*(one(http) for _ in range(4)))


async def _hold(target: Target, count: int, text: bytes) -> None:
    """This many connections, on each of which `text` was sent; a closed one is opened again."""
    loop = asyncio.get_running_loop()
    held: list[socket.socket] = []
    try:
        while target.lasts:
            sock = socket.socket()
            sock.setblocking(False)
            with suppress(OSError):
                await loop.sock_connect(sock, ("127.0.0.1", target.server.port))
                await loop.sock_sendall(sock, text)
            held.append(sock)
            target.sent += 1
            if len(held) > count:
                held.pop(0).close()
                await asyncio.sleep(0.002)
    finally:
        for sock in held:
            sock.close()


async def _idle(target: Target) -> None:
    """1,100 connections without a byte."""
    await _hold(target, 1_100, b"")


async def _upgrades(target: Target) -> None:
    """2,000 WebSockets without a hello."""
    await _hold(target, 2_000, UPGRADE)


async def _logins(target: Target) -> None:
    """Wrong links over HTTP, as fast as 50 connections get answers."""
    headers = {"Authorization": f"Bearer {random_code()}"}

    async def one(http: aiohttp.ClientSession) -> None:
        while target.lasts:
            with suppress(aiohttp.ClientError):
                async with http.get(f"{target.server.url}/api/v1/state", headers=headers):
                    target.sent += 1

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=50)) as http:
        await asyncio.gather(*(one(http) for _ in range(50)))


async def _stun(target: Target) -> None:
    """4,000 STUN requests a second, each with 360 empty attributes."""
    attributes = b"".join(struct.pack("!HH", 0x8000 + n, 0) for n in range(360))
    request = struct.pack("!HHL", 1, len(attributes), 0x2112_A442) + bytes(12) + attributes
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setblocking(False)
        while target.lasts:
            with suppress(BlockingIOError):
                for _ in range(20):
                    sock.sendto(request, (ADDRESS, target.server.udp_port))
                    target.sent += 1
            await asyncio.sleep(0.005)


async def _garbage(target: Target) -> None:
    """20,000 datagrams a second: random bytes, and the first bytes of STUN, DTLS and RTP. `next_max_ms` is how long a
    moderator waits for the answer to `next` meanwhile."""
    kinds = [bytes([first]) + os.urandom(size) for first in (0, 22, 128, 255) for size in (40, 200, 1200)]
    waits: list[float] = []

    async def switch(desk: Client) -> None:
        for command, item in (("next", "one"), ("previous", "two")) * 8:
            await asyncio.sleep(0.25)
            began = time.perf_counter()
            await desk.command(command, **{"from": item})
            waits.append((time.perf_counter() - began) * 1000)

    async with await Client.open(target.server.link("moderator")) as desk:
        switching = asyncio.create_task(switch(desk))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.setblocking(False)
            began = time.monotonic()
            while target.lasts:
                due = int((time.monotonic() - began) * 20_000) - target.sent
                with suppress(BlockingIOError):
                    for n in range(due):
                        sock.sendto(kinds[n % len(kinds)], (ADDRESS, target.server.udp_port))
                        target.sent += 1
                await asyncio.sleep(0.005)
        await switching
    target.more["next_max_ms"] = round(max(waits), 1)


async def _offers(target: Target) -> None:
    """75 pages with one viewer's link, which offer at their limit and never do a handshake."""

    async def one(page: Client) -> None:
        while target.lasts:
            peer = Peer()
            try:
                with suppress(RequestRefused):
                    await page.offer(peer.offer(sends=False), None)
            finally:
                peer.close()
            target.sent += 1
            await asyncio.sleep(0.5)

    pages = [await Client.open(target.server.link("viewer")) for _ in range(75)]
    try:
        await asyncio.gather(_far_hall(target), *(one(page) for page in pages))
    finally:
        await asyncio.gather(*(page.close() for page in pages))


async def _words(target: Target) -> None:
    """150 pages with one viewer's link, each of which sends forbidden commands at its limit."""
    address, token = endpoint(target.server.link("viewer"))

    async def one(n: int) -> None:
        with suppress(OSError, WebSocketException):
            async with connect(address, compression=None) as page:
                await page.send(json.dumps({"type": "hello", "token": token}))
                await page.recv()
                while target.lasts:
                    for m in range(25):
                        await page.send(json.dumps({"type": "next", "id": f"{n}-{m}", "from": "one"}))
                        target.sent += 1
                    await asyncio.sleep(5.0)

    await asyncio.gather(*(one(n) for n in range(150)))


async def _guests_offers(target: Target) -> None:
    """100 pages with one guest's link, each of which offers nine times at once, then once a second."""
    address, token = endpoint(target.server.link("guest", "uchida"))

    async def one() -> None:
        peer = Peer()
        offer = json.dumps({"type": "offer", "id": "1", "sdp": peer.offer(sends=False), "source": None})
        try:
            with suppress(OSError, WebSocketException):
                async with connect(address, compression=None) as page:
                    await page.send(json.dumps({"type": "hello", "token": token}))
                    await page.recv()
                    for _ in range(9):
                        await page.send(offer)
                        target.sent += 1
                    while target.lasts:
                        await asyncio.sleep(1.0)
                        await page.send(offer)
                        target.sent += 1
        finally:
            peer.close()

    await asyncio.gather(*(one() for _ in range(100)))


async def _comers(target: Target) -> None:
    """20 pages at a time with one viewer's link that connect, get the state and disconnect."""
    address, token = endpoint(target.server.link("viewer"))

    async def one() -> None:
        while target.lasts:
            with suppress(OSError, WebSocketException):
                async with connect(address, compression=None) as page:
                    await page.send(json.dumps({"type": "hello", "token": token}))
                    await page.recv()
                    await page.recv()
                    target.sent += 1

    await asyncio.gather(*(one() for _ in range(20)))


async def _far_hall(target: Target) -> None:
    """A hall that joins meanwhile and takes 0.8 s to its first check: `far_hall_s` until its handshake is done."""
    await asyncio.sleep(1.0)
    hall = Peer()
    began = time.perf_counter()
    try:
        async with await Client.open(target.server.link("venue", "berlin")) as console:
            answer = await console.offer(hall.offer(sends=True), "berlin")
            await asyncio.sleep(0.8)
            await hall.connect(answer["sdp"])
            target.more["far_hall_s"] = round(time.perf_counter() - began, 2)
    finally:
        hall.close()


async def _reloads(target: Target) -> None:
    """A moderator's link, and the most expensive text that a `difference` accepts, twelve at a time."""
    body = json.dumps({"yaml": "[" + "a," * 149_990 + "]"}).encode()
    headers = target.server.headers()

    async def one() -> None:
        while target.lasts:
            with suppress(aiohttp.ClientError, TimeoutError):
                async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(1)) as http:
                    async with http.post(
                        f"{target.server.url}/api/v1/difference", data=body, headers=headers
                    ):
                        target.sent += 1
            await asyncio.sleep(0.02)

    await asyncio.gather(*(one() for _ in range(12)))


async def _empty_frames(target: Target) -> None:
    """A viewer's page that sends empty frames, above its limit."""
    address, token = endpoint(target.server.link("viewer"))
    frames = (b"\x81\x80" + bytes(4)) * 10_000
    while target.lasts:
        page: ClientConnection
        with suppress(OSError, WebSocketException):
            async with connect(address, compression=None) as page:
                await page.send(json.dumps({"type": "hello", "token": token}))
                page.transport.write(frames)
                target.sent += 10_000
                await page.wait_closed()
        await asyncio.sleep(0.02)


ATTACKS: dict[str, Attack] = {
    "none": _nothing,
    "large hellos": _large_hellos,
    "large posts": _large_posts,
    "packed bodies": _packed_bodies,
    "empty frames": _empty_frames,
    "wrong links": _logins,
    "idle connections": _idle,
    "upgrades": _upgrades,
    "stun": _stun,
    "garbage": _garbage,
    "offers": _offers,
    "words": _words,
    "guest's offers": _guests_offers,
    "comers": _comers,
    "reloads": _reloads,
}
