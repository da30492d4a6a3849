"""The wire: every message that a browser, a room agent or a script exchanges with the server.

This file is the one source of the wire types. `web/src/wire.ts` is generated from it, PROTOCOL.md is held to it by a
test. Instants are ISO 8601 strings with an offset, lengths are seconds, ids are the event file's.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

from bridge.engine import SourceState, SourceWhy

PROTOCOL = 1
"""Version of the WebSocket protocol; a page from an older server reloads itself."""
ASK_AFTER_S, ANSWER_WITHIN_S = 4, 9
"""Both ends of a WebSocket: seconds of silence after which a sign of life is asked for, and those for the answer."""


class Wire(BaseModel):
    """A message: closed to unknown keys and immutable."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, populate_by_name=True, json_schema_serialization_defaults_required=True
    )


# Commands: moderators to the show ------------------------------------------------------------------------------------

CommandId = Annotated[str, Field(min_length=1, max_length=64)]
"""Chosen by the sender, unique; the same id again is answered as before and applied once."""
ItemId = Annotated[str, Field(min_length=1, max_length=128)]
SourceId = Annotated[str, Field(min_length=1, max_length=128)]


PlaceId = Annotated[str, Field(min_length=1, max_length=128)]
"""A venue or a guest."""

EVERYBODY = "all"
"""Every venue, guest and stage display; no venue or guest may be called so."""
Recipient = Annotated[str, Field(min_length=1, max_length=128)]
"""A venue, a guest or `all`."""
MessageText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
MessageLevel = Literal["info", "warn", "urgent"]


class _Command(Wire):
    id: CommandId


class Start(_Command):
    """Put the first item on air."""

    type: Literal["start"]


class Next(_Command):
    """Put the marked item on air, or else the one after that on air; ends the show after the last."""

    type: Literal["next"]
    from_: ItemId | None = Field(default=None, validation_alias="from", serialization_alias="from")
    """The item on air as the sender sees it; refused as `stale` if it no longer is."""


class Previous(_Command):
    """Put the item before the one on air on air, afresh."""

    type: Literal["previous"]
    from_: ItemId | None = Field(default=None, validation_alias="from", serialization_alias="from")


class Goto(_Command):
    """Put this item on air."""

    type: Literal["goto"]
    item: ItemId


class Hold(_Command):
    """Nothing advances by itself until `resume`."""

    type: Literal["hold"]


class Resume(_Command):
    """Things advance by themselves again."""

    type: Literal["resume"]


class Extend(_Command):
    """The item on air gets longer or, with a negative number, shorter."""

    type: Literal["extend"]
    seconds: Annotated[float, Field(ge=-86_400, le=86_400, allow_inf_nan=False, strict=True)]


class Delay(_Command):
    """An item that is still to come begins so much later at the earliest, or sooner where negative. Delays add."""

    type: Literal["delay"]
    item: ItemId
    seconds: Annotated[float, Field(ge=-86_400, le=86_400, allow_inf_nan=False, strict=True)]


class Skip(_Command):
    """Leave out an item that is still to come."""

    type: Literal["skip"]
    item: ItemId


class Unskip(_Command):
    """An item that was left out is to come again."""

    type: Literal["unskip"]
    item: ItemId


class Mic(_Command):
    """Open or close this source's microphone until the next item."""

    type: Literal["mic"]
    source: SourceId
    open: Annotated[bool, Field(strict=True)]


class Message(_Command):
    """Show a text on the screens of a venue, a guest or all, in place of the last one; an empty one takes it away."""

    type: Literal["message"]
    to: Recipient
    text: MessageText
    level: MessageLevel = "info"


class Admit(_Command):
    """Let in the page that has waited longest to feed this place, which somebody else feeds."""

    type: Literal["admit"]
    place: PlaceId


class Undo(_Command):
    """Take back the last command that changed the show; again, the one before it."""

    type: Literal["undo"]


class Take(_Command):
    """This source is on air now, until `release` or the next item."""

    type: Literal["take"]
    source: SourceId


class Release(_Command):
    """Back to what the agenda says."""

    type: Literal["release"]


