"""Debian's Janus for comparison: a VideoRoom with one publisher and any number of subscribers.

It has the package's configuration except for what such a room needs: one plugin, one transport, and ICE-lite, so that
its peers are the same as Schalte's and it spends no CPU on checks of its own.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import shutil
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.bench.netns import ADDRESS
from tests.bench.peer import Peer

PORT = 8188
ROOM = 1
REPLY_TIMEOUT_S = 15.0

_CONFIG = {
    "janus.jcfg": f"""
        general: {{ debug_level = 2, session_timeout = 0,
          plugins_folder = "@FOLDER@/plugins", transports_folder = "@FOLDER@/transports" }}
        nat: {{ ice_lite = true, ice_enforce_list = "{ADDRESS}" }}
        """,
    "janus.plugin.videoroom.jcfg": "general: {}",
    "janus.transport.websockets.jcfg": f"""
        general: {{ json = "compact", ws = true, ws_port = {PORT}, ws_ip = "127.0.0.1", wss = false }}
        """,
}
_LIBRARIES = {"plugins": "libjanus_videoroom.so", "transports": "libjanus_websockets.so"}

Message = dict[str, Any]


def unavailable() -> str | None:
    """Why Janus cannot be measured; None if it can."""
    if not shutil.which("janus"):
        return "no Janus here; on Debian: apt-get install janus"
    missing = [name for folder, name in _LIBRARIES.items() if not _installed(folder, name)]
    return f"this Janus has no {', '.join(missing)}; Debian's package has it" if missing else None


class Janus:
    """A running Janus with its room. Use `janus`."""

    name = "janus"

    def __init__(self, pid: int, link: ClientConnection) -> None:
        self.pid = pid
        self._link = link
        self._session: int | None = None
        self._transactions = map(str, itertools.count())
        self._waiting: dict[str, asyncio.Future[Message]] = {}

    async def publish(self, peer: Peer) -> None:
        """Connect `peer` as the room's publisher."""
        await peer.connect(await self.answer(peer.offer(sends=True)))

    async def answer(self, offer: str) -> str:
        """The answer to a publisher's offer."""
        handle = await self._attach()
        await self._request(handle, {"request": "join", "ptype": "publisher", "room": ROOM, "id": 1})
        configured = await self._request(handle, {"request": "configure"}, {"type": "offer", "sdp": offer})
        return str(configured["jsep"]["sdp"])

    async def watch(self, peer: Peer) -> None:
        """Connect `peer` as a subscriber."""
        handle, offer = await self.offer()
        await self.accept(handle, peer.answer(offer))
        await peer.connect(offer)

    async def offer(self) -> tuple[int, str]:
        """The room's offer to a subscriber, and the handle for `accept`."""
        handle = await self._attach()
        join = {"request": "join", "ptype": "subscriber", "room": ROOM, "streams": [{"feed": 1}]}
        return handle, str((await self._request(handle, join))["jsep"]["sdp"])

    async def accept(self, handle: int, answer: str) -> None:
        """Answer an offer of the room."""
        await self._request(handle, {"request": "start"}, {"type": "answer", "sdp": answer})

    async def unsent(self) -> int:
        """Janus has no such counter."""
        return 0

    async def _open(self) -> None:
        self._session = (await self._ask({"janus": "create"}))["data"]["id"]
        room = {"request": "create", "room": ROOM, "publishers": 1, "videocodec": "vp8", "opus_fec": True}
        await self._request(await self._attach(), room)

    async def _attach(self) -> int:
        attached = await self._ask({"janus": "attach", "plugin": "janus.plugin.videoroom"})
        return int(attached["data"]["id"])

    async def _request(self, handle: int, body: Message, jsep: Message | None = None) -> Message:
        """Send a request to the room. Returns its event."""
        message = {"janus": "message", "handle_id": handle, "body": body}
        event = await self._ask(message | ({"jsep": jsep} if jsep else {}))
        error = event.get("plugindata", {}).get("data", {}).get("error")
        if error:
            raise RuntimeError(f"Janus refuses {body}: {error}")
        return event

    async def _ask(self, message: Message) -> Message:
        transaction = next(self._transactions)
        session = {"session_id": self._session} if self._session is not None else {}
        answer = self._waiting[transaction] = asyncio.get_running_loop().create_future()
        await self._link.send(json.dumps(message | session | {"transaction": transaction}))
        return await asyncio.wait_for(answer, REPLY_TIMEOUT_S)

    async def _read(self) -> None:
        """Complete the waiting requests; an `ack` precedes the real answer."""
        async for text in self._link:
            message = json.loads(text)
            if message["janus"] == "ack" or message.get("transaction") not in self._waiting:
                continue
            waiting = self._waiting.pop(message["transaction"])
            if message["janus"] == "error":
                waiting.set_exception(RuntimeError(f"Janus: {message['error']['reason']}"))
            else:
                waiting.set_result(message)


@asynccontextmanager
async def janus(before: Sequence[str] = ()) -> AsyncIterator[Janus]:
    """A Janus with an empty room, in the isolated network. `before` precedes its command."""
    with tempfile.TemporaryDirectory() as name:
        _write_config(Path(name))
        command = (*before, "janus", "--configs-folder", name, "--config", f"{name}/janus.jcfg")
        quiet = asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(*command, stdout=quiet, stderr=quiet)
        try:
            async with await _connected() as link:
                running = Janus(process.pid, link)
                reader = asyncio.create_task(running._read())
                try:
                    await running._open()
                    yield running
                finally:
                    reader.cancel()
        finally:
            process.kill()
            await process.wait()


def _write_config(folder: Path) -> None:
    """The configuration, and links to the two libraries that it loads."""
    for name, text in _CONFIG.items():
        (folder / name).write_text(text.replace("@FOLDER@", str(folder)))
    for kind, name in _LIBRARIES.items():
        found = _installed(kind, name)
        if found:
            (folder / kind).mkdir()
            (folder / kind / name).symlink_to(found)


def _installed(folder: str, name: str) -> Path | None:
    return next(Path("/usr/lib").glob(f"*/janus/{folder}/{name}"), None)


async def _connected() -> ClientConnection:
    """The connection to its WebSocket, as soon as it listens."""
    async with asyncio.timeout(REPLY_TIMEOUT_S):
        while True:
            with suppress(OSError):
                return await connect(
                    f"ws://127.0.0.1:{PORT}", subprotocols=[Subprotocol("janus-protocol")], ping_interval=None
                )
            await asyncio.sleep(0.05)
