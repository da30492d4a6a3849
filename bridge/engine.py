"""The seam between the two halves: the only module of the bridge that the control plane imports. It imports nothing.

A *peer* is one WebRTC connection of a browser or a room agent. It may send one *source*, and it receives in *slots*,
which are negotiated when it joins and stay until it leaves: up to nine pictures, six microphones, the interpretation,
talkback, an interpreter's partner, and for a moderator one preview of each source. `route` says which source each slot
shows. The engine cuts a slot from one source to the next without a seam that a decoder would see.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

PROGRAM = "program"
PICTURES = (PROGRAM, "second", *(f"picture{n}" for n in range(3, 10)))
"""The picture slots; the first is the main picture's."""
MICS = ("mic1", "mic2", "mic3", "mic4", "mic5", "mic6")
INTERPRETATION = ("interpretation", "interpretation2")
"""The slots of the chosen channel. The second is used while one interpreter hands over to another."""
TALKBACK = "talkback"
PARTNER = "partner"
"""The slot in which an interpreter whose microphone is off hears the other one of the booth."""
SLATE = "slate"
"""The source id of the holding picture. Routed without open microphones, it sends silence as its sound."""


def multiview(source: str) -> str:
    """The slot in which a moderator sees the preview of `source`."""
    return f"view:{source}"


LayoutName = Literal["solo", "side-by-side", "pip", "grid"]
"""How a page arranges the pictures of the programme."""
SourceState = Literal[
    "absent",  # no peer sends it
    "connecting",  # a peer has joined and has sent no picture yet
    "live",
    "stalled",  # it cannot be shown now: its packets have stopped, or no keyframe arrives
]
SourceWhy = Literal[
    "joined",  # a peer has offered to send it; nothing is wrong
    "flows",  # its packets arrive
    "silent",  # no picture packet for 300 ms, or 2.5 frames of a slow camera; without a picture, no sound for 1 s
    "no-keyframe",  # packets arrive, but no keyframe, though one was requested
    "too-large",  # its packets are larger than can be forwarded, and are dropped
    "unreachable",  # nothing arrives from its peer, which may come back
    "left",  # no peer sends it any more
]
"""The cause of a source's state."""


@dataclass(frozen=True, slots=True)
class PeerSpec:
    """A peer that joins."""

    peer: str
    """Unique for each connection."""
    source: str | None
    """The source that it sends. A second peer of one source replaces the first once it is live; when the second leaves,
    the first sends the source again."""
    multiview: Sequence[str] = ()
    """Sources that it wants previews of, in the order of its m-lines."""
    link: str = ""
    """The join link that it used. The number of unconnected peers is limited for each link."""
    is_expendable: bool = False
    """Whether it is evicted before others when too many peers are connecting: true for viewers and stage displays."""
    talk: str | None = None
    """The source id of its talkback microphone, an audio m-line after the source's. Its state is not reported, and it
    is forwarded to `TALKBACK` slots alone."""
    is_screen: bool = False
    """Whether its picture is a shared screen or window, which may stand still: few frames come then, and nothing is
    wrong."""


@dataclass(frozen=True, slots=True)
class Joined:
    """The answer to an offer."""

    sdp: str
    slots: Mapping[str, str]
    """mid to slot name, for every m-line in which this peer receives."""
    is_padded: bool = False
    """Whether it is sent padding for a while, by which it measures what its line carries."""


@dataclass(frozen=True, slots=True)
class Feed:
    """What one peer is sent."""

    program: str
    """A source id or `SLATE`. A source that no peer sends gives no picture."""
    beside: tuple[str, ...] = ()
    """Further pictures, at most eight, in the order of the layout."""
    mics: tuple[str, ...] = ()
    """Open microphones, never the peer's own. The engine forwards the loudest six, `program`'s among them. With
    `interpretation`, it forwards fewer on a path that is too narrow for any picture."""
    interpretation: tuple[str, ...] = ()
    """The sound of the chosen channel: one source, or two in a hand-over."""
    talkback: str | None = None
    """The `PeerSpec.talk` of another peer."""
    partner: str | None = None
    layout: LayoutName = "grid"
    """Of the pictures. A picture in a small tile is sent in a smaller layer."""
    is_small: bool = False
    """The peer cannot decode large pictures in time: each is sent as for a small tile."""
    previews: bool = True
    """Its multiview slots are fed."""

    @property
    def pictures(self) -> tuple[str, ...]:
        """Every picture, the main one first."""
        return (self.program, *self.beside)


MediaTransport = Literal["udp", "tcp"]


@dataclass(frozen=True, slots=True)
class MediaPath:
    """The network path of a peer's media, as the engine sees it. A relay (TURN) is seen as the peer."""

    transport: MediaTransport
    family: Literal[4, 6]
    """Of IP."""
    address: str
    """The peer's IP address."""


