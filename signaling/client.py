"""The Python client of the WebSocket protocol, for the room agent, scripts and tests."""

from __future__ import annotations

import asyncio
import itertools
import json
import secrets
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from signaling.patches import patched
from signaling.show.wire.socket import PING_AFTER_S, PONG_WITHIN_S, PROTOCOL, Change

REPLY_TIMEOUT_S = 15.0
"""Seconds for the connection, the welcome, and the answer to a request."""
MAX_RETRY_AFTER_S = 60.0
"""Seconds that a `Retry-After` is believed: a proxy may say an hour, and the show goes on."""
CLOSE_TIMEOUT_S = 2.0
"""Seconds to wait for the server's close frame: a stopped server sends none."""


class ClientError(Exception):
    """The server cannot be reached, or has refused the connection. The text is for people."""

    retry_after_s = 0.0
    """Seconds after which a new attempt may be made, where the server has said so."""


class LinkRefused(ClientError):
    """The link is not valid, or the desk has closed the page: a new attempt is a person's to make."""


class RequestRefused(Exception):
    """The server answered a message with an error."""

    def __init__(self, code: str, message: str, retry_after_s: float = 0.0) -> None:
        """`retry_after_s`: the server closes the connection, and asks not to come back earlier."""
        super().__init__(message)
        self.code = code
        self.retry_after_s = retry_after_s


def _ignore(message: dict[str, Any]) -> None:
    return None


def endpoint(link: str) -> tuple[str, str]:
    """The WebSocket address and the token of a join link.

    Raises:
        ClientError: it is not a join link.
    """
    shown = link.partition("#")[0] + "#…" if "#" in link else link  # without the code
    invalid = ClientError(
        f"“{shown}” is not a join link; one looks like https://example.org/j#7KQ2MX9F4PT3VB"
    )
    try:
        parts = urlsplit(link)
        is_whole = parts.hostname and parts.port != 0 and parts.fragment
    except ValueError:  # an impossible port or address
        raise invalid from None
    if parts.scheme not in ("http", "https") or not is_whole:
        raise invalid
    scheme = "wss" if parts.scheme == "https" else "ws"
    return f"{scheme}://{parts.netloc}/api/v1/ws", parts.fragment


