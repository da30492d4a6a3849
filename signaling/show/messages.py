"""Messages, cues and flags: what the desk, the places, the booths and the stage display show each other.

A message stays until the next one to the same recipient, or until a moderator removes it. Its readers confirm it. A cue
is shown for a few seconds. A flag stays raised at the desk until it is taken away. What is sent to `speaker` is for the
places on air now, and ends with the item.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from zoneinfo import ZoneInfo

from config.model import place_of
from config.times import SECOND, Duration, Instant, iso, plus
from signaling.show.facts import Cued, Fact, Flagged, Said, Seen
from signaling.show.lookup import find_cue, find_place_or_desk, find_recipient
from signaling.show.policy import may_cue
from signaling.show.reasons import CommandRefused
from signaling.show.recipients import AT_DESK, is_to, places, recipients, who
from signaling.show.show import Show
from signaling.show.terms import Author
from signaling.show.wire.commands import Acknowledge, Cue, Flag, SendMessage
from signaling.show.wire.state import CueDoc, FlagDoc, MessageDoc

CUE_TIME = Duration(8 * SECOND)
"""Time for which a cue is shown: long enough to be seen by a speaker who looks up once in a while."""

# Commands ----------------------------------------------------------------------------------------------------------


def say(show: Show, command: SendMessage, at: Instant) -> Iterator[Fact]:
    """The same text may be sent again: people who had closed it see it once more."""
    to = find_recipient(show, command.to)
    if command.text != "" or to in show.messages:
        yield Said(to=to, text=command.text, level=command.level, id=command.id, at=at)


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
    if command.text != (None if raised is None else raised.text):
        yield Flagged(of=of, text=command.text, at=at)


def acknowledge(show: Show, command: Acknowledge, by: Author, at: Instant) -> Iterator[Fact]:
    said = next((said for said in show.messages.values() if message_id(said) == command.message), None)
    if said is None:
        raise CommandRefused("message-gone")
    reader = who(by.role, by.id)
    on_air = frozenset(place_of(source) for source in show.programme.on_screen)
    if reader is None or not is_to(said.to, by.role, by.id, on_air):
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


def next_cue_end(show: Show, now: Instant) -> Instant | None:
    """When the next of the current cues ends; None if there is none."""
    return min((plus(cued.at, CUE_TIME) for cued in current_cues(show, now).values()), default=None)


def message_docs(show: Show) -> dict[str, MessageDoc]:
    """Without those to removed places: nobody could remove them."""
    zone = show.event.timezone
    there = [said for to in recipients(show.event) if (said := show.messages.get(to))]
    return {said.to: _message_doc(show, said, zone) for said in there}


def _message_doc(show: Show, said: Said, zone: ZoneInfo) -> MessageDoc:
    return MessageDoc(
        id=message_id(said),
        text=said.text,
        level=said.level,
        at=iso(said.at, zone),
        seen=list(show.seen.get(message_id(said), ())),
    )


def cue_docs(show: Show, now: Instant) -> dict[str, CueDoc]:
    zone, cues = show.event.timezone, current_cues(show, now)
    return {
        to: CueDoc(id=cued.id, what=cued.what, by=cued.by, at=iso(cued.at, zone))
        for to in recipients(show.event)
        if (cued := cues.get(to))
    }


def flag_docs(show: Show) -> dict[str, FlagDoc]:
    zone = show.event.timezone
    return {
        of: FlagDoc(text=raised.text or "", at=iso(raised.at, zone))
        for of in (*places(show.event), AT_DESK)
        if (raised := show.flags.get(of))
    }
