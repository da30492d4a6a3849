"""Tells every page what the state is: a snapshot first, then patches by revision; and who wants it, how loud it is.

A message is encoded once for all, down to its frame, and a page that waits for nothing else is written to at once. Each
listener has a bounded queue for when it does; one that does not keep up is cut off and comes back for a snapshot, so a
slow page can neither hold up the others nor fill the memory.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import struct
from collections import deque
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from signaling.patches import changes
from signaling.show.messages import Levels, Patch, Snapshot
from signaling.show.view import View

BACKLOG = 256
"""Messages a listener may be behind, and patches kept for those who come back."""
AUDIBLE = -60.0
"""dBov: no meter shows what is quieter."""


Straight = Callable[[bytes], bool]
"""Writes a frame to a page at once, or says that the page has to be waited for."""


def _waits(frame: bytes) -> bool:
    return False


class Message:
    """What many pages are sent, encoded once."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def frame(self) -> bytes:
        """The message as it is on the wire: text, whole, not masked (RFC 6455, section 5.2)."""
        payload = self.text.encode()
        match len(payload):
            case size if size < 126:
                return bytes((0x81, size)) + payload
            case size if size < 1 << 16:
                return struct.pack("!BBH", 0x81, 126, size) + payload
            case size:
                return struct.pack("!BBQ", 0x81, 127, size) + payload


class Listener:
    """One page's stream of messages."""

    def __init__(self, *, hears_levels: bool = False, straight: Straight = _waits) -> None:
        """`straight` spares waking the task that waits in `get`: 200 of these take 10 ms, writing to 200 pages 2 ms."""
        self.hears_levels = hears_levels
        self._straight = straight
        self._is_idle = False
        """Somebody waits in `get`, so all that came before has been written."""
        self._messages: deque[str] = deque()
        self._levels: str | None = None
        """Only the newest: a page that is slow misses levels, and never waits for old ones."""
        self._ready = asyncio.Event()
        self.lagging = asyncio.Event()
        """Set once a message had to be dropped: the stream has a hole, its page must begin anew."""

    def put(self, message: Message) -> None:
        if self.lagging.is_set() or self._wrote(message):
            return
        if len(self._messages) >= BACKLOG:
            self.lagging.set()
            return
        self._messages.append(message.text)
        self._ready.set()

    def put_levels(self, message: Message) -> None:
        """In place of any levels that the page has not fetched yet."""
        if not self._wrote(message):
            self._levels = message.text
            self._ready.set()

    def _wrote(self, message: Message) -> bool:
        return self._is_idle and not self.pending and self._levels is None and self._straight(message.frame)

    async def get(self) -> str:
        """The next message. Levels have no place in the order of the others, and come when no other waits."""
        while not self._messages and self._levels is None:
            self._ready.clear()
            self._is_idle = True
            try:
                await self._ready.wait()
            finally:
                self._is_idle = False
        if self._messages:
            return self._messages.popleft()
        levels, self._levels = self._levels, None
        assert levels is not None
        return levels

    @property
    def pending(self) -> bool:
        """Messages other than levels are waiting."""
        return bool(self._messages)


class Publisher:
    """The published state and who listens to it."""

    def __init__(self, rev: int) -> None:
        self.boot = secrets.token_hex(4)
        """Names this run of the server: revisions of another run mean nothing."""
        self.rev = rev
        self._view: View | None = None
        self._patches: deque[tuple[int, Message]] = deque(maxlen=BACKLOG)
        self._listeners: set[Listener] = set()
        self._was_audible = False

    def publish(self, view: View, *, always: bool = False) -> int:
        """Make `view` the published state under the next revision, and send its patch.

        Without `always` nothing happens when nothing differs. Returns the revision now published.
        """
        before, self._view = self._view, view
        found = [] if before is None else list(changes(before, view))
        if found or always or before is None:
            base, self.rev = self.rev, self.rev + 1
            if before is not None:
                patch = Patch(base=base, rev=self.rev, changes=found)
                self._send(base, Message(patch.model_dump_json()))
        return self.rev

    def _send(self, base: int, message: Message) -> None:
        self._patches.append((base, message))
        for listener in self._listeners:
            listener.put(message)

    def levels(self, levels: Mapping[str, float]) -> None:
        """Tell those who want to know how loud the microphones are, in dBov; called ten times a second.

        What nobody hears is not sent: sources below `AUDIBLE` are left out, and once all are, that is said once.
        """
        audible = {source: float(round(level)) for source, level in levels.items() if level > AUDIBLE}
        if audible or self._was_audible:
            message = Message(Levels(levels=audible).model_dump_json())
            for listener in self._listeners:
                if listener.hears_levels:
                    listener.put_levels(message)
        self._was_audible = bool(audible)

    def state(self, now: str) -> dict[str, Any]:
        """The published state as plain JSON; `now` is ISO 8601."""
        return {"rev": self.rev, "now": now, **({} if self._view is None else self._view.document())}

    def listen(
        self,
        now: str,
        boot: str | None,
        rev: int | None,
        *,
        hears_levels: bool = False,
        straight: Straight = _waits,
    ) -> Listener:
        """Begin a stream: with the patches since `rev` where they are still known, else with a snapshot."""
        listener = Listener(hears_levels=hears_levels, straight=straight)
        missed = [message for base, message in self._patches if rev is not None and base >= rev]
        if (
            boot == self.boot
            and rev is not None
            and rev + len(missed) == self.rev
            and len(missed) < BACKLOG // 2
        ):
            for message in missed:
                listener.put(message)
        else:
            snapshot = {"type": Snapshot.model_fields["type"].default, "state": self.state(now)}
            listener.put(Message(json.dumps(snapshot, ensure_ascii=False, separators=(",", ":"))))
        self._listeners.add(listener)
        return listener

    def forget(self, listener: Listener) -> None:
        self._listeners.discard(listener)
