"""The wire: the state of the show as pages and scripts see it, each role its part (see `visible`)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from bridge.engine import SourceState, SourceWhy
from signaling.show.terms import (
    DeviceStatus,
    ItemStatus,
    MessageLevel,
    Phase,
    Reason,
    Role,
    SkipReason,
    Tally,
)
from signaling.show.wire.base import WireModel


class Period(WireModel):
    """A start and an end; the end is null while it runs, both while it has not begun."""

    start: str | None
    end: str | None


class PlaceDoc(WireModel):
    """A venue or a guest."""

    id: str
    kind: Literal["venue", "guest"]
    name: str
    note: str
    """The venue's place in its city, or what there is to say of the guest."""
    timezone: str
    language: str
    sources: list[str]


class EventDoc(WireModel):
    title: str
    timezone: str
    language: str
    host: str | None
    places: list[PlaceDoc]


class ArmedDoc(WireModel):
    """An item, which `next` goes to, or a source in preview. An item and a source may have the same id."""

    kind: Literal["item", "source"]
    id: str


class ShowDoc(WireModel):
    phase: Phase
    held: bool
    """Nothing advances by itself. `phase` says so only while the show runs; one may hold before it, too."""
    item: str | None
    """On air now; null before, after and in a gap."""
    last: str | None
    """The item on air, or in a gap the one last on air: what `from` is compared with."""
    next: str | None
    """The item that comes next: the marked one, while the item on air waits for `next` and no hard start cuts it by its
    end; else the agenda's."""
    next_at: str | None
    """When that is expected: never before now."""
    due_at: str | None
    """Before Start: when it is due, by the plan with its delays. May have passed, when nobody has pressed it."""
    armed: ArmedDoc | None
    """What a moderator marked; null: nothing. `next` goes to a marked item. To moderators; others: null."""
    taken: str | None
    """What a moderator took, on air or still to come there; null: what the agenda says is on air. To moderators;
    others: null."""
    undo: str | None
    """The type of the command that `undo` would take back. To moderators; others: null."""
    offset_s: float
    """Against the plan: positive is late. Before Start: how late the show is if it is pressed now."""
    ends: str | None
    """When the last item is expected to end."""


class ItemDoc(WireModel):
    id: str
    title: str
    status: ItemStatus
    planned: Period
    expected: Period
    actual: Period
    length_s: float
    """Duration with extensions."""
    source: str
    with_: list[str] = Field(validation_alias="with", serialization_alias="with")
    layout: Literal["solo", "side-by-side", "pip", "grid"]
    speaker: str
    language: str
    type: Literal["talk", "panel", "qa", "break", "open"]
    hard: bool
    advance: Literal["manual", "auto"]
    warn_s: float
    danger_s: float
    notes: str
    """To moderators; others: empty."""
    skipped_because: SkipReason | None = None


class ProgramDoc(WireModel):
    """What is on air. Destinations that see something else (the return picture) say so themselves."""

    source: str
    """A source id or `slate`."""
    with_: list[str] = Field(validation_alias="with", serialization_alias="with")
    layout: Literal["solo", "side-by-side", "pip", "grid"]
    mics: list[str]
    reason: Reason
    since: str | None
    """Null until the first cut: the slate has been there from the beginning."""


class LinkDoc(WireModel):
    """What an operator may want to know of one link. None: not measured yet."""

    jitter_ms: float | None
    layer: str | None
    """The picture's layer, by rid: `h`, `l`, or empty where there is only one."""
    lost: int
    """Packets, since it was set up."""
    keyframe_requests: int
    repairs: int
    """Packets sent again."""
    stalls: int
    """Of a source, how often it stood still for more than 300 ms; of a destination, how often it had to take the
    smaller layer."""
    last_stall_s: float | None
    """How long the last of these lasted."""


class DevicesDoc(WireModel):
    """How camera and microphone stand at the page that feeds a source, as the page says."""

    camera: DeviceStatus
    microphone: DeviceStatus
    muted: bool
    """Its microphone is muted by the person in front of the page."""


class SourceDoc(WireModel):
    """A picture-and-sound input. `why`, `armed`, `devices`, `returned_to` and the figures of its link are null for all
    but moderators and the place that it belongs to."""

    name: str
    state: SourceState
    why: SourceWhy | None
    """What made its state what it is; null before anybody fed it."""
    armed: bool | None
    """It may be put on air in a moment, and a cut to it would be at once."""
    tally: Tally
    mic: bool
    """The show has its microphone open. Whether it has one, and whether that is muted, is in `devices`."""
    devices: DevicesDoc | None
    """Null while no page feeds it, or the one that does has not said."""
    codec: str | None
    """What its picture comes in, by its name in SDP: `VP8` or `H264`; null without a picture."""
    codec_wanted: str | None
    """What it is asked to send, since a receiver can show nothing else; null: as it likes, or it has no choice. To
    moderators and the place that it belongs to; others: null."""
    still: bool
    """Its last picture stands: nothing came that would change it, as of a shared screen, and nothing is wrong."""
    returned_to: list[str] | None
    """The places that see it as their return picture though it is off air."""
    rtt_ms: float | None
    loss: float | None
    kbps: float | None
    link: LinkDoc | None
    """Null while nobody feeds it."""


class DestinationDoc(WireModel):
    """What a venue, a guest, a moderator, a viewer or a stage display is being sent. The number of connections and the
    figures are null for viewers: they are of other people."""

    role: Role
    name: str
    connected: int | None
    """How many connections show it."""
    source: str
    second: str | None
    mics: list[str]
    is_return: bool
    """It is on air itself and sees its return picture."""
    smaller: bool
    """It is sent the small layer of a picture that has a large one."""
    cannot_decode: list[str]
    """Codecs of pictures that one of its connections is to see and cannot show, by their names in SDP (RFC 8866): its
    offer had none of it."""
    rtt_ms: float | None
    loss: float | None
    kbps: float | None
    link: LinkDoc | None
    """Of the worst of its connections; null while none has picture and sound."""


class MessageDoc(WireModel):
    """A text that stands on somebody's screens."""

    text: str
    level: MessageLevel
    at: str
    """When it was sent; the same text sent again is another message."""


class WaitingDoc(WireModel):
    """A page of another browser wants to feed a place that somebody feeds: the one that has waited longest."""

    source: str
    address: str
    """Network address of its client. It names the page to people and decides nothing."""
    since: str
    count: int
    """How many such pages wait at this place."""


class TakeoverDoc(WireModel):
    """Another browser than before feeds a place."""

    source: str
    address: str
    since: str


class State(WireModel):
    """Everything that pages show. `GET /api/v1/state` and the WebSocket's snapshot. What a link is not to see is empty
    or null; no key is left out."""

    rev: int
    """Of the last change that was sent to links of this role and id."""
    now: str
    event: EventDoc
    show: ShowDoc
    items: list[ItemDoc]
    program: ProgramDoc
    sources: dict[str, SourceDoc]
    destinations: dict[str, DestinationDoc]
    """By place id; moderators and others by `role:id`. All of them to moderators; to venues, guests and viewers their
    own alone."""
    messages: dict[str, MessageDoc]
    """Those that stand, by recipient: a place id or `all`. All of them to moderators, to others those they are for."""
    waiting: dict[str, WaitingDoc]
    """By place id, for moderators: pages that wait until they may feed it."""
    takeovers: dict[str, TakeoverDoc]
    """By place id, for moderators: in the last ten minutes another browser has begun to feed it."""