class Arm(_Command):
    """Mark an item, which `next` goes to then, or a source, for preview only. One of the two; neither takes the mark
    away."""

    type: Literal["arm"]
    item: ItemId | None = None
    source: SourceId | None = None


_EventYaml = Annotated[str, Field(max_length=300_000)]
"""The text of an event file, some 1000 items with notes."""


class Reload(_Command):
    """A changed event file. What has been and is on air stays; a file with faults is refused with all of them."""

    type: Literal["reload"]
    yaml: _EventYaml


_AnyCommand = (
    Start
    | Next
    | Previous
    | Goto
    | Arm
    | Hold
    | Resume
    | Extend
    | Delay
    | Skip
    | Unskip
    | Take
    | Release
    | Mic
    | Message
    | Admit
    | Undo
    | Reload
)
Command = Annotated[_AnyCommand, Field(discriminator="type")]
COMMAND: TypeAdapter[Command] = TypeAdapter(Command)

ErrorCode = Literal[
    "stale",  # `from` is no longer on air
    "invalid",  # the message or what it asks for makes no sense here
    "unauthorized",  # no link, or one that is wrong, expired or revoked
    "forbidden",  # the link does not permit this
    "too-many",  # slow down
    "busy",  # the server has more waiting than it can take
    "offer",  # an SDP offer that cannot be answered
    "waiting",  # another page feeds that place; this one is told by `admission` when it may
    "failed",  # a fault of ours; it is in the server's log
]
"""Stable: scripts may compare them. The message beside a code is for people and may change."""

ProblemReason = Literal[
    # Steps through the agenda
    "not-begun",
    "running",
    "ended-start",
    "ended",
    "all-skipped",
    "first-item",
    "just-back",
    "went-on",
    "went-off",
    "from-missing",
    "item-on-air",
    "source-on-air",
    # Changes of the agenda
    "nothing-to-extend",
    "too-long",
    "too-late",
    "not-to-come",
    "over",
    "plan-fixed",
    "nothing-to-undo",
    "mark-one",
    "slate-silent",
    # What a command names and the event does not have: with the nearest that it has
    "unknown-item",
    "unknown-source",
    "unknown-place",
    # A changed event file
    "event-file",
    "source-needed",
    "file-under-way",
    "files-waiting",
    # Who feeds a place
    "nobody-waits",
    "others-wait",
    "not-yours",
    "fed-elsewhere",
    "fed-now",
    "many-wait",
    "watchers-full",
    "offers-waiting",
    "offers-often",
    # The link
    "link-damaged",
    "link-version",
    "link-expired",
    "link-withdrawn",
    "link-place-gone",
    "link-metrics",
    "link-no-metrics",
    "role",
    # The server
    "messages-often",
    "commands-waiting",
    "id-used",
    "log-fails",
    "stops",
    "stops-unsure",
]
"""Stable, finer than the code. `show.reasons` has the sentence of each, and which details it names."""


class Applied(Wire):
    """The answer to a command that is on disk."""

    rev: int
    applied: Literal[True] = True


class FileText(Wire):
    """Asks for the difference that a changed event file would make."""

    yaml: _EventYaml


class ItemRef(Wire):
    id: str
    title: str


class ItemMove(Wire):
    """An item that is to begin at another time; null: it is not expected to be on air."""

    id: str
    title: str
    before: str | None
    after: str | None


class ItemChange(Wire):
    id: str
    title: str
    fields: list[str]
    """As the event file calls them."""


class PlaceRef(Wire):
    """A venue or a guest."""

    id: str
    name: str


class Difference(Wire):
    """What a `reload` would change now. Nothing has changed yet."""

    new: list[ItemRef]
    gone: list[ItemRef]
    moved: list[ItemMove]
    changed: list[ItemChange]
    too_late: list[ItemRef]
    """New in the file, but above what is or was on air: they will not come by themselves, and are left out."""
    places_new: list[PlaceRef]
    places_gone: list[PlaceRef]
    event: list[str]
    """What changes of the event itself: `title`, `timezone`, `language`, `host`."""


