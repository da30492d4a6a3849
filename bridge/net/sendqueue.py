"""The send queue of one TCP connection. It drops pictures when the reader is too slow. Pure.

TCP retransmits until a packet has arrived, so on a bad path packets wait instead of being lost. Sound, RTCP, DTLS and
checks go before pictures. When pictures have waited too long, all that wait are dropped, and further ones until
`resume`: without the dropped ones they could not be decoded. The caller resumes with keyframes.
"""

from __future__ import annotations

from collections import deque

from bridge.net.framing import frame

MAX_PICTURE_WAIT_S = 0.3
"""Seconds that a picture may wait. A cut or a reply that comes later is felt."""
MAX_FIRST_PICTURE_WAIT_S = 1.0
"""The same for the first pictures after a pause: those that come until it has passed. The keyframe that begins a
picture may be 100 kB. A path of 1 Mb/s takes 0.8 s for it; with the shorter limit no picture would ever begin there."""
MAX_SOUND_WAIT_S = 1.0
"""Seconds that sound and control packets may wait; after that the oldest are dropped."""
MAX_PICTURE_BYTES = 512 * 1024
"""That wait. A cut to an armed source sends up to one second of a picture at once."""
MAX_SOUND_BYTES = 64 * 1024
"""That wait: a second of eight microphones."""


class SendQueue:
    """The packets that wait, framed."""

    __slots__ = ("_began", "_pictures", "_sound", "is_dropping", "picture_bytes", "sound_bytes")

    def __init__(self) -> None:
        self._sound: deque[tuple[float, bytes]] = deque()
        """Sound and all that is not a picture, with the time at which it came."""
        self._pictures: deque[tuple[float, bytes]] = deque()
        self.sound_bytes = self.picture_bytes = 0
        self.is_dropping = False
        """Pictures are dropped, until `resume`."""
        self._began: float | None = None
        """When the first packet of pictures came; None: none has, since the last pause."""

    def __bool__(self) -> bool:
        return bool(self._sound or self._pictures)

    def push(self, packet: bytes, now: float) -> int:
        """Queue a packet that is not a picture's. Returns how many older ones were dropped for it."""
        self._sound.append((now, frame(packet)))
        self.sound_bytes += len(packet) + 2
        dropped = 0
        while self.sound_bytes > MAX_SOUND_BYTES or now - self._sound[0][0] > MAX_SOUND_WAIT_S:
            self.sound_bytes -= len(self._sound.popleft()[1])
            dropped += 1
        return dropped

    def push_picture(self, packet: bytes, now: float) -> int:
        """Queue a packet of a picture. Returns how many were dropped, this one among them."""
        if self.is_dropping:
            return 1
        if self._began is None:
            self._began = now
        # A live keyframe is paced: the queue may be empty within it.
        is_first = now - self._began <= MAX_FIRST_PICTURE_WAIT_S
        limit = MAX_FIRST_PICTURE_WAIT_S if is_first else MAX_PICTURE_WAIT_S
        is_late = bool(self._pictures) and now - self._pictures[0][0] > limit
        if is_late or self.picture_bytes + len(packet) + 2 > MAX_PICTURE_BYTES:
            dropped = len(self._pictures) + 1
            self._pictures.clear()
            self.picture_bytes = 0
            self.is_dropping = True
            return dropped
        self._pictures.append((now, frame(packet)))
        self.picture_bytes += len(packet) + 2
        return 0

    def resume(self) -> None:
        """Queue pictures again. The first are those of keyframes."""
        self.is_dropping, self._began = False, None

    def take(self, max_bytes: int) -> bytes:
        """Remove and return the next packets: as many as fit into `max_bytes`, but at least one if there is one."""
        taken: list[bytes] = []
        size = 0
        for queue in (self._sound, self._pictures):
            while queue and (not taken or size + len(queue[0][1]) <= max_bytes):
                data = queue.popleft()[1]
                size += len(data)
                taken.append(data)
                if queue is self._sound:
                    self.sound_bytes -= len(data)
                else:
                    self.picture_bytes -= len(data)
            if queue:
                break
        return b"".join(taken)
