"""Tells every page what the state is: a snapshot first, then patches by revision; and who wants it, how loud it is.

A message is encoded once for all. Each listener has a bounded queue; one that does not keep up is cut off and comes
back for a snapshot, so a slow page can neither hold up the others nor fill the memory.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections import deque
from collections.abc import Mapping
from typing import Any

from signaling.patches import difference
from signaling.show.messages import Levels, Patch, Snapshot

BACKLOG = 256
"""Messages a listener may be behind, and patches kept for those who come back."""
AUDIBLE = -60.0
"""dBov: no meter shows what is quieter."""


class Listener:
    """One page's stream of messages."""

    def __init__(self, *, hears_levels: bool = False) -> None:
        self.hears_levels = hears_levels
        self._messages: deque[str] = deque()
        self._levels: str | None = None
        """Only the newest: a page that is slow misses levels, and never waits for old ones."""
        self._ready = asyncio.Event()
        self.lagging = asyncio.Event()
        """Set once a message had to be dropped: the stream has a hole, its page must begin anew."""

    def put(self, message: str) -> None:
        if self.lagging.is_set():
            return
        if len(self._messages) >= BACKLOG:
            self.lagging.set()
            return
        self._messages.append(message)
        self._ready.set()

    def put_levels(self, message: str) -> None:
        """In place of any levels that the page has not fetched yet."""
        self._levels = message
        self._ready.set()

    async def get(self) -> str:
        """The next message. Levels have no place in the order of the others, and come when no other waits."""
        while not self._messages and self._levels is None:
            self._ready.clear()
            await self._ready.wait()
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
        self._state: dict[str, Any] = {}
        self._patches: deque[tuple[int, str]] = deque(maxlen=BACKLOG)
        self._listeners: set[Listener] = set()
        self._was_audible = False

    def publish(self, document: dict[str, Any], *, always: bool = False) -> int:
        """Make `document` the published state under the next revision, and send its patch.

        It is a `State` as plain JSON without `rev` and `now`, and is not changed afterwards by anybody.
        Without `always` nothing happens when nothing differs. Returns the revision now published.
        """
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

    def levels(self, levels: Mapping[str, float]) -> None:
        """Tell those who want to know how loud the microphones are, in dBov; called ten times a second.

        What nobody hears is not sent: sources below `AUDIBLE` are left out, and once all are, that is said once.
        """
        audible = {source: float(round(level)) for source, level in levels.items() if level > AUDIBLE}
        if audible or self._was_audible:
            message = Levels(levels=audible).model_dump_json()
            for listener in self._listeners:
                if listener.hears_levels:
                    listener.put_levels(message)
        self._was_audible = bool(audible)

    def state(self, now: str) -> dict[str, Any]:
        """The published state as plain JSON; `now` is ISO 8601."""
        return {"rev": self.rev, "now": now, **self._state}

    def listen(self, now: str, boot: str | None, rev: int | None, *, hears_levels: bool = False) -> Listener:
        """Begin a stream: with the patches since `rev` where they are still known, else with a snapshot."""
        listener = Listener(hears_levels=hears_levels)
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
