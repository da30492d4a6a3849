"""Commands to the show, and the answers to them. `policy` says who may send which."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, TypeAdapter

from bridge.engine import PICTURES, LayoutName
from config.names import MAX_NAME_CHARS, is_seat_name
from signaling.show.reasons import ErrorCode, ProblemError, ProblemReason
from signaling.show.terms import FlagReason, MessageLevel
from signaling.show.wire.base import CommandId, EventYaml, ItemId, SourceId, WireModel
from signaling.show.wire.edit import MAX_CHANGES, FileEdit, FileFault

MAX_BESIDE = len(PICTURES) - 1
"""Pictures beside the main one."""
PlaceId = Annotated[str, Field(min_length=1, max_length=128)]
"""A venue, guest or booth, a seat as `booth/seat`, or `desk`, as the command permits."""
BoothId = Annotated[str, Field(min_length=1, max_length=128)]


def _seat_name(text: str) -> str:
    if not is_seat_name(text):
        raise ValueError(
            f"a seat's name has 1 to {MAX_NAME_CHARS} characters, no slash, no outer or double space, nothing invisible"
        )
    return text


SeatName = Annotated[str, AfterValidator(_seat_name)]
"""Chosen by the interpreter; unique in the booth."""
LanguageTag = Annotated[str, Field(min_length=1, max_length=35)]
Recipient = Annotated[str, Field(min_length=1, max_length=128)]
"""A venue, guest or booth, or `stage`, `speaker` (the places on air), `technicians` (all venues), `booths`, `desk` or
`all`."""
CueName = Annotated[str, Field(min_length=1, max_length=128)]
"""`slower`, `louder`, `repeat`, `wrap-up`, `two-minutes` or the id of one of the event's presets."""
MessageText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


class CommandModel(WireModel):
    id: CommandId


class Start(CommandModel):
    """Put the first item on air."""

    type: Literal["start"]


class Next(CommandModel):
    """Put the marked item on air, or else the one after the item on air. After the last item the show ends."""

    type: Literal["next"]
    from_: ItemId | None = Field(default=None, validation_alias="from", serialization_alias="from")
    """The item on air as the sender sees it. Refused as `stale` if it is not on air any more."""


class Previous(CommandModel):
    """Put the item before the one on air on air again."""

    type: Literal["previous"]
    from_: ItemId | None = Field(default=None, validation_alias="from", serialization_alias="from")


class Goto(CommandModel):
    """Put this item on air."""

    type: Literal["goto"]
    item: ItemId


class Hold(CommandModel):
    """Stop automatic advance until `resume`."""

    type: Literal["hold"]


class Resume(CommandModel):
    """Advance automatically again."""

    type: Literal["resume"]


class Extend(CommandModel):
    """Lengthen the item on air; a negative number shortens it."""

    type: Literal["extend"]
    seconds: Annotated[float, Field(ge=-86_400, le=86_400, allow_inf_nan=False, strict=True)]


class Delay(CommandModel):
    """Move the earliest start of an item to come; negative: earlier. Delays add up."""

    type: Literal["delay"]
    item: ItemId
    seconds: Annotated[float, Field(ge=-86_400, le=86_400, allow_inf_nan=False, strict=True)]


class Skip(CommandModel):
    """Skip an item to come."""

    type: Literal["skip"]
    item: ItemId


class Unskip(CommandModel):
    """Take back the skip of an item."""

    type: Literal["unskip"]
    item: ItemId


class Mic(CommandModel):
    """Open or close this source's microphone, until the next item."""

    type: Literal["mic"]
    source: SourceId
    open: Annotated[bool, Field(strict=True)]


class SendMessage(CommandModel):
    """Show a text on the screens of its recipients. It replaces the last one; an empty text removes it."""

    type: Literal["message"]
    to: Recipient
    text: MessageText
    preset: CueName | None = None
    """Each page shows its words in its own language; `text` is for readers that do not know it."""
    level: MessageLevel = "info"


class Admit(CommandModel):
    """Admit the page that has waited longest to feed this place, in place of the page that feeds it."""

    type: Literal["admit"]
    place: PlaceId


class Approve(CommandModel):
    """Say that this place has been seen and heard, or take that back. Its pages show the time."""

    type: Literal["approve"]
    place: PlaceId
    """A venue or a guest."""
    ok: Annotated[bool, Field(strict=True)] = True


class SetFloor(CommandModel):
    """Say which language the floor speaks, until the next item. Null: the item's language."""

    type: Literal["floor"]
    language: LanguageTag | None


