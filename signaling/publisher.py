"""Tells every page what the state is: a snapshot first, then patches by revision.

A message is encoded once for all. Each listener has a bounded queue; one that does not keep up is cut off and comes
back for a snapshot, so a slow page can neither hold up the others nor fill the memory.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections import deque
from typing import Any

from signaling.patches import difference
from signaling.show.messages import Patch, Snapshot, State

BACKLOG = 256
"""Messages a listener may be behind, and patches kept for those who come back."""


class Listener:
    """One page's stream of messages."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[str] = asyncio.Queue(BACKLOG)
        self.lagging = asyncio.Event()
        """Set once a message had to be dropped: the stream has a hole, its page must begin anew."""

    def put(self, message: str) -> None:
        if self.lagging.is_set():
            return
        try:
            self._queue.put_nowait(message)
        except asyncio.QueueFull:
            self.lagging.set()

    async def get(self) -> str:
        """The next message."""
        return await self._queue.get()

    @property
    def pending(self) -> bool:
        """Messages are waiting."""
        return not self._queue.empty()


class Publisher:
    """The published state and who listens to it."""

    def __init__(self, rev: int) -> None:
        self.boot = secrets.token_hex(4)
        """Names this run of the server: revisions of another run mean nothing."""
        self.rev = rev
        self._state: dict[str, Any] = {}
        self._patches: deque[tuple[int, str]] = deque(maxlen=BACKLOG)
        self._listeners: set[Listener] = set()

    def publish(self, state: State, *, always: bool = False) -> int:
        """Make `state` the published one under the next revision, and send its patch.

        Without `always` nothing happens when nothing but `now` differs. Returns the revision now published.
        """
        document = state.model_dump(mode="json", by_alias=True, exclude={"rev", "now"})
        changes = list(difference(self._state, document)) if self._state else []
        if changes or always or not self._state:
            base, self.rev = self.rev, self.rev + 1
            if self._state:
                self._send(base, Patch(base=base, rev=self.rev, changes=changes).model_dump_json())
            self._state = document
        return self.rev

    def _send(self, base: int, message: str) -> None:
        self._patches.append((base, message))
        for listener in self._listeners:
            listener.put(message)

    def state(self, now: str) -> dict[str, Any]:
        """The published state as plain JSON; `now` is ISO 8601."""
        return {"rev": self.rev, "now": now, **self._state}

    def listen(self, now: str, boot: str | None, rev: int | None) -> Listener:
        """Begin a stream: with the patches since `rev` where they are still known, else with a snapshot."""
        listener = Listener()
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
            listener.put(json.dumps(snapshot, ensure_ascii=False, separators=(",", ":")))
        self._listeners.add(listener)
        return listener

    def forget(self, listener: Listener) -> None:
        self._listeners.discard(listener)
