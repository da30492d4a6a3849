"""The state of the show as pages and scripts receive it; each role receives a part (see `visible`)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from bridge.engine import LayoutName, MediaTransport, ShedLevel, SourceState, SourceWhy
from signaling.show.terms import (
    DeviceStatus,
    ItemStatus,
    PagePath,
    Phase,
    Reason,
    Reduction,
    Role,
    SendLimit,
    SkipReason,
    SoundStatus,
    Tally,
)
from signaling.show.wire.actions import ActionDoc
from signaling.show.wire.base import WireModel
from signaling.show.wire.checks import ChecksDoc
from signaling.show.wire.notes import CueDoc, FlagDoc, MessageDoc
from signaling.show.wire.pages import DeskDoc, TakeoverDoc, TalkDoc, WaitingDoc


class Period(WireModel):
    """A start and an end. The end is null while it runs; both are null before."""

    start: str | None
    end: str | None


class PlaceDoc(WireModel):
    """A venue or a guest."""

    id: str
    kind: Literal["venue", "guest"]
    name: str
    note: str
    """The venue's location in its city, or the note on the guest."""
    timezone: str
    language: str
    listen: str | None
    """The channel that the venue's interpretation output carries by default; null: none. Null for guests."""
    contact: str
    """For the desk; empty for all but moderators."""
    sources: list[str]


class BoothPlanDoc(WireModel):
    """A booth, by the event file."""

    id: str
    name: str
    languages: list[str]
    """Two; it interprets either way."""
    seats: int


class EventDoc(WireModel):
    rev: int
    """The revision with which the event last changed, by a `reload`, its `undo`, or the shift of a plan that `schalte
    demo` makes. Of `base` in a `reload`."""
    title: str
    timezone: str
    language: str
    languages: list[str]
    """The channels that listeners may choose besides the floor."""
    host: str | None
    places: list[PlaceDoc]
    booths: list[BoothPlanDoc]
    presets: dict[str, dict[str, str]]
    """Texts for messages and cues: by id, and by language."""
    contact: str
    """How the desk is reached besides; empty for viewers and stage displays."""


class ArmedDoc(WireModel):
    """A marked item, which `next` puts on air, or a source in preview. An item and a source may have the same id."""

    kind: Literal["item", "source"]
    id: str


class ShowDoc(WireModel):
    phase: Phase
    held: bool
    """Automatic advance is stopped. `phase` says so only while the show runs; a hold is possible before it, too."""
    item: str | None
    """On air now; null before, after and in a gap."""
    last: str | None
    """The item on air, or in a gap the one last on air. `from` is compared with it."""
    next: str | None
    """The item that comes next: the marked one, if the item on air waits for `next` and no hard start cuts it at its
    end; else the agenda's."""
    next_at: str | None
    """When it is expected; never before now."""
    due_at: str | None
    """Before Start: when Start is due, by the plan with its delays. May lie in the past."""
    floor: str
    """The language that the floor speaks: as said by `floor`, else the item's, else the event's."""
    armed: ArmedDoc | None
    """The marked item or source; null: none. Null for all but moderators."""
    taken: str | None
    """The taken source, even if its fallback is on air; null: the agenda decides. Null for all but moderators."""
    undo: ActionDoc | None
    """The command that `undo` would take back. Null for all but moderators."""
    actions: list[ActionDoc]
    """What moderators did, the latest last: eight at most. Empty for all but moderators."""
    offset_s: float
    """Against the plan; positive: late. Before Start: as if Start were pressed now."""
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
    layout: LayoutName
    speaker: str
    language: str
    type: Literal["talk", "panel", "qa", "break", "open"]
    hard: bool
    advance: Literal["manual", "auto"]
    warn_s: float
    danger_s: float
    notes: str
    """Empty for all but moderators."""
    skipped_because: SkipReason | None = None


class ProgramDoc(WireModel):
    """What is on air. A destination that is sent something else (the return picture) says so itself."""

    source: str
    """A source id or `slate`."""
    with_: list[str] = Field(validation_alias="with", serialization_alias="with")
    layout: LayoutName
    mics: list[str]
    reason: Reason
    since: str | None
    """Null until the first cut: the slate is on air from the beginning."""


