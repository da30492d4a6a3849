"""Sends every page its part of the state: a snapshot first, then patches; and audio levels to pages that show them.

A message is encoded once for all pages of a stream, down to its WebSocket frame, and is written at once to a page with
nothing in its queue. Each queue is bounded. A page that does not keep up is disconnected and comes back for a snapshot,
so a slow page neither delays others nor fills the memory.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import struct
from collections import deque
from collections.abc import Callable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

from signaling.patches import PatchCache, changes, patch_text
from signaling.show.terms import Role
from signaling.show.view import View
from signaling.show.visible import visible
from signaling.show.wire.socket import Levels, Snapshot

MAX_QUEUED_MESSAGES: Final = 256
"""Messages that wait for one page."""
MAX_KEPT_PATCHES: Final = 128
"""Patches kept of each stream for pages that reconnect. A page that has missed more gets a snapshot."""
MAX_KEPT_CHARACTERS: Final = 128 * 1024
"""Of these patches together. For a day of 500 items, a snapshot is as long."""
DESK: tuple[Role, str] = ("moderator", "moderator")
"""Role and id of a moderator's link."""
MIN_SHOWN_DBOV: Final = -60.0
"""No meter shows lower levels."""
LEVELS_PER_MARK: Final = 4
"""Levels that pages without meters get the loudest of, to mark the one who speaks: 2.5 messages a second to 200 viewers
take 0.5 % of a core, ten would take 2 %."""

WriteNow = Callable[[bytes], bool]
"""Writes a frame to a page at once, or returns False if the page is not ready for it."""


def _never(frame: bytes) -> bool:
    return False


