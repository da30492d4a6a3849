"""The wire: commands from moderators to the show, and the answers to them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, TypeAdapter

from signaling.show.reasons import ErrorCode, ProblemError, ProblemReason
from signaling.show.terms import MessageLevel
from signaling.show.wire.base import CommandId, EventYaml, ItemId, SourceId, WireModel

PlaceId = Annotated[str, Field(min_length=1, max_length=128)]
"""A venue or a guest."""
Recipient = Annotated[str, Field(min_length=1, max_length=128)]
"""A venue, a guest or `all`."""
MessageText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


class CommandModel(WireModel):
    id: CommandId


class Start(CommandModel):
    """Put the first item on air."""

    type: Literal["start"]


class Next(CommandModel):
    """Put the marked item on air, or else the one after that on air; ends the show after the last."""

    type: Literal["next"]
    from_: ItemId | None = Field(default=None, validation_alias="from", serialization_alias="from")
    """The item on air as the sender sees it; refused as `stale` if it no longer is."""


class Previous(CommandModel):
    """Put the item before the one on air on air, afresh."""

    type: Literal["previous"]
    from_: ItemId | None = Field(default=None, validation_alias="from", serialization_alias="from")


class Goto(CommandModel):
    """Put this item on air."""

    type: Literal["goto"]
    item: ItemId


class Hold(CommandModel):
    """Nothing advances by itself until `resume`."""

    type: Literal["hold"]


class Resume(CommandModel):
    """Things advance by themselves again."""

    type: Literal["resume"]


class Extend(CommandModel):
    """The item on air gets longer or, with a negative number, shorter."""

    type: Literal["extend"]
    seconds: Annotated[float, Field(ge=-86_400, le=86_400, allow_inf_nan=False, strict=True)]


class Delay(CommandModel):
    """An item that is still to come begins so much later at the earliest, or sooner where negative. Delays add."""

    type: Literal["delay"]
    item: ItemId
    seconds: Annotated[float, Field(ge=-86_400, le=86_400, allow_inf_nan=False, strict=True)]


class Skip(CommandModel):
    """Leave out an item that is still to come."""

    type: Literal["skip"]
    item: ItemId


class Unskip(CommandModel):
    """An item that was left out is to come again."""

    type: Literal["unskip"]
    item: ItemId


class Mic(CommandModel):
    """Open or close this source's microphone until the next item."""

    type: Literal["mic"]
    source: SourceId
    open: Annotated[bool, Field(strict=True)]


class SendMessage(CommandModel):
    """Show a text on the screens of a venue, a guest or all, in place of the last one; an empty one takes it away."""

    type: Literal["message"]
    to: Recipient
    text: MessageText
    level: MessageLevel = "info"


class Admit(CommandModel):
    """Let in the page that has waited longest to feed this place, which somebody else feeds."""

    type: Literal["admit"]
    place: PlaceId


class Undo(CommandModel):
    """Take back the last command that changed the show; again, the one before it."""

    type: Literal["undo"]


class Take(CommandModel):
    """This source is on air now, until `release` or the next item."""

    type: Literal["take"]
    source: SourceId


class Release(CommandModel):
    """Back to what the agenda says."""

    type: Literal["release"]


class Arm(CommandModel):
    """Mark an item, which `next` goes to then, or a source, for preview only. One of the two; neither takes the mark
    away."""

    type: Literal["arm"]
    item: ItemId | None = None
    source: SourceId | None = None


class Reload(CommandModel):
    """A changed event file. What has been and is on air stays; a file with faults is refused with all of them."""

    type: Literal["reload"]
    yaml: EventYaml


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
    | Undo
    | Reload
)
Command = Annotated[AnyCommand, Field(discriminator="type")]
COMMAND: TypeAdapter[Command] = TypeAdapter(Command)


class Applied(WireModel):
    """The answer to a command that is on disk."""

    rev: int
    applied: Literal[True] = True


class Problem(WireModel):
    """Why something was not done. Nothing has changed."""

    code: ErrorCode
    message: str
    rev: int | None = None
    reason: ProblemReason | None = None
    """Null where the sentence alone says it: faults of a message or an SDP offer."""
    details: dict[str, str] = Field(default_factory=dict)
    """What the sentence of this reason names."""


def problem(fault: ProblemError, rev: int | None = None) -> Problem:
    """As the wire says it."""
    return Problem(
        code=fault.code, message=str(fault), rev=rev, reason=fault.reason, details=dict(fault.details)
    )