class Problem(Wire):
    """Why something was not done. Nothing has changed."""

    code: ErrorCode
    message: str
    rev: int | None = None
    reason: ProblemReason | None = None
    """Null where the sentence alone says it: faults of a message or an SDP offer."""
    details: dict[str, str] = {}
    """What the sentence of this reason names."""


# The state: server to everyone, to each role its part (see `visible`) ------------------------------------------------

Phase = Literal["before", "running", "held", "ended"]
ItemStatus = Literal["done", "on-air", "next", "coming", "skipped"]
Reason = Literal["agenda", "voice", "take", "fallback"]
Tally = Literal[
    "on-air",  # in the programme picture
    "next",  # in the item that comes next
    "preview",  # a moderator has marked it, and may take it at any moment
    "off",
]
Role = Literal["moderator", "venue", "guest", "viewer", "stage"]
SkipReason = Literal[
    "file",  # the event file leaves it out
    "asked",  # a moderator does
    "no-time",  # a hard start came before it could begin
    "passed",  # a moderator went on to a later item
]


DeviceStatus = Literal[
    "works",
    "none",  # chosen on purpose: no device
    "opening",  # the browser has been asked for it
    "stand-in",  # another one than the chosen sends
    "missing",  # not there
    "lost",  # it went while it was in use
    "busy",  # another program has it
    "denied",  # the browser or the system does not permit it
    "hung",  # the system does not answer
    "interrupted",  # muted by the system, as by a phone call
    "insecure",  # the page did not come by HTTPS, so that browsers permit none
    "failed",
]
"""How a camera or a microphone stands at its page."""


class Period(Wire):
    """A start and an end; the end is null while it runs, both while it has not begun."""

    start: str | None
    end: str | None


class PlaceDoc(Wire):
    """A venue or a guest."""

    id: str
    kind: Literal["venue", "guest"]
    name: str
    note: str
    """The venue's place in its city, or what there is to say of the guest."""
    timezone: str
    language: str
    sources: list[str]


class EventDoc(Wire):
    title: str
    timezone: str
    language: str
    host: str | None
    places: list[PlaceDoc]


class ArmedDoc(Wire):
    """An item, which `next` goes to, or a source in preview. An item and a source may have the same id."""

    kind: Literal["item", "source"]
    id: str


class ShowDoc(Wire):
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


class ItemDoc(Wire):
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


class ProgramDoc(Wire):
    """What is on air. Destinations that see something else (the return picture) say so themselves."""

    source: str
    """A source id or `slate`."""
    with_: list[str] = Field(validation_alias="with", serialization_alias="with")
    layout: Literal["solo", "side-by-side", "pip", "grid"]
    mics: list[str]
    reason: Reason
    since: str | None
    """Null until the first cut: the slate has been there from the beginning."""


class LinkDoc(Wire):
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


class DevicesDoc(Wire):
    """How camera and microphone stand at the page that feeds a source, as the page says."""

    camera: DeviceStatus
    microphone: DeviceStatus
    muted: bool
    """Its microphone is muted by the person in front of the page."""


class SourceDoc(Wire):
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


class DestinationDoc(Wire):
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


class MessageDoc(Wire):
    """A text that stands on somebody's screens."""

    text: str
    level: MessageLevel
    at: str
    """When it was sent; the same text sent again is another message."""


class WaitingDoc(Wire):
    """A page of another browser wants to feed a place that somebody feeds: the one that has waited longest."""

    source: str
    address: str
    """Network address of its client. It names the page to people and decides nothing."""
    since: str
    count: int
    """How many such pages wait at this place."""


class TakeoverDoc(Wire):
    """Another browser than before feeds a place."""

    source: str
    address: str
    since: str


class State(Wire):
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


# The WebSocket: page to server ---------------------------------------------------------------------------------------


BrowserId = Annotated[str, Field(min_length=1, max_length=64)]


class Hello(Wire):
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


class Offer(Wire):
    """Join with picture and sound, or restart ICE. `source` names the source it feeds, if any."""

    type: Literal["offer"]
    id: CommandId
    sdp: Annotated[str, Field(max_length=400_000)]
    source: SourceId | None = None


