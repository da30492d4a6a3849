"""The messages of the WebSocket besides commands."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, TypeAdapter

from config.names import MAX_NAME_CHARS, is_person_name
from signaling.show.reasons import ErrorCode, ProblemReason
from signaling.show.terms import (
    AdmissionBy,
    AdmissionStatus,
    DeviceStatus,
    PagePath,
    Reduction,
    Role,
    SendLimit,
    SoundStatus,
)
from signaling.show.wire.base import CommandId, ItemId, SourceId, WireModel
from signaling.show.wire.commands import AnyCommand, Applied, LanguageTag, PlaceId, Problem
from signaling.show.wire.state import State

PROTOCOL = 1
"""Version of the WebSocket protocol; a page from an older server reloads itself."""
PING_AFTER_S = 4
"""Silence after which either end of a WebSocket sends a ping."""
PONG_WITHIN_S = 9
"""Time for the answer; then the connection counts as lost."""
BrowserId = Annotated[str, Field(min_length=1, max_length=64)]
Content = Literal["camera", "screen"]


class Hello(WireModel):
    """The first message. With `boot` and `rev` of the last known state, it asks for the patches since."""

    type: Literal["hello"]
    token: Annotated[str, Field(max_length=4096)]
    """The code of the link. Those of older versions are longer, and their holders are told so."""
    protocol: int = PROTOCOL
    boot: str | None = None
    rev: int | None = None
    peer: str | None = None
    """The `peer` of the last welcome. A page that lost only its WebSocket keeps its picture and sound by it."""
    browser: BrowserId | None = None
    """A random id that the browser keeps. Pages with the same id take over from each other at once."""


class Offer(WireModel):
    """Join with picture and sound, or restart ICE. `source` is the source that the page feeds, if any.

    An interpreter's is `booth/seat`. Of the audio m-lines that a page sends, the first carries its source, if it has
    one, and the next its talkback microphone, if its role may talk.
    """

    type: Literal["offer"]
    id: CommandId
    sdp: Annotated[str, Field(max_length=450_000)]
    source: SourceId | None = None
    input: SourceId | None = None
    """A further input of the page's place, sent by a peer of its own that only sends. `source` is then ignored."""
    content: Content = "camera"
    """What its picture shows. A `screen` may stand still, and is live all the same."""


class Leave(WireModel):
    """End picture and sound; the page stays connected."""

    type: Literal["leave"]
    input: SourceId | None = None
    """End this further input alone; null: what the page itself sends and receives."""
    withdraw: Annotated[bool, Field(strict=True)] = False
    """Its user does not want to send it any more: it does not wait for its turn either."""


class Condition(WireModel):
    """The status of a page's devices, sound and path, sent after each welcome and at each change. The latest counts
    while the page is connected."""

    type: Literal["condition"]
    input: SourceId | None = None
    """The further input that it is about; null: the page itself."""
    camera: DeviceStatus
    microphone: DeviceStatus
    muted: Annotated[bool, Field(strict=True)]
    """The person at the page has muted the microphone."""
    path: PagePath | None = None
    """Of its picture and sound; null while it has none, or is not sure yet."""
    sound: SoundStatus | None = None
    """Of the microphone; null while it is muted, closed or not measured."""
    limit: SendLimit | None = None
    """Of its picture, for some ten seconds by now; null where it has none, or the browser does not say."""
    reduced: Reduction | None = None
    """Its picture, as the page itself sends it while its machine is overloaded; null: the whole."""


class Listen(WireModel):
    """Choose the channel that this page's interpretation slot carries. Not in the log; a reconnected page says it
    again."""

    type: Literal["listen"]
    id: CommandId | None = None
    """That of the `error` that may answer it."""
    channel: LanguageTag | None
    """One of the event's languages; null: the floor."""


class Pictures(WireModel):
    """What pictures the page can decode in time. Not in the log; a reconnected page says it again."""

    type: Literal["pictures"]
    id: CommandId | None = None
    """That of the `error` that may answer it."""
    previews: Annotated[bool, Field(strict=True)]
    """Those of the multiview."""
    small: Annotated[bool, Field(strict=True)]
    """It cannot decode large ones: all are sent as for small tiles."""


class Talkback(WireModel):
    """Begin or end talkback. Not in the log; it ends when the page disconnects."""

    type: Literal["talk"]
    id: CommandId | None = None
    """That of the `error` that may answer it."""
    to: Annotated[list[PlaceId], Field(max_length=200)] | Literal["all"]
    """Venues, guests, booths and `desk` (the other moderators), or all but those. Ignored from others than moderators:
    they talk to the desk."""
    on: Annotated[bool, Field(strict=True)]


def _person_name(text: str) -> str:
    if text and not is_person_name(text):
        raise ValueError(
            f"a name has at most {MAX_NAME_CHARS} characters, no outer or double space, nothing invisible"
        )
    return text


class Here(WireModel):
    """Who sits at this desk, and which item it edits. Not in the log, but the name is, with each command of this page.
    It ends when the page disconnects; a reconnected page says it again."""

    type: Literal["here"]
    id: CommandId | None = None
    """That of the `error` that may answer it."""
    name: Annotated[str, AfterValidator(_person_name)] = ""
    """Empty: the desk has a number."""
    editing: ItemId | None = None
    """Null: none."""


