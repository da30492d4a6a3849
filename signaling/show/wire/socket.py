"""The wire: the messages of the WebSocket besides commands."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from signaling.show.reasons import ErrorCode, ProblemReason
from signaling.show.terms import AdmissionBy, AdmissionStatus, DeviceStatus, Role
from signaling.show.wire.base import CommandId, SourceId, WireModel
from signaling.show.wire.commands import AnyCommand, Applied, Problem
from signaling.show.wire.state import State

PROTOCOL = 1
"""Version of the WebSocket protocol; a page from an older server reloads itself."""
ASK_AFTER_S = 4
"""Silence after which either end of a WebSocket sends a ping."""
ANSWER_WITHIN_S = 9
"""Time for the answer; then the connection counts as lost."""
BrowserId = Annotated[str, Field(min_length=1, max_length=64)]


class Hello(WireModel):
    """The first message. `boot` and `rev` of the last state seen ask for the patches since."""

    type: Literal["hello"]
    token: Annotated[str, Field(max_length=4096)]
    protocol: int = PROTOCOL
    boot: str | None = None
    rev: int | None = None
    peer: str | None = None
    """The `peer` of the welcome before: a page that lost only this connection keeps its picture and sound."""
    browser: BrowserId | None = None
    """Chosen at random and kept by the browser. Pages with the same one take over from each other at once."""


class Offer(WireModel):
    """Join with picture and sound, or restart ICE. `source` names the source it feeds, if any."""

    type: Literal["offer"]
    id: CommandId
    sdp: Annotated[str, Field(max_length=400_000)]
    source: SourceId | None = None


class Leave(WireModel):
    """Picture and sound end; the page stays."""

    type: Literal["leave"]


class Condition(WireModel):
    """How a page's devices stand. Sent after each welcome and at each change; the latest one counts, for as long as the
    page is connected."""

    type: Literal["condition"]
    camera: DeviceStatus
    microphone: DeviceStatus
    muted: Annotated[bool, Field(strict=True)]
    """Its microphone is muted by the person in front of the page."""


class ClockProbe(WireModel):
    """Asks for the show's clock; `sent` comes back as it was."""

    type: Literal["clock"]
    sent: Annotated[float, Field(allow_inf_nan=False)]


ClientMessage = Annotated[
    Hello | Offer | Leave | Condition | ClockProbe | AnyCommand, Field(discriminator="type")
]
CLIENT_MESSAGE: TypeAdapter[ClientMessage] = TypeAdapter(ClientMessage)


class Welcome(WireModel):
    """The answer to `hello`: who the link makes you."""

    type: Literal["welcome"] = "welcome"
    protocol: int = PROTOCOL
    boot: str
    """Names the run of the server and whose part of the state it is: revisions of another boot mean nothing."""
    peer: str
    """Names this page to the media plane. The same as in `hello` if picture and sound go on; else offer anew."""
    rehearsal: bool
    """The show's clock is not the world's: pages say so."""
    role: Role
    id: str
    name: str
    sources: list[str]
    """What this link may feed."""
    views: list[str]
    """What this link sees in small, in the order of the offer's m-lines."""


class Snapshot(WireModel):
    type: Literal["snapshot"] = "snapshot"
    state: State


class Patch(WireModel):
    """Turns the state of revision `base`, the last that this link was sent, into that of `rev`. `now` is not patched:
    the clock messages tell it."""

    type: Literal["patch"] = "patch"
    base: int
    rev: int
    changes: list[Change]


class Shift(WireModel):
    """The expected start and end of items are so much later, or earlier where negative; null stays null."""

    first: int
    """Index of the first item."""
    last: int
    """Index of the last one, which is shifted as well."""
    ms: int


class Change(WireModel):
    """Puts `value` at `path` of the state, or removes what is there, or shifts times in the list of items there."""

    path: list[str | int]
    value: object = None
    drop: bool = False
    """The key at the end of `path` is gone."""
    shift: Shift | None = None
    """A delay moves hundreds of items at once, each second anew while one overruns."""


class Levels(WireModel):
    """How loud the sources' microphones are, ten times a second while anybody speaks: dBov, 0 is full scale, -127
    silence. Sources left out are silent or tell nothing."""

    type: Literal["levels"] = "levels"
    levels: dict[str, float]


class Answer(WireModel):
    """The answer to `offer`."""

    type: Literal["answer"] = "answer"
    id: str
    sdp: str
    slots: dict[str, str]
    """mid to slot: program, second, mic1 to mic4, talkback, view:<source>."""


class Admission(WireModel):
    """Whether this page feeds its source, told whenever that changes by another page or by the desk."""

    type: Literal["admission"] = "admission"
    status: AdmissionStatus
    source: str
    by: AdmissionBy | None
    """Whose page the other one is; null where there is none."""


class Reply(WireModel):
    """The answer to a command."""

    type: Literal["reply"] = "reply"
    id: str
    result: Applied | Problem


class ErrorMessage(WireModel):
    """Something other than a command went wrong; the connection stays unless it is closed right after."""

    type: Literal["error"] = "error"
    id: str | None
    """The `id` of the message it answers, where that had one."""
    code: ErrorCode
    message: str
    reason: ProblemReason | None = None
    details: dict[str, str] = Field(default_factory=dict)


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
