"""The facts: everything that can happen to a show, and how the show log writes it.

A fact says what happened, not what was asked for. Replaying facts therefore needs no rules. The instant of a fact is
when it takes effect; for a planned cut that is the planned instant.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, PlainSerializer, PlainValidator, TypeAdapter, ValidationError

from bridge.engine import SourceState, SourceWhy
from config.model import Layout
from config.times import Duration, Instant
from signaling.show.actions import Asked, Undone
from signaling.show.checks import Checked
from signaling.show.eventtext import EventText
from signaling.show.terms import EndReason, FlagReason, MessageLevel, Reason, SkipReason, StartReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """An item went on air, possibly again. Takes and manual microphone settings end."""

    item: str
    why: StartReason
    at: Instant
    kind: Literal["started"] = "started"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The item on air ended."""

    item: str
    why: EndReason
    at: Instant
    kind: Literal["ended"] = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """An item to come was skipped."""

    item: str
    why: SkipReason
    at: Instant
    kind: Literal["skipped"] = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unskipped:
    """A skipped item is to come again."""

    item: str
    at: Instant
    kind: Literal["unskipped"] = "unskipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delayed:
    """The earliest start of an item to come moved by `by`, in addition to earlier delays. Negative: earlier."""

    item: str
    by: Duration
    at: Instant
    kind: Literal["delayed"] = "delayed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowEnded:
    """The last item is over."""

    at: Instant
    by_itself: bool = False
    """It ended in a gap, without a command. If an item ended with it, that item's reason says how."""
    kind: Literal["show-ended"] = "show-ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Extended:
    """The length of the item on air changed by `by`. Negative: shorter."""

    item: str
    by: Duration
    at: Instant
    kind: Literal["extended"] = "extended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The agenda stopped advancing automatically."""

    at: Instant
    kind: Literal["held"] = "held"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """The agenda advances automatically again."""

    at: Instant
    kind: Literal["resumed"] = "resumed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A moderator took these pictures; they replace the agenda's."""

    source: str
    at: Instant
    beside: Annotated[tuple[str, ...], Field(exclude_if=lambda beside: beside == ())] = ()
    layout: Annotated[Layout, Field(exclude_if=lambda layout: layout is Layout.SOLO)] = Layout.SOLO
    """One picture alone is written without both, as in the logs of older versions."""
    kind: Literal["taken"] = "taken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """The take ended; the agenda decides again."""

    at: Instant
    kind: Literal["released"] = "released"


@dataclass(frozen=True, slots=True, kw_only=True)
class MicSet:
    """A moderator opened a microphone, or closed it, until the next item."""

    source: str
    open: bool
    at: Instant
    kind: Literal["mic-set"] = "mic-set"


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorSet:
    """Somebody said which language the floor speaks, until the next item. None: the item's."""

    language: str | None
    """A channel."""
    at: Instant
    kind: Literal["floor-set"] = "floor-set"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatSet:
    """The microphone of an interpreter's seat was switched on or off, by a person or at the end of a hand-over."""

    booth: str
    seat: str
    """Its name."""
    open: bool
    at: Instant
    kind: Literal["seat-set"] = "seat-set"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputSet:
    """Somebody chose the channel that a booth speaks into. None: by the floor's language."""

    booth: str
    to: str | None
    at: Instant
    kind: Literal["output-set"] = "output-set"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverAsked:
    """A seat asked the other seat of its booth to take over. None: nobody asks any more. Opening a seat ends it too."""

    booth: str
    seat: str | None
    at: Instant
    kind: Literal["handover-asked"] = "handover-asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A moderator's text is on the screens of a recipient. It replaces the text before; empty removes it."""

    to: str
    """A venue, guest, booth, or one of the groups of `recipients`."""
    text: str
    level: MessageLevel
    at: Instant
    id: Annotated[str, Field(exclude_if=lambda id: id == "")] = ""
    """That of the command. Logs of older versions have none."""
    preset: Annotated[str, Field(exclude_if=lambda preset: preset == "")] = ""
    """As `what` of a cue: the text in the reader's language; empty: there is the text alone."""
    kind: Literal["said"] = "said"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A reader confirmed a message. Undo ignores it."""

    message: str
    """Its id."""
    by: str
    """A place, a booth or `desk`."""
    at: Instant
    kind: Literal["seen"] = "seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cued:
    """A moderator or a booth gave a cue. It replaces the one before to this recipient. Undo ignores it."""

    id: str
    """That of the command."""
    to: str
    """As for a message."""
    what: str
    """`slower`, `louder`, `repeat` or a preset's id."""
    by: str
    """A booth or `desk`."""
    at: Instant
    kind: Literal["cued"] = "cued"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flagged:
    """A flag was raised at the desk, or taken away. Undo ignores it."""

    of: str
    """A place, a booth or `desk`."""
    text: str | None
    """None: taken away."""
    at: Instant
    what: Annotated[FlagReason | None, Field(exclude_if=lambda what: what is None)] = None
    answered: Annotated[bool, Field(exclude_if=lambda answered: not answered)] = False
    """A moderator has taken it away."""
    kind: Literal["flagged"] = "flagged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """A moderator admitted a page that waited to feed a place, or a guest who waited to be let in. Undo ignores it."""

    place: str
    source: str
    address: str
    """Network address of the page's client; empty for a guest who waited to be let in."""
    at: Instant
    kind: Literal["admitted"] = "admitted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """A moderator has seen and heard a place, or took that back. Undo ignores it."""

    place: str
    ok: bool
    at: Instant
    kind: Literal["approved"] = "approved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Armed:
    """A moderator marked an item or a source as next. It replaces the mark before; neither removes it."""

    at: Instant
    item: str | None = None
    source: str | None = None
    kind: Literal["armed"] = "armed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceChanged:
    """The media plane reported a source's new state. A live source that becomes `stalled` raises the alarm."""

    source: str
    """Also a seat, as `booth/seat`."""
    state: SourceState
    at: Instant
    why: SourceWhy | None = None
    """None after a start of the server, which knows of no peer yet."""
    kind: Literal["source-changed"] = "source-changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A source failed: its fallback replaces it until it has recovered."""

    source: str
    why: SourceWhy
    at: Instant
    kind: Literal["failed"] = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """A failed source may be on air again."""

    source: str
    at: Instant
    kind: Literal["recovered"] = "recovered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoke:
    """In an item that follows the voice, this source became the active speaker."""

    source: str
    at: Instant
    kind: Literal["spoke"] = "spoke"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """The programme changed. The facts that caused the cut precede it."""

    source: str
    beside: tuple[str, ...]
    layout: Layout
    mics: tuple[str, ...]
    reason: Reason
    at: Instant
    because: SourceWhy | None = None
    """For a fallback: why the wanted source is not on air. None: nobody has fed it yet."""
    kind: Literal["cut"] = "cut"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """The whole plan was shifted so that the first item starts at `to`."""

    to: Instant
    kind: Literal["moved"] = "moved"