class LinkDoc(WireModel):
    """Stats of one connection, for operators. Null: not measured yet."""

    transport: MediaTransport | None
    """`udp`, or `tcp` where UDP is blocked; null without a path now. A relay (TURN) is seen by the page alone."""
    jitter_ms: float | None
    layer: str | None
    """The picture's simulcast layer, by rid: `h`, `l`, or empty if there is only one."""
    lost: int
    """Packets, since the connection began."""
    keyframe_requests: int
    repairs: int
    """Retransmitted packets."""
    stalls: int
    """A source's stalls of more than 300 ms; a destination's changes to the small layer."""
    last_stall_s: float | None
    """Length of the last one."""


class DevicesDoc(WireModel):
    """The status of camera and microphone, as reported by the page that feeds a source."""

    camera: DeviceStatus
    microphone: DeviceStatus
    muted: bool
    """The person at the page has muted the microphone."""
    sound: SoundStatus | None
    """What the page hears from the microphone; null while that is muted, closed or not measured."""
    limit: SendLimit | None
    """Why the page sends a smaller picture than the camera's; null: it does not, or does not know."""
    reduced: Reduction | None
    """What it sends instead of the whole picture since its machine is overloaded; null: the whole."""


class SourceDoc(WireModel):
    """A picture-and-sound input. `why`, `armed`, `approved_at`, `devices`, `echo_of`, `returned_to`, `path` and the
    stats are null for all but moderators and its own place."""

    name: str
    state: SourceState
    why: SourceWhy | None
    """The reason for its state; null before anybody fed it."""
    armed: bool | None
    """It is prepared for an immediate cut."""
    tally: Tally
    waits: bool
    """It is a guest's whom the desk has not let in yet: nothing uses it until `admit`."""
    approved_at: str | None
    """When a moderator last said that its place has been seen and heard; null: not yet. Null for all but moderators and
    its own place."""
    mic: bool
    """The show has its microphone open. `devices` says whether it has one, and whether that is muted."""
    devices: DevicesDoc | None
    """Null while no page feeds it, or before that page has reported."""
    echo_of: str | None
    """The source that hears itself: its sound comes back by this one's microphone. Null: none does. Null for all but
    moderators and its own place."""
    codec: str | None
    """The picture's codec, by its name in SDP: `VP8` or `H264`; null without a picture."""
    codec_wanted: str | None
    """The codec that it is asked to send, because a receiver can decode no other; null: no request. Null for all but
    moderators and its own place."""
    still: bool
    """Its picture has not changed for a while, as of a shared screen, and nothing is wrong."""
    returned_to: list[str] | None
    """The places that see it as their return picture while it is off air."""
    rtt_ms: float | None
    loss: float | None
    kbps: float | None
    path: PagePath | None
    """Its path, as its page reports it, else as the media plane sees it. Null: none is known."""
    link: LinkDoc | None
    """Null while nobody feeds it."""


class DestinationDoc(WireModel):
    """What a venue, a guest, a moderator, a viewer or a stage display is sent. The number of connections and the stats
    are null for viewers, since they concern other people."""

    role: Role
    name: str
    connected: int | None
    """The number of its connections."""
    source: str
    """The main picture's."""
    pictures: list[str]
    """Every picture, the main one first. Sources that are not fit to be on air are left out."""
    mics: list[str]
    """Open microphones that it may hear. It is sent the loudest six, and always that of `source`."""
    is_return: bool
    """It is on air itself and is sent its return picture."""
    smaller: bool
    """It is sent the small layer of a picture that has a large one."""
    cannot_decode: list[str]
    """Codecs that one of its connections should show but did not offer, by their names in SDP (RFC 8866)."""
    loses_large: bool | None
    """The path of one of its connections loses all packets above 1216 bytes, and no others. Null: hidden."""
    path: PagePath | None
    """The worst path of its pages: as they report it, else as the media plane sees it. Null: none is known."""
    rtt_ms: float | None
    loss: float | None
    kbps: float | None
    link: LinkDoc | None
    """Stats of its worst connection; null while none has picture and sound."""