class Interpret(CommandModel):
    """Switch the microphone of a seat on or off, and choose the channel that its booth speaks into.

    A seat that opens while its partner is open takes over from it: both are heard for at most 5 s.
    """

    type: Literal["interpret"]
    booth: BoothId
    seat: SeatName
    open: Annotated[bool, Field(strict=True)]
    to: LanguageTag | None = None
    """One of the booth's languages; null: by the floor's language. Without it, it stays as it is."""


class Handover(CommandModel):
    """Ask the other seat of a booth to take over, or stop asking. The other accepts by opening its microphone."""

    type: Literal["handover"]
    booth: BoothId
    seat: SeatName
    """The seat that asks."""
    ask: Annotated[bool, Field(strict=True)]


class Cue(CommandModel):
    """Show a cue on the screens of its recipients for a few seconds."""

    type: Literal["cue"]
    to: Recipient
    what: CueName


class Flag(CommandModel):
    """Raise a flag at the desk, or take it away."""

    type: Literal["flag"]
    text: MessageText | None
    """Null takes it away. May be empty: a call without words."""
    what: FlagReason | None = None
    """What is wrong, which the desk shows in its own language."""
    of: PlaceId | None = None
    """From a moderator: whose flag it is. Others raise their own."""


class Acknowledge(CommandModel):
    """Confirm that a message was read."""

    type: Literal["seen"]
    message: Annotated[str, Field(min_length=1, max_length=64)]
    """Its id."""


class Undo(CommandModel):
    """Take back the last command that changed the show. A second `undo` takes back the one before."""

    type: Literal["undo"]


class Take(CommandModel):
    """Put this source on air until `release` or the next item, alone or with others beside it."""

    type: Literal["take"]
    source: SourceId
    with_: Annotated[list[SourceId], Field(max_length=MAX_BESIDE)] = Field(
        default=[], validation_alias="with", serialization_alias="with"
    )
    layout: LayoutName | None = None
    """Null: by the number of pictures."""


class Release(CommandModel):
    """End a take; the agenda decides again."""

    type: Literal["release"]


class Arm(CommandModel):
    """Mark an item, which `next` then puts on air, or a source, for preview only. Neither removes the mark."""

    type: Literal["arm"]
    item: ItemId | None = None
    source: SourceId | None = None


class Reload(CommandModel):
    """Replace the event file. Past items and the item on air stay. A file with faults is refused, with all of them."""

    type: Literal["reload"]
    yaml: EventYaml
    base: Annotated[int, Field(ge=0, le=2**53, strict=True)] | None = None
    """The revision of the state that the file was made from. Refused as `stale` if the event has changed since."""


class Edit(CommandModel):
    """Change the agenda in the event file, in the order of the changes; its comments stay. Then as `reload`."""

    type: Literal["edit"]
    base: Annotated[int, Field(ge=0, le=2**53, strict=True)]
    """The revision of the state that the sender saw. Refused as `stale` if the event has changed since."""
    changes: Annotated[list[FileEdit], Field(min_length=1, max_length=MAX_CHANGES)]


AnyCommand = (
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
    | SendMessage
    | Admit
    | Approve
    | SetFloor
    | Interpret
    | Handover
    | Cue
    | Flag
    | Acknowledge
    | Undo
    | Reload
    | Edit
)
Command = Annotated[AnyCommand, Field(discriminator="type")]
COMMAND: TypeAdapter[Command] = TypeAdapter(Command)


class Applied(WireModel):
    """The answer to a command whose facts are on disk."""

    rev: int
    applied: Literal[True] = True


class Problem(WireModel):
    """Why something was not done. Nothing has changed."""

    code: ErrorCode
    message: str
    rev: int | None = None
    reason: ProblemReason | None = None
    """Null for faults of a message or an SDP offer: only the sentence describes them."""
    details: dict[str, str] = Field(default_factory=dict)
    """The names in the sentence of this reason."""
    faults: list[FileFault] = Field(default_factory=list)
    """Those of the event file, if it is refused because of them."""


def problem(fault: ProblemError, rev: int | None = None) -> Problem:
    """The `Problem` of an error."""
    return Problem(
        code=fault.code,
        message=str(fault),
        rev=rev,
        reason=fault.reason,
        details=dict(fault.details),
        faults=[
            FileFault(
                item=found.item,
                change=found.change,
                field=found.field,
                line=found.line,
                column=found.column,
                message=found.message,
                code=found.code,
                details=dict(found.details),
            )
            for found in fault.faults
        ],
    )
