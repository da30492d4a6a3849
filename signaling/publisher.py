"""Tells every page its part of the state: a snapshot first, then patches by revision; and who wants it, how loud it is.

A message is encoded once for all pages of an audience, down to its frame, and a page that waits for nothing else is
written to at once. Each listener has a bounded queue for when it does; one that does not keep up is cut off and comes
back for a snapshot, so a slow page can neither hold up the others nor fill the memory.
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

from signaling.patches import Known, changes, patch_text
from signaling.show.terms import Role
from signaling.show.view import View
from signaling.show.visible import visible
from signaling.show.wire.socket import Levels, Snapshot

BACKLOG = 256
"""Messages a listener may be behind, and patches kept of each stream for those who come back."""
DESK: tuple[Role, str] = ("moderator", "moderator")
"""Role and id of a moderator's link."""
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


class Stream:
    """The state as the links of one role and id are sent it: their part, its revision, and its latest patches."""

    def __init__(self, role: Role, id: str, whole: View, rev: int) -> None:
        self.role = role
        self.id = id
        self.rev = rev
        """Of its last patch. The part of a later revision is the same."""
        self.view = visible(whole, role, id)
        self.listeners: set[Listener] = set()
        self._document: str | None = None
        """This part as JSON, once a page that came has needed it whole. Many may come at once."""
        self._patches: deque[tuple[int, Message]] = deque(maxlen=BACKLOG)
        """Each with the revision that it starts from, which is that of the patch before it."""

    def publish(self, whole: View, rev: int, known: Known, *, always: bool) -> bool:
        """Send what `whole` changes of this part. Returns whether that is anything; `always` sends it all the same."""
        before, self.view = self.view, visible(whole, self.role, self.id)
        self._document = None
        found = changes(before, self.view, known)
        if found or always:
            base, self.rev = self.rev, rev
            message = Message(patch_text(base, rev, found, known))
            self._patches.append((base, message))
            for listener in self.listeners:
                listener.put(message)
        return bool(found)

    def missed(self, rev: int) -> list[Message] | None:
        """The patches since `rev`; None where they are not known any more, or too many."""
        found = [message for base, message in self._patches if base >= rev]
        follows = rev == self.rev or any(base == rev for base, _ in self._patches)
        return found if follows and len(found) < BACKLOG // 2 else None

    def state(self, now: str) -> dict[str, Any]:
        """This part as plain JSON."""
        return {"rev": self.rev, "now": now, **self.view.document()}

    def snapshot(self, now: str) -> Message:
        """This part as it is told to a page that comes. For 500 items it takes 4 ms to encode, and is encoded once."""
        if self._document is None:
            document = json.dumps(self.view.document(), ensure_ascii=False, separators=(",", ":"))
            self._document = document.removeprefix("{")
        type_ = Snapshot.model_fields["type"].default
        return Message(f'{{"type":"{type_}","state":{{"rev":{self.rev},"now":"{now}",{self._document}}}')


class Publisher:
    """The published state, and who is sent which part of it.

    There is a stream for each role and id that somebody has listened with; the event bounds how many. Its patch is
    found and encoded once for all its pages.
    """

    def __init__(self, rev: int) -> None:
        self._boot = secrets.token_hex(4)
        self.rev = rev
        """Of the whole state. A stream is behind while nothing of its part has changed."""
        self._view: View | None = None
        self._streams: dict[tuple[Role, str], Stream] = {}
        self._listening: dict[Listener, Stream] = {}
        self._was_audible = False

    def boot(self, role: Role, id: str) -> str:
        """Names this run of the server and the part of the state that such a link is sent.

        Revisions of another boot mean nothing, so that no page gets patches of another part than its own, whichever
        link it was opened with before.
        """
        return f"{self._boot}-{role}-{id}"

    def publish(self, view: View, *, always: bool = False) -> int:
        """Make `view` the published state under the next revision, and send each audience its patch.

        An audience of whose part nothing differs is sent nothing; with `always` it is sent an empty patch, so that
        everybody gets to the revision that a command is answered with. Without `always` and any difference at all the
        revision stays. Returns the revision now published.
        """
        before, self._view = self._view, view
        if before is None:
            self.rev += 1
            return self.rev
        known = Known()
        # Moderators see everything: whatever changes for anybody changes for them.
        desk = self._stream(*DESK, before)
        has_changed = desk.publish(view, self.rev + 1, known, always=always)
        for stream in self._streams.values():
            if stream is not desk:
                stream.publish(view, self.rev + 1, known, always=always)
        if has_changed or always:
            self.rev += 1
        self._drop_streams(view)
        return self.rev

    def _stream(self, role: Role, id: str, whole: View) -> Stream:
        if (stream := self._streams.get((role, id))) is None:
            stream = self._streams[role, id] = Stream(role, id, whole, self.rev)
        return stream

    def _drop_streams(self, view: View) -> None:
        """Those of places that the event has no more, once nobody listens."""
        places = {(place["kind"], place["id"]) for place in view.rest["event"]["places"]}
        for key, stream in list(self._streams.items()):
            role, id = key
            if key not in places and id != role and not stream.listeners:
                del self._streams[key]

    def levels(self, levels: Mapping[str, float]) -> None:
        """Tell those who want to know how loud the microphones are, in dBov; called ten times a second.

        What nobody hears is not sent: sources below `AUDIBLE` are left out, and once all are, that is said once.
        """
        audible = {source: float(round(level)) for source, level in levels.items() if level > AUDIBLE}
        if audible or self._was_audible:
            message = Message(Levels(levels=audible).model_dump_json())
            for listener in self._listening:
                if listener.hears_levels:
                    listener.put_levels(message)
        self._was_audible = bool(audible)

    def state(self, now: str, role: Role, id: str) -> dict[str, Any]:
        """The published state as plain JSON, as far as a link of this role and id sees it; `now` is ISO 8601."""
        assert self._view is not None, "nothing has been published"
        stream = self._streams.get((role, id)) or Stream(role, id, self._view, self.rev)
        return stream.state(now)

    def listen(
        self,
        now: str,
        boot: str | None,
        rev: int | None,
        *,
        role: Role,
        id: str,
        hears_levels: bool = False,
        straight: Straight = _waits,
    ) -> Listener:
        """Begin to be sent what a link of this role and id sees: the patches since `rev` where they are still known,
        else a snapshot."""
        assert self._view is not None, "nothing has been published"
        stream = self._stream(role, id, self._view)
        listener = Listener(hears_levels=hears_levels, straight=straight)
        missed = stream.missed(rev) if rev is not None and boot == self.boot(role, id) else None
        for message in [stream.snapshot(now)] if missed is None else missed:
            listener.put(message)
        stream.listeners.add(listener)
        self._listening[listener] = stream
        return listener

    def forget(self, listener: Listener) -> None:
        stream = self._listening.pop(listener, None)
        if stream is not None:
            stream.listeners.discard(listener)