def _event_text(written: object) -> EventText:
    if isinstance(written, EventText):
        return written
    if not isinstance(written, str):
        raise ValueError("a text is expected")
    return EventText(written)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reloaded:
    """The event file was replaced. Past items and the item on air stay."""

    yaml: Annotated[
        EventText, PlainValidator(_event_text), PlainSerializer(lambda file: file.text, return_type=str)
    ]
    """The whole file: the log alone must rebuild the show."""
    at: Instant
    by_start: bool = False
    """The server was started with a changed file; no moderator sent it."""
    kind: Literal["reloaded"] = "reloaded"


Fact = (
    Asked
    | Undone
    | Checked
    | Started
    | Ended
    | Skipped
    | Unskipped
    | Delayed
    | ShowEnded
    | Extended
    | Held
    | Resumed
    | Taken
    | Released
    | MicSet
    | FloorSet
    | SeatSet
    | OutputSet
    | HandoverAsked
    | Said
    | Seen
    | Cued
    | Flagged
    | Admitted
    | Approved
    | Armed
    | SourceChanged
    | Failed
    | Recovered
    | Spoke
    | Cut
    | Moved
    | Reloaded
)

_FACT: TypeAdapter[Fact] = TypeAdapter(Annotated[Fact, Field(discriminator="kind")])


class UnknownFact(ValueError):
    """A log entry that this version cannot read."""

    remedy = "Use the version that wrote it, or begin with an empty data folder."

    def __init__(self, entry: object, fault: str) -> None:
        self.why = f"The show log has an entry that this version of Schalte cannot read: {str(entry)[:200]} ({fault})"
        super().__init__(f"{self.why}. {self.remedy}")


def to_json(fact: Fact) -> dict[str, Any]:
    """A fact as plain JSON; `from_json` returns an equal one."""
    written: dict[str, Any] = _FACT.dump_python(fact, mode="json")
    return written


def from_json(written: object) -> Fact:
    """A fact from plain JSON.

    Raises:
        UnknownFact: its kind is unknown, or its fields are not exactly those of its kind.
    """
    try:
        fact = _FACT.validate_python(written)
    except ValidationError as fault:
        first = fault.errors()[0]
        place = ".".join(map(str, first["loc"])) or "entry"
        raise UnknownFact(written, f"{place}: {first['msg']}") from None
    if written != to_json(fact):
        raise UnknownFact(written, "its fields are not those of this version")
    return fact