@dataclass(frozen=True, slots=True)
class MediaStats:
    """Measured figures of one source's uplink or of one peer's downlink. None: not measured yet."""

    rtt_ms: float | None = None
    loss: float | None = None
    """Fraction lost in the last report, 0 to 1."""
    kbps: float = 0.0
    jitter_ms: float | None = None
    layer: str | None = None
    """The simulcast layer: the best one that a source sends, or the one that a peer's programme shows. A rid, "" where
    there is only one; None without a picture."""
    lost: int = 0
    keyframe_requests: int = 0
    repairs: int = 0
    """Packets retransmitted on request."""
    stalls: int = 0
    """How often a source stalled for more than 300 ms, or how often a peer got a smaller layer for lack of bit rate."""
    last_stall_s: float | None = None
    """Duration of the last stall in seconds. None: there was none."""
    codec: str | None = None
    """Of a source: the codec of its picture, "VP8" or "H264". None without a picture."""
    codec_wanted: str | None = None
    """Of a source: the codec that it should send, since a receiver needs it. None: any codec, or it has no choice."""
    is_still: bool = False
    """Of a source: its picture does not change, and nothing is wrong."""
    cannot_decode: tuple[str, ...] = ()
    """Of a peer: codecs of pictures routed to it that it has not negotiated, so it is not sent them."""
    loses_large: bool = False
    """Of a peer: its path loses every packet above 1216 bytes and no others. Its picture stays broken."""
    pictures: int | None = None
    """Of a peer: how many pictures of its programme it is sent. With less bit rate than they need it is sent fewer, the
    first ones of `Feed.pictures`. None of a source."""
    packets: int = 0
    path: MediaPath | None = None
    """The path of the peer, or of the peer that sends the source. None: it has no path now."""


NO_STATS = MediaStats()


ShedLevel = Literal[
    0,  # nothing
    1,  # pictures of expendable peers in their smallest layer
    2,  # no pictures for expendable peers: sound alone
    3,  # and no further expendable peer is accepted
]
"""What an overloaded engine withholds. Other peers are never affected."""


@dataclass(frozen=True, slots=True)
class MediaHealth:
    """The condition of the engine itself."""

    is_open: bool
    """Whether its port receives."""
    dropped: Mapping[str, int]
    """Datagrams dropped since the start, by reason."""


@dataclass(frozen=True, slots=True)
class Card:
    """The text on the slate."""

    title: str
    lines: tuple[str, ...] = ()
    """Below the title, in smaller letters."""
    note: str = ""
    """At the foot: the fault, if there is one."""
    language: str = "en"
    """BCP 47. It selects the glyphs where languages share a character."""


class OfferError(ValueError):
    """The offer cannot be answered. The text says what is wrong with it."""


class TooManyPeers(Exception):
    """Too many peers are connecting. The same offer may be answered in a few seconds, and the text says so."""


def _ignore(*news: object) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Callbacks:
    """What the engine calls, on the event loop."""

    on_source: Callable[[str, SourceState, SourceWhy], None] = _ignore
    """A source changed its state, and why."""
    on_left: Callable[[str], None] = _ignore
    """A peer closed by itself, or was evicted because too many were connecting."""
    on_levels: Callable[[Mapping[str, float]], None] = _ignore
    """Ten times a second: the loudest level of each source's microphone since the last call, in dBov. 0 is full scale,
    -127 silence (RFC 6464). A source whose packets carry no level is left out. Once all sources have left, it is
    called without any."""
    on_packet_levels: Callable[[Mapping[str, Sequence[tuple[float, float]]]], None] = _ignore
    """Before `on_levels`: the level of each packet of the source's microphone since the last call, and when the packet
    was due by its sender's clock (monotonic seconds)."""


class Engine(Protocol):
    """The media plane."""

    def listen(self, callbacks: Callbacks) -> None:
        """Set what is called from now on."""
        ...

    async def join(self, spec: PeerSpec, offer: str) -> Joined:
        """Answer `offer` (SDP). The same peer may offer again for an ICE restart; its slots stay.

        Raises:
            OfferError: the engine cannot answer this offer; nothing has changed.
            TooManyPeers: nothing has changed.
        """
        ...

    async def leave(self, peer: str) -> None:
        """Close a peer. Unknown names are ignored."""
        ...

    def adopt(
        self, sock: socket.socket, on_accepted: Callable[[PeerSpec], None], on_closed: Callable[[], None]
    ) -> Callable[[], None]:
        """Take over a TCP connection that begins with a connectivity check (RFC 4571 framing).

        `sock` does not block, and nothing has been read from it. The engine closes it, at the latest when the peer
        leaves, and soon if no check is accepted.

        Args:
            on_accepted: called once, when a peer has signed a check on it. Until then it is a stranger's, and the
                caller limits the number of such connections.
            on_closed: called once, not while `adopt` runs.

        Returns:
            A function that closes it. It may be called twice.
        """
        ...

    def state_of(self, peer: str) -> SourceState | None:
        """The state of what one peer sends, whether or not it is the peer that is shown. None: it has left."""
        ...

    def route(self, feeds: Mapping[str, Feed]) -> None:
        """Set what every peer is sent from now on. Peers that are not named are sent nothing.

        A picture changes when the new source's keyframe is there, and not before; sound changes at once.
        """
        ...

    def arm(self, sources: Collection[str]) -> None:
        """Arm exactly these sources: each keeps a recent keyframe, so that a cut to it is on the wire at once."""
        ...

    def slate(self, card: Card) -> None:
        """Set the text on the slate. Another process draws and encodes it; then the picture changes."""
        ...

    def stats(self) -> tuple[Mapping[str, MediaStats], Mapping[str, MediaStats]]:
        """The statistics by source and by peer."""
        ...

    def shed(self, level: ShedLevel) -> None:
        """Withhold this from expendable peers from now on, since the machine is overloaded."""
        ...

    def health(self) -> MediaHealth:
        """The condition of the engine itself."""
        ...

    async def close(self) -> None:
        """Close every peer and the port."""
        ...
