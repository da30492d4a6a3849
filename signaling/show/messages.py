"""Messages, cues and flags: what the desk, the places, the booths and the stage display show each other.

A message stays until the next one to the same recipient, or until a moderator removes it. Its readers confirm it. An
info ends a minute after all of them have; a stage display, which nobody operates, shows it for half a minute. A cue is
shown for a few seconds. A flag stays raised at the desk until it is taken away; for a minute its owner then sees that a
moderator has answered. What is sent to `speaker` is for the places on air now, and ends with the item.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from zoneinfo import ZoneInfo

from config.times import SECOND, Duration, Instant, iso, plus
from signaling.show.facts import Cued, Fact, Flagged, Said, Seen
from signaling.show.lookup import find_cue, find_place_or_desk, find_recipient
from signaling.show.policy import may_cue
from signaling.show.reasons import CommandRefused
from signaling.show.recipients import AT_DESK, STAGE, is_to, on_air, places, readers, recipients, who
from signaling.show.show import Show
from signaling.show.terms import Author
from signaling.show.wire.commands import Acknowledge, Cue, Flag, SendMessage
from signaling.show.wire.notes import CueDoc, FlagDoc, MessageDoc

CUE_TIME = Duration(8 * SECOND)
"""Time for which a cue is shown: long enough to be seen by a speaker who looks up once in a while."""
INFO_ON_STAGE_TIME = Duration(30 * SECOND)
"""Time for which a stage display shows an info."""
READ_TIME = Duration(60 * SECOND)
"""Time for which the desk shows an info that all its readers have confirmed: long enough to notice when."""
ANSWER_TIME = Duration(60 * SECOND)
"""Time for which the owner of a flag sees that a moderator has taken it away."""

# Commands ----------------------------------------------------------------------------------------------------------


def say(show: Show, command: SendMessage, at: Instant) -> Iterator[Fact]:
    """The same text may be sent again: people who had closed it see it once more."""
    to = find_recipient(show, command.to)
    preset = "" if command.preset is None else find_cue(show, command.preset)
    if command.text != "" or to in show.messages:
        yield Said(to=to, text=command.text, level=command.level, id=command.id, preset=preset, at=at)


def cue(show: Show, command: Cue, by: Author, at: Instant) -> Iterator[Fact]:
    """A cue replaces the one before to the same recipient, also an equal one, which is shown anew."""
    to, what = find_recipient(show, command.to), find_cue(show, command.what)
    if not may_cue(by.role, to):
        raise CommandRefused("cue-to-all")
    yield Cued(id=command.id, to=to, what=what, by=who(by.role, by.id) or by.role, at=at)


def flag(show: Show, command: Flag, by: Author, at: Instant) -> Iterator[Fact]:
    """Everybody raises a flag of their own; moderators take away anybody's."""
    own = who(by.role, by.id) or by.role
    of = own if command.of is None else find_place_or_desk(show, command.of)
    if of != own and (by.role != "moderator" or command.text is not None):
        raise CommandRefused("other-flag")
    raised = show.flags.get(of)
    before = (None, None) if raised is None else (raised.text, raised.what)
    what = None if command.text is None else command.what
    if (command.text, what) != before:
        yield Flagged(of=of, text=command.text, what=what, answered=of != own, at=at)


def acknowledge(show: Show, command: Acknowledge, by: Author, at: Instant) -> Iterator[Fact]:
    said = next((said for said in show.messages.values() if message_id(said) == command.message), None)
    if said is None:
        raise CommandRefused("message-gone")
    reader = who(by.role, by.id)
    if reader is None or not is_to(said.to, by.role, by.id, _on_air(show)):
        raise CommandRefused("not-to-you", to=said.to)
    if reader not in show.seen.get(command.message, ()):
        yield Seen(message=command.message, by=reader, at=at)


# State -------------------------------------------------------------------------------------------------------------


def message_id(said: Said) -> str:
    """Identifies a message for `seen`. Older logs have none, so it is made of what they have."""
    return said.id or f"{said.to}@{said.at}"


def current_cues(show: Show, now: Instant) -> Mapping[str, Cued]:
    """The cues that are shown at `now`, by recipient."""
    return {to: cued for to, cued in show.cues.items() if plus(cued.at, CUE_TIME) > now}


def next_end(show: Show, now: Instant) -> Instant | None:
    """When the next of the current cues, messages and answers ends by itself; None if none does."""
    ends = (
        *(plus(cued.at, CUE_TIME) for cued in show.cues.values()),
        *(_end(show, said) for said in show.messages.values()),
        *(plus(at, ANSWER_TIME) for _, at in show.answered.values()),
    )
    return min((end for end in ends if end is not None and end > now), default=None)


def _on_air(show: Show) -> frozenset[str]:
    return on_air(show.programme.on_screen, show.event.venues)


def _unread(show: Show, said: Said) -> list[str]:
    """Those who have not confirmed it yet."""
    seen = show.seen.get(message_id(said), {})
    return [id for id in readers(show.event, said.to, _on_air(show)) if id not in seen]


def _end(show: Show, said: Said) -> Instant | None:
    """When a message ends by itself; None: not yet known, or it does not."""
    if said.level != "info" or _unread(show, said):
        return None
    read = [plus(at, READ_TIME) for at in show.seen.get(message_id(said), {}).values()]
    staged = [plus(said.at, INFO_ON_STAGE_TIME)] if is_to(said.to, "stage", STAGE, ()) else []
    return max((*read, *staged), default=None)


def message_docs(show: Show, now: Instant) -> dict[str, MessageDoc]:
    """The messages shown at `now`. Without those to removed places: nobody could remove them."""
    zone = show.event.timezone
    there = [said for to in recipients(show.event) if (said := show.messages.get(to))]
    shown = [said for said in there if (end := _end(show, said)) is None or end > now]
    return {said.to: _message_doc(show, said, zone) for said in shown}


def _message_doc(show: Show, said: Said, zone: ZoneInfo) -> MessageDoc:
    return MessageDoc(
        id=message_id(said),
        text=said.text,
        preset=said.preset or None,
        level=said.level,
        at=iso(said.at, zone),
        seen={by: iso(at, zone) for by, at in show.seen.get(message_id(said), {}).items()},
        unread=_unread(show, said),
    )


def cue_docs(show: Show, now: Instant) -> dict[str, CueDoc]:
    zone, cues = show.event.timezone, current_cues(show, now)
    return {
        to: CueDoc(id=cued.id, what=cued.what, by=cued.by, at=iso(cued.at, zone))
        for to in recipients(show.event)
        if (cued := cues.get(to))
    }


def flag_docs(show: Show, now: Instant) -> dict[str, FlagDoc]:
    """The raised flags, and those that a moderator has just taken away."""
    answered = {of: flag for of, flag in show.answered.items() if plus(flag[1], ANSWER_TIME) > now}
    flags: dict[str, tuple[Flagged, Instant | None]] = {
        **answered,
        **{of: (raised, None) for of, raised in show.flags.items()},
    }
    there = (of for of in (*places(show.event), AT_DESK) if of in flags)
    return {of: _flag_doc(*flags[of], show.event.timezone) for of in there}


def _flag_doc(flag: Flagged, answered: Instant | None, zone: ZoneInfo) -> FlagDoc:
    return FlagDoc(
        text=flag.text or "",
        what=flag.what,
        at=iso(flag.at, zone),
        answered_at=None if answered is None else iso(answered, zone),
    )