class ChannelDoc(WireModel):
    """A language that listeners may choose."""

    needed: bool
    """An item other than a break is on air in another language."""
    booth: str | None
    """The booth that feeds it; null: it carries the floor."""
    seat: str | None
    """The seat that feeds it; in a hand-over the one that takes over."""
    since: str | None
    """Since when this booth feeds it, or since when none does; null before the first change."""
    silent_since: str | None
    """Since when the floor speaks and the channel, though it is needed and fed, does not; null until the floor has
    spoken for 10 s meanwhile. To others than moderators and interpreters: null."""
    listeners: int
    """Connected pages that listen to it. To others than moderators and interpreters: 0."""
    places: list[str]
    """The venues and guests among them. To others than moderators and interpreters: none."""


class SeatDoc(WireModel):
    open: bool
    """Its microphone is switched on."""
    state: SourceState
    """Of its sound; what it sends is heard only while it is live."""
    since: str | None
    """Since when it is open or closed; null before it was opened."""
    sound: SoundStatus | None
    """What its page hears from its microphone; null while that is closed or not measured."""


class BoothDoc(WireModel):
    """A booth as it works now. To moderators and its own pages."""

    to: str | None
    """The channel chosen by hand; null: by the floor's language."""
    output: str | None
    """The channel that its open seat speaks into now. Null: none, since the floor speaks the language chosen by hand,
    or neither of its languages and there is no relay."""
    relay: str | None
    """The channel that it hears instead of the floor, since the floor speaks neither of its languages; null: the
    floor."""
    seats: dict[str, SeatDoc]
    """By name: those that are open, or send sound now."""
    asks: str | None
    """The seat that asks the other to take over."""
    handover_ends: str | None
    """When the seat that hands over is closed at the latest; null: no hand-over, or the seat that takes over is not
    live yet."""


WarningCode = Literal[
    "overload",  # viewers are sent less; `level` 1: small pictures, 2: none, 3: new viewers are refused
    "disk",  # the disk of the show log is nearly full; `free_mb`
    "log-fails",  # the show log cannot be written
    "writer",  # the show does not run
    "media",  # the media port is closed
    "clock",  # the show's clock is ahead of the machine's by `ahead_s`, or behind it
    "certificate-expires",  # in `days`
    "certificate-expired",
    "certificate-unreadable",  # the new files cannot be used; the old certificate stays in force
    "disk-unknown",  # this check fails or does not end; so for the next two
    "certificate-unknown",
    "overload-unknown",
]


class WarningDoc(WireModel):
    """One thing that is wrong with the server itself."""

    code: WarningCode
    since: str
    figures: dict[str, float]


class ServerDoc(WireModel):
    """The server itself."""

    warnings: list[WarningDoc]
    """The worst first. Empty for all but moderators."""
    sheds: ShedLevel
    """What an overloaded server withholds from viewers. 0 for all but moderators and viewers."""


class State(WireModel):
    """Everything that pages show, in `GET /api/v1/state` and the WebSocket's snapshot. Hidden values are empty or null;
    no key is left out."""

    rev: int
    """The revision of the last change that was sent to links of this role and id."""
    now: str
    event: EventDoc
    show: ShowDoc
    items: list[ItemDoc]
    program: ProgramDoc
    sources: dict[str, SourceDoc]
    destinations: dict[str, DestinationDoc]
    """By place id; for other roles by `role:id`. Moderators receive all; venues, guests and viewers only their own."""
    languages: dict[str, ChannelDoc]
    """By language."""
    booths: dict[str, BoothDoc]
    """By id. Moderators receive all, interpreters their own."""
    checks: ChecksDoc
    messages: dict[str, MessageDoc]
    """Current messages by recipient, as `message` names it. Moderators receive all, other roles those to them."""
    cues: dict[str, CueDoc]
    """Current cues by recipient, as messages."""
    flags: dict[str, FlagDoc]
    """Flags by place, booth or `desk`. Moderators receive all, other roles their own."""
    talks: dict[str, TalkDoc]
    """Talkback going on now, by the number that the server gives each."""
    desks: dict[str, DeskDoc]
    """The connected moderators' pages, by the `session` of the welcome. For moderators."""
    waiting: dict[str, WaitingDoc]
    """By place id, for moderators: pages that wait to feed it."""
    takeovers: dict[str, TakeoverDoc]
    """By place id, for moderators: changes of the feeding browser in the last ten minutes."""
    server: ServerDoc