class SharedMessage:
    """A message to many pages, encoded once."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def frame(self) -> bytes:
        """The message as a WebSocket frame: text, final, not masked (RFC 6455, section 5.2)."""
        payload = self.text.encode()
        match len(payload):
            case size if size < 126:
                return bytes((0x81, size)) + payload
            case size if size < 1 << 16:
                return struct.pack("!BBH", 0x81, 126, size) + payload
            case size:
                return struct.pack("!BBQ", 0x81, 127, size) + payload


def _levels_message(levels: dict[str, float], loudness: dict[str, float]) -> SharedMessage:
    return SharedMessage(Levels(levels=levels, loudness=loudness).model_dump_json())


class Subscription:
    """The messages for one page."""

    def __init__(
        self, *, hears_levels: bool = False, marks_speakers: bool = False, write_now: WriteNow = _never
    ) -> None:
        """`write_now` saves waking the task in `get`: waking 200 takes 10 ms, writing to 200 pages 2 ms."""
        self.hears_levels = hears_levels
        self.marks_speakers = marks_speakers
        self._write_now = write_now
        self._is_idle = False
        """A task waits in `get`, so all earlier messages have been written."""
        self._messages: deque[str] = deque()
        self._levels: str | None = None
        """Only the newest: a slow page misses levels, and never waits for old ones."""
        self._ready = asyncio.Event()
        self.is_lagging = False
        """A message was dropped: the stream has a gap, and its page must reconnect."""

    def put(self, message: SharedMessage) -> None:
        if self.is_lagging or self._is_written(message):
            return
        if len(self._messages) >= MAX_QUEUED_MESSAGES:
            self.is_lagging = True
            return
        self._messages.append(message.text)
        self._ready.set()

    def put_levels(self, message: SharedMessage) -> None:
        """Replaces levels that still wait."""
        if not self._is_written(message):
            self._levels = message.text
            self._ready.set()

    def _is_written(self, message: SharedMessage) -> bool:
        is_next = self._is_idle and not self.pending and self._levels is None
        return is_next and self._write_now(message.frame)

    async def get(self) -> str:
        """The next message. Levels come after all other messages."""
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
        """Messages other than levels wait."""
        return bool(self._messages)


class StateStream:
    """The state as links of one role and id see it: their part, its revision, and its latest patches."""

    def __init__(self, role: Role, id: str, whole: View, rev: int) -> None:
        self.role = role
        self.id = id
        self.rev = rev
        """The revision of its last patch. Until the next one, the part is the same in later revisions."""
        self.view = visible(whole, role, id)
        self.subscriptions: set[Subscription] = set()
        self._document: str | None = None
        """The part as JSON, once a snapshot needed it. Many pages may connect at once."""
        self._patches: deque[tuple[int, str]] = deque()
        """Each with its base, which is the revision of the patch before it. Their frames are not kept."""
        self._kept_characters = 0

    def publish(self, whole: View, rev: int, cache: PatchCache, *, always: bool) -> bool:
        """Send the changes to this part, if there are any or `always`. Returns whether there are."""
        before, self.view = self.view, visible(whole, self.role, self.id)
        self._document = None
        found = changes(before, self.view, cache)
        if found or always:
            base, self.rev = self.rev, rev
            text = patch_text(base, rev, found, cache)
            self._keep(base, text)
            message = SharedMessage(text)
            for subscription in self.subscriptions:
                subscription.put(message)
        return bool(found)

    def _keep(self, base: int, text: str) -> None:
        self._patches.append((base, text))
        self._kept_characters += len(text)
        while len(self._patches) > MAX_KEPT_PATCHES or self._kept_characters > MAX_KEPT_CHARACTERS:
            _, oldest = self._patches.popleft()
            self._kept_characters -= len(oldest)

    def patches_since(self, rev: int) -> list[SharedMessage] | None:
        """The patches after `rev`; None if some are not kept any more."""
        if rev != self.rev and all(base != rev for base, _ in self._patches):
            return None
        return [SharedMessage(text) for base, text in self._patches if base >= rev]

    def state(self, now: str) -> dict[str, Any]:
        """This part as plain JSON."""
        return {"rev": self.rev, "now": now, **self.view.document()}

    def snapshot(self, now: str) -> SharedMessage:
        """This part for a page that connects. 500 items take 4 ms to encode, so it is encoded once."""
        if self._document is None:
            document = json.dumps(self.view.document(), ensure_ascii=False, separators=(",", ":"))
            self._document = document.removeprefix("{")
        type_ = Snapshot.model_fields["type"].default
        return SharedMessage(
            f'{{"type":"{type_}","state":{{"rev":{self.rev},"now":"{now}",{self._document}}}'
        )


class Publisher:
    """The published state, and its streams: one for each role and id that listens. The event bounds how many."""

    def __init__(self, rev: int) -> None:
        self._boot = secrets.token_hex(4)
        self.rev = rev
        """The revision of the whole state. A stream has an older one while its part has not changed."""
        self._view: View | None = None
        self._streams: dict[tuple[Role, str], StateStream] = {}
        self._subscribed: dict[Subscription, StateStream] = {}
        self._was_audible = False
        self._loudest: dict[str, float] = {}
        """Of the levels since the last that went to pages which mark speakers."""
        self._unmarked = 0
        """How many levels those are."""

    def boot(self, role: Role, id: str) -> str:
        """Identifies this run of the server and the part of the state that such a link sees.

        A page whose `boot` differs gets a snapshot: revisions of another run or part mean nothing here.
        """
        return f"{self._boot}-{role}-{id}"

    def publish(self, view: View, *, always: bool = False) -> int:
        """Publish `view` under the next revision: each stream sends its patch. Returns the published revision.

        A stream without changes sends nothing, or an empty patch if `always`, so that all pages reach the revision that
        a command was answered with. Without changes and `always`, the revision stays.
        """
        before, self._view = self._view, view
        if before is None:
            self.rev += 1
            return self.rev
        cache = PatchCache()
        # Moderators see everything, so a change for any role is a change for theirs.
        desk = self._stream(*DESK, before)
        has_changed = desk.publish(view, self.rev + 1, cache, always=always)
        for stream in self._streams.values():
            if stream is not desk:
                stream.publish(view, self.rev + 1, cache, always=always)
        if has_changed or always:
            self.rev += 1
        self._drop_streams(view)
        return self.rev

    def _stream(self, role: Role, id: str, whole: View) -> StateStream:
        if (stream := self._streams.get((role, id))) is None:
            stream = self._streams[role, id] = StateStream(role, id, whole, self.rev)
        return stream

    def _drop_streams(self, view: View) -> None:
        """Drop streams of places that are not in the event any more, once they have no subscription."""
        event = view.rest["event"]
        places = {(place["kind"], place["id"]) for place in event["places"]}
        places |= {("interpreter", booth["id"]) for booth in event["booths"]}
        for key, stream in list(self._streams.items()):
            role, id = key
            if key not in places and id != role and not stream.subscriptions:
                del self._streams[key]

    def levels(
        self, levels: Mapping[str, float], loudness: Mapping[str, float] = MappingProxyType({})
    ) -> None:
        """Send the microphones' levels (dBov) to the pages that show them, and to the desk their loudness (LUFS).

        Called ten times a second.

        Sources below `MIN_SHOWN_DBOV` are left out. When none is left, one empty message says so.
        """
        audible = {source: float(round(level)) for source, level in levels.items() if level > MIN_SHOWN_DBOV}
        if audible or self._was_audible:
            message = _levels_message(
                audible, {source: float(round(loudness[source])) for source in audible if source in loudness}
            )
            for subscription in self._subscribed:
                if subscription.hears_levels:
                    subscription.put_levels(message)
        self._was_audible = bool(audible)
        self._mark_speakers(audible)

    def _mark_speakers(self, audible: Mapping[str, float]) -> None:
        """Send the loudest of the last levels to the pages without meters, while they show several pictures.

        Only of the programme's microphones: what is said into another one is nobody else's business.
        """
        for source, level in audible.items():
            self._loudest[source] = max(level, self._loudest.get(source, level))
        self._unmarked += 1
        if self._unmarked < LEVELS_PER_MARK:
            return
        program = {} if self._view is None else self._view.rest["program"]
        heard = {
            source: self._loudest[source] for source in program.get("mics", ()) if source in self._loudest
        }
        self._unmarked, self._loudest = 0, {}
        if heard and program["with"]:
            message = _levels_message(heard, {})
            for subscription in self._subscribed:
                if subscription.marks_speakers:
                    subscription.put_levels(message)

    def state(self, now: str, role: Role, id: str) -> dict[str, Any]:
        """The published state as plain JSON, as a link of this role and id sees it; `now` is ISO 8601."""
        assert self._view is not None, "nothing has been published"
        stream = self._streams.get((role, id)) or StateStream(role, id, self._view, self.rev)
        return stream.state(now)

    def subscribe(
        self,
        now: str,
        boot: str | None,
        rev: int | None,
        *,
        role: Role,
        id: str,
        hears_levels: bool = False,
        marks_speakers: bool = False,
        write_now: WriteNow = _never,
    ) -> Subscription:
        """Begin to send what a link of this role and id sees: the patches since `rev` where they are kept, else a
        snapshot."""
        assert self._view is not None, "nothing has been published"
        stream = self._stream(role, id, self._view)
        subscription = Subscription(
            hears_levels=hears_levels, marks_speakers=marks_speakers, write_now=write_now
        )
        missed = stream.patches_since(rev) if rev is not None and boot == self.boot(role, id) else None
        for message in [stream.snapshot(now)] if missed is None else missed:
            subscription.put(message)
        stream.subscriptions.add(subscription)
        self._subscribed[subscription] = stream
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """Stop sending."""
        stream = self._subscribed.pop(subscription, None)
        if stream is not None:
            stream.subscriptions.discard(subscription)