class Leave(Wire):
    """Picture and sound end; the page stays."""

    type: Literal["leave"]


class Condition(Wire):
    """How a page's devices stand. Sent after each welcome and at each change; the latest one counts, for as long as the
    page is connected."""

    type: Literal["condition"]
    camera: DeviceStatus
    microphone: DeviceStatus
    muted: Annotated[bool, Field(strict=True)]
    """Its microphone is muted by the person in front of the page."""


class ClockProbe(Wire):
    """Asks for the show's clock; `sent` comes back as it was."""

    type: Literal["clock"]
    sent: Annotated[float, Field(allow_inf_nan=False)]


ClientMessage = Annotated[
    Hello | Offer | Leave | Condition | ClockProbe | _AnyCommand, Field(discriminator="type")
]
CLIENT_MESSAGE: TypeAdapter[ClientMessage] = TypeAdapter(ClientMessage)


# The WebSocket: server to page ---------------------------------------------------------------------------------------


class Welcome(Wire):
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


class Snapshot(Wire):
    type: Literal["snapshot"] = "snapshot"
    state: State


class Patch(Wire):
    """Turns the state of revision `base`, the last that this link was sent, into that of `rev`. `now` is not patched:
    the clock messages tell it."""

    type: Literal["patch"] = "patch"
    base: int
    rev: int
    changes: list[Change]


class Shift(Wire):
    """The expected start and end of items are so much later, or earlier where negative; null stays null."""

    first: int
    """Index of the first item."""
    last: int
    """Index of the last one, which is shifted as well."""
    ms: int


class Change(Wire):
    """Puts `value` at `path` of the state, or removes what is there, or shifts times in the list of items there."""

    path: list[str | int]
    value: object = None
    drop: bool = False
    """The key at the end of `path` is gone."""
    shift: Shift | None = None
    """A delay moves hundreds of items at once, each second anew while one overruns."""


class Levels(Wire):
    """How loud the sources' microphones are, ten times a second while anybody speaks: dBov, 0 is full scale, -127
    silence. Sources left out are silent or tell nothing."""

    type: Literal["levels"] = "levels"
    levels: dict[str, float]


class Answer(Wire):
    """The answer to `offer`."""

    type: Literal["answer"] = "answer"
    id: str
    sdp: str
    slots: dict[str, str]
    """mid to slot: program, second, mic1 to mic4, talkback, view:<source>."""


AdmissionStatus = Literal[
    "waiting",  # another browser feeds the place: the desk has been told that this page waits
    "admitted",  # it may feed the source: offer again. To the page that feeds: no other waits any more
    "contested",  # it feeds the source, and a page of another browser waits to do so
    "replaced",  # another page feeds the source now: do not offer it again unless the user asks for it
]
AdmissionBy = Literal[
    "window",  # a page of the same browser
    "machine",  # a page of another browser
]


class Admission(Wire):
    """Whether this page feeds its source, told whenever that changes by another page or by the desk."""

    type: Literal["admission"] = "admission"
    status: AdmissionStatus
    source: str
    by: AdmissionBy | None
    """Whose page the other one is; null where there is none."""


class Reply(Wire):
    """The answer to a command."""

    type: Literal["reply"] = "reply"
    id: str
    result: Applied | Problem


class Fault(Wire):
    """Something other than a command went wrong; the connection stays unless it is closed right after."""

    type: Literal["error"] = "error"
    id: str | None
    """The `id` of the message it answers, where that had one."""
    code: ErrorCode
    message: str
    reason: ProblemReason | None = None
    details: dict[str, str] = {}


class Clock(Wire):
    """The answer to a clock probe."""

    type: Literal["clock"] = "clock"
    sent: float
    now_ms: float
    """The show's clock, milliseconds since 1970-01-01T00:00Z."""
    speed: float
    """How fast the show's clock runs; 1 outside rehearsals."""


ServerMessage = Annotated[
    Welcome | Snapshot | Patch | Levels | Answer | Admission | Reply | Fault | Clock,
    Field(discriminator="type"),
]
Patch.model_rebuild()
