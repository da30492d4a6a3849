"""A Python page: the WebSocket side of the protocol for the room agent, scripts and tests."""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
from collections.abc import AsyncIterator, Callable
from typing import Any, Self
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from signaling.patches import patched
from signaling.show.wire.socket import PING_AFTER_S, PONG_WITHIN_S, PROTOCOL, Change

REPLY_WITHIN = 15.0
"""Seconds to wait for an answer."""
CLOSE_WITHIN = 2.0
"""Seconds to wait for the server to close, too: one that has fallen silent will not."""


class ClientError(Exception):
    """The server cannot be reached, or turned us away. The text is for people."""


class TurnedAway(ClientError):
    """The link does not let us in, and will not later: it was withdrawn, has expired or was never good."""


class Refusal(Exception):
    """The server answered that it will not."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def _ignore(message: dict[str, Any]) -> None:
    return None


def endpoint(link: str) -> tuple[str, str]:
    """The WebSocket address and the token of a join link.

    Raises:
        ClientError: it is not a join link.
    """
    no_link = ClientError(f"“{link}” is not a join link; one looks like https://example.org/join#eyJ…")
    try:
        parts = urlsplit(link)
        is_whole = parts.hostname and parts.port != 0 and parts.fragment
    except ValueError:  # a port or an address that cannot be one
        raise no_link from None
    if parts.scheme not in ("http", "https") or not is_whole:
        raise no_link
    scheme = "wss" if parts.scheme == "https" else "ws"
    return f"{scheme}://{parts.netloc}/api/v1/ws", parts.fragment


class Client:
    """A connection that has been welcomed. Use it as a context manager; iterate to be told of each change of state."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._answers: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._changed = asyncio.Event()
        self._ended: ClientError | None = None
        self.on_admission: Callable[[dict[str, Any]], None] = _ignore
        """Called with each `admission`: whether this client feeds its source."""
        self._reader: asyncio.Task[None] | None = None
        self.welcome: dict[str, Any] = {}
        self.state: dict[str, Any] = {}

    @classmethod
    async def open(cls, link: str, *, peer: str | None = None, browser: str | None = None) -> Self:
        """Connect, say hello and wait for the snapshot. `browser` is the same for clients that may take over from each
        other; None for one that feeds nothing, or is alone.

        Raises:
            TurnedAway: the link was refused.
            ClientError: no connection.
        """
        address, token = endpoint(link)
        try:
            connection = await connect(
                address,
                max_size=16 * 1024 * 1024,
                open_timeout=REPLY_WITHIN,
                ping_interval=PING_AFTER_S,
                ping_timeout=PONG_WITHIN_S,
                close_timeout=CLOSE_WITHIN,
            )
        except (OSError, TimeoutError, WebSocketException) as fault:
            raise ClientError(f"{address}: cannot connect ({fault}). Is the server running?") from fault
        client = cls(connection)
        try:
            async with asyncio.timeout(REPLY_WITHIN):
                hello = {"token": token, "protocol": PROTOCOL, "peer": peer, "browser": browser}
                await client._send({"type": "hello", **hello})
                while not client.state:
                    client._take(await client._next())
        except (ConnectionClosed, TimeoutError) as fault:
            await connection.close()
            raise ClientError(f"{address}: the server ended the connection ({fault}).") from fault
        except Refusal as fault:
            await connection.close()
            turned_away = fault.code == "unauthorized"
            raise (TurnedAway if turned_away else ClientError)(str(fault)) from fault
        client._reader = asyncio.create_task(client._read())
        return client

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.close()

    async def close(self) -> None:
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
        await self._connection.close()

    async def __aiter__(self) -> AsyncIterator[dict[str, Any]]:
        """The state, at once and after each change; several changes at a time may be seen as one.

        Raises:
            ClientError: when the connection has ended.
        """
        while True:
            self._changed.clear()
            yield self.state
            if self._ended is None:
                await self._changed.wait()
            if self._ended is not None:
                raise self._ended

    async def command(self, type_: str, **fields: Any) -> int:
        """Send a command; returns the revision of the state that shows it.

        Raises:
            Refusal: it was not applied.
        """
        answer = await self.ask({"type": type_, **fields})
        result = answer["result"]
        if "code" in result:
            raise Refusal(result["code"], result["message"])
        return int(result["rev"])

    async def offer(self, sdp: str, source: str | None) -> dict[str, Any]:
        """Join with picture and sound; returns the answer message.

        Raises:
            Refusal: the offer was not accepted.
        """
        return await self.ask({"type": "offer", "sdp": sdp, "source": source})

    async def ask(self, message: dict[str, Any]) -> dict[str, Any]:
        """Send a message that has an answer, and wait for it; gives it an `id` unless it has one."""
        if self._ended is not None:
            raise self._ended
        message = {"id": secrets.token_hex(8), **message}
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._answers[message["id"]] = answer
        try:
            await self._send(message)
            async with asyncio.timeout(REPLY_WITHIN):
                return await answer
        except ConnectionClosed as fault:
            raise ClientError(f"The connection to the server has ended ({fault}).") from fault
        except TimeoutError as fault:
            raise ClientError(f"The server did not answer within {REPLY_WITHIN:.0f} s.") from fault
        finally:
            del self._answers[message["id"]]

    async def _send(self, message: dict[str, Any]) -> None:
        await self._connection.send(json.dumps(message))

    async def _next(self) -> dict[str, Any]:
        found = json.loads(await self._connection.recv())
        assert isinstance(found, dict)
        return found

    async def _read(self) -> None:
        try:
            while True:
                self._take(await self._next())
        finally:
            # However it ends, nobody may be left waiting: a patch that does not fit the state raises what it likes.
            self._end(sys.exc_info()[1])

    def _end(self, fault: BaseException | None) -> None:
        """Tell everybody who waits that nothing more will come."""
        match fault:
            case ConnectionClosed() | Refusal():
                text = f"The connection to the server has ended ({fault})."
            case asyncio.CancelledError():
                text = "The connection to the server has been closed."
            case _:
                text = f"What the server said could not be followed ({fault!r})."
        self._ended = ClientError(text)
        self._ended.__cause__ = fault
        self._changed.set()
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(ClientError(text))

    def _take(self, message: dict[str, Any]) -> None:
        """Take in one message of the server."""
        match message:
            case {"type": "welcome"}:
                self.welcome = message
            case {"type": "snapshot", "state": state}:
                self.state = state
                self._changed.set()
            case {"type": "patch", "base": base, "rev": rev, "changes": changes}:
                if base != self.state["rev"]:
                    raise Refusal("failed", f"patch from {base} on a state of {self.state['rev']}")
                self.state = patched(self.state, [Change.model_validate(c) for c in changes]) | {"rev": rev}
                self._changed.set()
            case {"type": "admission"}:
                self.on_admission(message)
            case {"id": str(id_), "type": "error", "code": code, "message": text}:
                if (answer := self._answers.get(id_)) is not None and not answer.done():
                    answer.set_exception(Refusal(code, text))
            case {"type": "error", "code": code, "message": text}:
                raise Refusal(code, text)
            case {"id": str(id_)}:
                if (answer := self._answers.get(id_)) is not None and not answer.done():
                    answer.set_result(message)
            case _:
                pass  # The clock, levels, and whatever later servers say besides.