class Client:
    """A connection after the welcome. Use it as a context manager; iterate it for the state after each change."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._answers: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._probes = itertools.count(1)
        """Numbers of clock probes."""
        self._changed = asyncio.Event()
        self._error: ClientError | None = None
        """Why the connection has ended; None while it is open."""
        self.on_admission: Callable[[dict[str, Any]], None] = _ignore
        """Called with each `admission` message."""
        self._reader: asyncio.Task[None] | None = None
        self.welcome: dict[str, Any] = {}
        self.state: dict[str, Any] = {}

    @classmethod
    async def open(cls, link: str, *, peer: str | None = None, browser: str | None = None) -> Self:
        """Connect, send hello and wait for the snapshot. Clients with the same `browser` may take over from each other;
        one without counts as a browser of its own.

        Raises:
            LinkRefused: the link is not valid, or opens no page.
            ClientError: there is no connection.
        """
        address, token = endpoint(link)
        try:
            connection = await connect(
                address,
                max_size=16 * 1024 * 1024,
                open_timeout=REPLY_TIMEOUT_S,
                ping_interval=PING_AFTER_S,
                ping_timeout=PONG_WITHIN_S,
                close_timeout=CLOSE_TIMEOUT_S,
            )
        except (OSError, TimeoutError, WebSocketException) as fault:
            error = ClientError(f"{address}: cannot connect ({fault}). Is the server running?")
            error.retry_after_s = _retry_after_s(fault)
            raise error from fault
        client = cls(connection)
        try:
            async with asyncio.timeout(REPLY_TIMEOUT_S):
                hello = {"token": token, "protocol": PROTOCOL, "peer": peer, "browser": browser}
                await client._send({"type": "hello", **hello})
                while not client.state:
                    client._on_message(await client._next())
        except (ConnectionClosed, TimeoutError) as fault:
            await connection.close()
            raise ClientError(f"{address}: the server ended the connection ({fault}).") from fault
        except RequestRefused as fault:
            await connection.close()
            refusal = (
                LinkRefused(str(fault))
                if fault.code in ("unauthorized", "forbidden")
                else ClientError(str(fault))
            )
            refusal.retry_after_s = fault.retry_after_s
            raise refusal from fault
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
        """The state, at once and after each change; several changes may be seen as one.

        Raises:
            ClientError: when the connection has ended.
        """
        while True:
            self._changed.clear()
            yield self.state
            if self._error is None:
                await self._changed.wait()
            if self._error is not None:
                raise self._error

    async def command(self, type_: str, **fields: Any) -> int:
        """Send a command. Returns the revision of the state that shows its effect.

        Raises:
            RequestRefused: it was not applied.
        """
        answer = await self.request({"type": type_, **fields})
        result = answer["result"]
        if "code" in result:
            raise RequestRefused(result["code"], result["message"])
        return int(result["rev"])

    async def offer(self, sdp: str, source: str | None) -> dict[str, Any]:
        """Send an SDP offer. Returns the answer message.

        Raises:
            RequestRefused: the offer was not accepted.
        """
        return await self.request({"type": "offer", "sdp": sdp, "source": source})

    async def request(self, message: dict[str, Any]) -> dict[str, Any]:
        """Send a message and wait for its answer. The message gets an `id` if it has none.

        Raises:
            RequestRefused: the answer is an error.
            ClientError: there is no answer.
        """
        message = {"id": secrets.token_hex(8), **message}
        return await self._exchange(message["id"], message)

    async def listen(self, channel: str | None) -> None:
        """Choose the channel that this connection's interpretation slots carry; None: the floor. Returns when it is
        chosen.

        Raises:
            RequestRefused: the event has no such channel.
            ClientError: there is no answer.
        """
        await self._tell({"type": "listen", "channel": channel})

    async def talk(self, to: Sequence[str] | Literal["all"] = (), *, on: bool = True) -> None:
        """Begin or end talkback. All but moderators talk to the desk, whatever `to` is. Returns when it has begun or
        ended.

        Raises:
            RequestRefused: the link may not talk, or there is no such recipient.
            ClientError: there is no answer.
        """
        await self._tell({"type": "talk", "to": to if isinstance(to, str) else list(to), "on": on})

    async def here(self, name: str = "", editing: str | None = None) -> None:
        """Say who sits at this desk, and which item it edits. Returns when the server knows it.

        Raises:
            RequestRefused: the link is no moderator's, or the name is not possible.
            ClientError: there is no answer.
        """
        await self._tell({"type": "here", "name": name, "editing": editing})

    async def report_devices(self, camera: str, microphone: str, reduced: str | None = None) -> None:
        """Report the devices that feed this connection's source: each one of the wire's `DeviceStatus`; and the
        `Reduction` of a machine that is too slow. Nothing answers.

        Raises:
            ClientError: the connection has ended.
        """
        try:
            message = {"type": "condition", "camera": camera, "microphone": microphone, "muted": False}
            await self._send({**message, "limit": "cpu" if reduced else None, "reduced": reduced})
        except ConnectionClosed as fault:
            raise ClientError(f"The connection to the server has ended ({fault}).") from fault

    async def _tell(self, message: dict[str, Any]) -> None:
        """Send a message that nothing but a refusal answers, and wait until the server has acted on it.

        The server reads messages in order, so a clock probe is answered after the refusal of the message before it.
        """
        number = next(self._probes)
        id_ = _probe_id(number)
        await self._exchange(id_, {**message, "id": id_}, {"type": "clock", "sent": number})

    async def _exchange(self, id_: str, *messages: dict[str, Any]) -> dict[str, Any]:
        """Send messages, and wait for the answer with this id."""
        if self._error is not None:
            raise self._error
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._answers[id_] = answer
        try:
            for message in messages:
                await self._send(message)
            async with asyncio.timeout(REPLY_TIMEOUT_S):
                return await answer
        except ConnectionClosed as fault:
            raise ClientError(f"The connection to the server has ended ({fault}).") from fault
        except TimeoutError as fault:
            raise ClientError(f"The server did not answer within {REPLY_TIMEOUT_S:.0f} s.") from fault
        finally:
            del self._answers[id_]

    async def _send(self, message: dict[str, Any]) -> None:
        await self._connection.send(json.dumps(message))

    async def _next(self) -> dict[str, Any]:
        found = json.loads(await self._connection.recv())
        assert isinstance(found, dict)
        return found

    async def _read(self) -> None:
        try:
            while True:
                self._on_message(await self._next())
        finally:
            # No caller may be left waiting. A patch that does not fit the state can raise any exception.
            self._end(sys.exc_info()[1])

    def _end(self, fault: BaseException | None) -> None:
        """Fail every pending request and iteration."""
        match fault:
            case LinkRefused():
                self._fail(fault)
                return
            case ConnectionClosed() | RequestRefused():
                text = f"The connection to the server has ended ({fault})."
            case asyncio.CancelledError():
                text = "The connection to the server has been closed."
            case _:
                text = f"A message of the server could not be processed ({fault!r})."
        error = ClientError(text)
        error.__cause__ = fault
        if isinstance(fault, RequestRefused):
            error.retry_after_s = fault.retry_after_s
        self._fail(error)

    def _fail(self, error: ClientError) -> None:
        self._error = error
        self._changed.set()
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(type(error)(str(error)))

    def _on_message(self, message: dict[str, Any]) -> None:
        match message:
            case {"type": "welcome"}:
                self.welcome = message
            case {"type": "snapshot", "state": state}:
                self.state = state
                self._changed.set()
            case {"type": "patch", "base": base, "rev": rev, "changes": changes}:
                if base != self.state["rev"]:
                    raise RequestRefused("failed", f"patch from {base} on a state of {self.state['rev']}")
                self.state = patched(self.state, [Change.model_validate(c) for c in changes]) | {"rev": rev}
                self._changed.set()
            case {"type": "admission"}:
                self.on_admission(message)
            case {"type": "clock", "sent": int() | float() as number}:
                if (answer := self._answers.get(_probe_id(number))) is not None and not answer.done():
                    answer.set_result(message)
            case {"id": str(id_), "type": "error", "code": code, "message": text}:
                if (answer := self._answers.get(id_)) is not None and not answer.done():
                    answer.set_exception(RequestRefused(code, text))
            case {"type": "error", "reason": "thrown-out", "message": text}:
                raise LinkRefused(text)
            case {"type": "error", "code": code, "message": text}:
                raise RequestRefused(code, text, message.get("retry_after_s") or 0.0)
            case {"id": str(id_)}:
                if (answer := self._answers.get(id_)) is not None and not answer.done():
                    answer.set_result(message)
            case _:
                pass  # Levels, and messages of later versions.


def _retry_after_s(fault: Exception) -> float:
    """What a refused WebSocket handshake says in `Retry-After`; 0: nothing."""
    text = fault.response.headers.get("Retry-After", "") if isinstance(fault, InvalidStatus) else ""
    return min(float(text), MAX_RETRY_AFTER_S) if text.isdecimal() else 0.0


def _probe_id(number: float) -> str:
    return f"probe {number:.0f}"
