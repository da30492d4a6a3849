"""What can happen to a show: the vocabulary of its log.

A fact says what has become true, never what somebody wished, so that replaying facts needs no rules: the
rules were applied when the fact was found. Each has the instant at which it counts, which for a planned cut
is the planned one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, PlainSerializer, PlainValidator, TypeAdapter, ValidationError

from bridge.engine import SourceState, SourceWhy
from config.model import Layout
from config.times import Duration, Instant
from signaling.show.eventtext import EventText
from signaling.show.terms import MessageLevel, Reason, SkipReason

StartReason = Literal[
    "start",  # a moderator began the show
    "next",
    "previous",
    "goto",
    "auto",  # the item before was over
    "time",  # its start came, after a gap
    "hard",  # its hard start came
]
EndReason = Literal[
    "next",
    "previous",
    "goto",
    "auto",  # its time was up
    "hard",  # cut by a hard start
    "shortened",  # a moderator took away more than was left
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A moderator's command follows; from here on it can be taken back."""

    command: str
    """Its type."""
    at: Instant
    kind: Literal["asked"] = "asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """The last command that can be taken back was: the show is as before it, but for what happened by itself."""

    command: str
    at: Instant
    kind: Literal["undone"] = "undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """An item went on air, afresh if it had been before. Takes and microphones set by hand are over."""

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
    """An item that was to come will not."""

    item: str
    why: SkipReason
    at: Instant
    kind: Literal["skipped"] = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unskipped:
    """An item that was left out is to come again."""

    item: str
    at: Instant
    kind: Literal["unskipped"] = "unskipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delayed:
    """An item to come begins so much later at the earliest, on top of earlier delays; sooner where `by` is negative."""

    item: str
    by: Duration
    at: Instant
    kind: Literal["delayed"] = "delayed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowEnded:
    """The last item is over."""

    at: Instant
    by_itself: bool = False
    """In a gap after which nothing was to come any more. An item that ended tells by its own reason."""
    kind: Literal["show-ended"] = "show-ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Extended:
    """The item on air got longer, or shorter where `by` is negative."""

    item: str
    by: Duration
    at: Instant
    kind: Literal["extended"] = "extended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Nothing happens by itself any more."""

    at: Instant
    kind: Literal["held"] = "held"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """Things happen by themselves again."""

    at: Instant
    kind: Literal["resumed"] = "resumed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A moderator wants this source on air, whatever the agenda says."""

    source: str
    at: Instant
    kind: Literal["taken"] = "taken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """The agenda decides again."""

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
class Said:
    """A moderator's text stands on the screens of a place or of all, in place of any before; empty: took that away."""

    to: str
    """A venue, a guest or `all`."""
    text: str
    level: MessageLevel
    at: Instant
    kind: Literal["said"] = "said"


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """A moderator let in a page that waited to feed a place. The show stays as it is, so no undo takes it back."""

    place: str
    source: str
    address: str
    """Network address of the page's client."""
    at: Instant
    kind: Literal["admitted"] = "admitted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Armed:
    """A moderator marked an item or a source as next, in place of any mark before; neither: took the mark away."""

    at: Instant
    item: str | None = None
    source: str | None = None
    kind: Literal["armed"] = "armed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceChanged:
    """The media plane reported a source's new state. A live one that is `stalled` from here on is the alarm."""

    source: str
    state: SourceState
    at: Instant
    why: SourceWhy | None = None
    """None after a start of the server, which knows of no peer yet."""
    kind: Literal["source-changed"] = "source-changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A source was given up: from here on others stand in for it, until it has recovered."""

    source: str
    why: SourceWhy
    at: Instant
    kind: Literal["failed"] = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """A source that had failed is trusted again."""

    source: str
    at: Instant
    kind: Literal["recovered"] = "recovered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoke:
    """In an item that follows the voice, this source's microphone is the one that speaks from here on."""

    source: str
    at: Instant
    kind: Literal["spoke"] = "spoke"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """The programme is another from here on. It follows the facts that brought it about."""

    source: str
    beside: tuple[str, ...]
    layout: Layout
    mics: tuple[str, ...]
    reason: Reason
    at: Instant
    because: SourceWhy | None = None
    """For a fallback: why the wanted source is not on air; None where nobody has fed it yet."""
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
    """The event file is another from here on. What has been and is on air stays."""

    yaml: Annotated[
        EventText, PlainValidator(_event_text), PlainSerializer(lambda file: file.text, return_type=str)
    ]
    """The whole file, so that the log alone rebuilds the show."""
    at: Instant
    by_start: bool = False
    """The server was started with another file than the last time; no moderator asked for it."""
    kind: Literal["reloaded"] = "reloaded"


Fact = (
    Asked
    | Undone
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
    | Said
    | Admitted
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
    """A fact as plain JSON; `from_json` gives back an equal one."""
    written: dict[str, Any] = _FACT.dump_python(fact, mode="json")
    return written


def from_json(written: object) -> Fact:
    """A fact from plain JSON.

    Raises:
        UnknownFact: it is of a kind that this version does not know, or its fields are not as they should be.
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