class ClockProbe(WireModel):
    """Asks for the show's clock. The answer repeats `sent`."""

    type: Literal["clock"]
    sent: Annotated[float, Field(allow_inf_nan=False)]


ClientMessage = Annotated[
    Hello | Offer | Leave | Condition | Listen | Pictures | Talkback | Here | ClockProbe | AnyCommand,
    Field(discriminator="type"),
]
CLIENT_MESSAGE: TypeAdapter[ClientMessage] = TypeAdapter(ClientMessage)


class IceServer(WireModel):
    """A TURN server with credentials, as `RTCPeerConnection` takes it."""

    urls: list[str]
    username: str
    credential: str


class Welcome(WireModel):
    """The answer to `hello`: the role and rights of the link."""

    type: Literal["welcome"] = "welcome"
    protocol: int = PROTOCOL
    boot: str
    """Identifies the run of the server and the part of the state. Revisions of another boot are not comparable."""
    session: str
    """Names this connection in the server's log, for people who look for a fault."""
    peer: str
    """The page's id in the media plane. If it is that of `hello`, picture and sound go on; otherwise offer again."""
    address: str
    """At which the server sees this page; behind a proxy, the one that it names."""
    rehearsal: bool
    """The show runs on a virtual clock; pages say so."""
    now_ms: float
    speed: float
    """The first sample of the show's clock, as in `Clock`: a page shows the right time before it asks."""
    role: Role
    id: str
    name: str
    read_only: bool
    """The link sees what its role sees, and changes nothing."""
    sources: list[str]
    """The sources that this link may feed."""
    views: list[str]
    """The sources in this link's multiview, in the order of the offer's m-lines."""
    ice_servers: list[IceServer]
    """For pages that reach the server's media port neither over UDP nor over TCP. The credentials expire; each welcome
    has new ones."""


class Snapshot(WireModel):
    type: Literal["snapshot"] = "snapshot"
    state: State


class Patch(WireModel):
    """Turns the state of revision `base`, the last sent to this link, into that of `rev`. Clock messages replace `now`,
    which is never patched."""

    type: Literal["patch"] = "patch"
    base: int
    rev: int
    changes: list[Change]


class Shift(WireModel):
    """The expected start and end of items move by `ms`; negative: earlier. Null stays null."""

    first: int
    """Index of the first item."""
    last: int
    """Index of the last item, inclusive."""
    ms: int


class Change(WireModel):
    """Sets `value` at `path` of the state, or removes the key there, or shifts times in the list of items there."""

    path: list[str | int]
    value: object = None
    drop: bool = False
    """The key at the end of `path` is removed."""
    shift: Shift | None = None
    """For delays, which move hundreds of items at once, and each second during an overrun."""


class Levels(WireModel):
    """The levels of the sources' microphones in dBov (0 is full scale, -127 silence). Omitted sources are silent or
    send no level.

    To moderators ten times a second while anybody speaks. To other pages with pictures 2.5 times a second, only of the
    programme's microphones and while it has several pictures.
    """

    type: Literal["levels"] = "levels"
    levels: dict[str, float]
    loudness: dict[str, float]
    """To moderators: momentary loudness in LUFS, estimated from the levels. Empty for others."""


class Answer(WireModel):
    """The answer to `offer`."""

    type: Literal["answer"] = "answer"
    id: str
    sdp: str
    slots: dict[str, str]
    """By mid, the slot: program, second, picture3 to picture9, mic1 to mic6, interpretation, interpretation2, talkback,
    partner, view:<source>."""
    padded: bool = False
    """Whether padding is sent for some seconds, by which the page measures what its line carries."""


class Admission(WireModel):
    """Whether this page may feed its source. Sent when another page or the desk changes that."""

    type: Literal["admission"] = "admission"
    status: AdmissionStatus
    source: str
    by: AdmissionBy | None
    """Where the other page is; null if there is none."""


class Reply(WireModel):
    """The answer to a command."""

    type: Literal["reply"] = "reply"
    id: str
    result: Applied | Problem


class ErrorMessage(WireModel):
    """A fault of a message other than a command. The connection stays, unless it is closed right after."""

    type: Literal["error"] = "error"
    id: str | None
    """The `id` of the message that it answers, if that had one."""
    code: ErrorCode
    message: str
    reason: ProblemReason | None = None
    details: dict[str, str] = Field(default_factory=dict)
    retry_after_s: float | None = None
    """The connection is closed right after, and the page comes back that many seconds later at the earliest. Null: as
    after any loss, or it stays."""


class Clock(WireModel):
    """The answer to a clock probe."""

    type: Literal["clock"] = "clock"
    sent: float
    now_ms: float
    """The show's clock, milliseconds since 1970-01-01T00:00Z."""
    speed: float
    """How fast the show's clock runs; 1 outside rehearsals."""


ServerMessage = Annotated[
    Welcome | Snapshot | Patch | Levels | Answer | Admission | Reply | ErrorMessage | Clock,
    Field(discriminator="type"),
]
Patch.model_rebuild()
