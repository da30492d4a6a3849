"""Why something was not done: a stable reason with details, and its English sentence.

Pages translate the reason and its details. Scripts, logs and the command line show the sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Final, Literal

from config.faults import FaultCode

ErrorCode = Literal[
    "stale",  # `from` is no longer on air, or `base` no longer the event
    "invalid",  # the message, or what it asks for, is not possible
    "unauthorized",  # no link, or one that is wrong, expired or revoked
    "forbidden",  # the link does not permit this
    "too-many",  # the sender exceeds a rate limit
    "busy",  # a queue of the server is full
    "offer",  # an SDP offer that cannot be answered
    "waiting",  # another page feeds that place; an `admission` follows when this one may
    "failed",  # a fault of the server; its log has the details
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
    "slate-alone",
    "source-twice",
    # Interpretation
    "not-its-language",
    "seat-closed",
    # A command names something unknown; the sentence has the nearest known name
    "unknown-item",
    "unknown-source",
    "unknown-place",
    "unknown-language",
    "unknown-booth",
    # A changed event file
    "event-file",
    "source-needed",
    "file-outdated",
    "file-under-way",
    "files-waiting",
    "no-file",
    "item-stays",
    "item-lost",
    "not-editable",
    # Who feeds a place
    "nobody-waits",
    "others-wait",
    "not-yours",
    "fed-elsewhere",
    "fed-now",
    "many-wait",
    "inputs-full",
    "watchers-full",
    "pages-full",
    "overloaded",
    "offers-waiting",
    "offers-often",
    # Interpretation
    "booth-full",
    # Talkback and channels
    "choices-often",
    "commands-often",
    "previews-often",
    # Messages, cues and flags
    "unknown-cue",
    "message-gone",
    "not-to-you",
    "other-flag",
    "cue-to-all",
    # The link
    "link-damaged",
    "link-version",
    "link-expired",
    "link-revoked",
    "link-place-gone",
    "link-metrics",
    "link-no-metrics",
    "links-busy",
    "links-fail",
    "links-full",
    "guesses-often",
    "thrown-out",
    "role",
    "read-only",
    "other-booth",
    # The server
    "messages-often",
    "commands-waiting",
    "id-used",
    "log-fails",
    "stops",
    "stops-unsure",
]
"""Stable, finer than the code."""

SENTENCES: Final[dict[ProblemReason, tuple[ErrorCode, str]]] = {
    # Steps through the agenda
    "not-begun": ("invalid", "The show has not begun. Press Start first."),
    "running": ("invalid", "The show is running already; nothing was done."),
    "ended-start": ("invalid", "The show has ended. Use goto to put an item on air again."),
    "ended": ("stale", "The show has ended already; nothing was done. Use goto to go on."),
    "all-skipped": ("invalid", "Every item is skipped. Unskip one, or put one on air with goto."),
    "first-item": ("invalid", '"{item}" is the first item; there is nothing before it.'),
    "just-back": ("stale", '"{item}" has just been put back on air; nothing was done.'),
    "went-on": ("stale", 'The item on air is already "{item}"; nothing was done.'),
    "went-off": ("stale", 'Nothing is on air, and the last item was "{item}"; nothing was done.'),
    "from-missing": (
        "invalid",
        "Name in `from` the item that you see on air (now `{item}`), so that {command} is not done twice.",
    ),
    "item-on-air": ("invalid", '"{item}" is on air already; nothing was done.'),
    "source-on-air": ("invalid", "{source} is on air already; nothing was done."),
    # Changes of the agenda
    "nothing-to-extend": ("invalid", "No item is on air that could be made longer or shorter."),
    "too-long": ("invalid", '"{item}" cannot be made longer by more than 24 hours.'),
    "too-late": ("invalid", '"{item}" cannot be delayed by more than 24 hours.'),
    "not-to-come": ("invalid", '"{item}" is on air; use extend for its length, or next to go on.'),
    "over": ("invalid", '"{item}" is over. Use goto to put it on air again.'),
    "plan-fixed": ("invalid", "The show has begun; its plan can no longer be moved."),
    "nothing-to-undo": (
        "invalid",
        "There is nothing to undo: no command has changed the show since it last advanced automatically.",
    ),
    "mark-one": ("invalid", "Mark an item or a source as next, not both."),
    "slate-silent": ("invalid", "The slate has no microphone."),
    "slate-alone": (
        "invalid",
        "Nothing is on screen beside the slate. Take the slate alone, or leave it out.",
    ),
    "source-twice": ("invalid", "{source} is named twice. Name each picture once."),
    # Interpretation
    "not-its-language": (
        "invalid",
        "{booth} interprets between {one} and {other}; it cannot speak into “{wanted}”.",
    ),
    "seat-closed": (
        "invalid",
        "The microphone of {seat} in {booth} is off, so there is nothing to take over from it.",
    ),
    # A command names something unknown; the sentence has the nearest known name
    "unknown-item": ("invalid", "{sentence}"),
    "unknown-source": ("invalid", "{sentence}"),
    "unknown-place": ("invalid", "{sentence}"),
    "unknown-language": ("invalid", "{sentence}"),
    "unknown-booth": ("invalid", "{sentence}"),
    # A changed event file
    "event-file": ("invalid", "{faults}"),
    "source-needed": (
        "invalid",
        "{source} is on air and not in the new file. Leave `{id}` in the file until it is off air.",
    ),
    "file-outdated": (
        "stale",
        "The event has been changed since this file was made from it; nothing was done. "
        "Make the change again in the event as it is now.",
    ),
    "file-under-way": (
        "too-many",
        "An event file from you is being checked already. Wait for its answer, then send this one again.",
    ),
    "files-waiting": (
        "too-many",
        "Too many event files wait to be checked. Send this one again in a moment.",
    ),
    "no-file": ("invalid", "Nobody has the text of this event's file here, so it cannot be edited."),
    "item-stays": ("invalid", '"{item}" is on air or over, and stays where it is in the agenda.'),
    "item-lost": (
        "invalid",
        '"{item}" would be above what is on air, and would never run. Move it below.',
    ),
    "not-editable": (
        "invalid",
        "The event file cannot be edited here: {why}. Change the file, and load it.",
    ),
    # Who feeds a place
    "nobody-waits": ("invalid", "Nobody waits to feed {place}."),
    "others-wait": ("invalid", "Nobody waits to feed {place}; somebody waits at {elsewhere}."),
    "not-yours": ("forbidden", "This link may feed {sources}, not “{source}”."),
    "fed-elsewhere": (
        "waiting",
        "{place} is fed from another browser. The desk has been asked to let this one in.",
    ),
    "fed-now": ("waiting", "Another page feeds {place} now."),
    "many-wait": ("busy", "Too many pages wait to feed {place}. Close those that are not needed."),
    "inputs-full": (
        "busy",
        "This link sends {most} further inputs already. Stop one that is not needed.",
    ),
    "watchers-full": ("busy", "This server has no room for more viewers by this link. Try again later."),
    "pages-full": (
        "busy",
        "Too many pages are open by this link. Close those that are not needed; this one tries again by itself.",
    ),
    "overloaded": (
        "busy",
        "The server is overloaded and accepts no more viewers for now. Try again in a minute.",
    ),
    "offers-waiting": ("busy", "Too many pages are connecting. Try again in some seconds."),
    "offers-often": ("too-many", "This page sends offers too often. Wait a second."),
    # Interpretation
    "booth-full": (
        "busy",
        "{booth} has {seats} seats, and each is in use by another page. Close the page of one first, "
        "or take over its seat by choosing the same name.",
    ),
    # Talkback and channels
    "commands-often": ("too-many", "Too many commands came by this link. Wait a few seconds."),
    "previews-often": ("too-many", "Too many previews are being made. Ask again in a moment."),
    "choices-often": (
        "too-many",
        "This page changes what it hears, or whom it talks to, too often. Wait a second.",
    ),
    # Messages, cues and flags
    "unknown-cue": ("invalid", "{sentence}"),
    "message-gone": ("stale", "That message has been replaced or removed already; nothing was done."),
    "not-to-you": ("forbidden", "That message was sent to “{to}”, and only its readers can confirm it."),
    "other-flag": (
        "forbidden",
        "Everybody raises a flag of their own. A moderator can take another's away: `of` and `text` null.",
    ),
    "cue-to-all": (
        "forbidden",
        "A booth gives a cue to one recipient, not to all: to `speaker`, `stage`, `desk` or a place.",
    ),
    # The link
    "link-damaged": (
        "unauthorized",
        "This link or code does not open this event: it has a mistake, or was made for another event. "
        "Ask the organiser for yours, and check each letter.",
    ),
    "link-version": (
        "unauthorized",
        "This link was made by an older version of Schalte. Ask the organiser for a new one.",
    ),
    "link-expired": ("unauthorized", "This link has expired. Ask the organiser for a new one."),
    "link-revoked": ("unauthorized", "This link has been revoked. Ask the organiser for a new one."),
    "link-place-gone": (
        "unauthorized",
        "This event has no {role} “{id}” any more. Ask the organiser for a new link.",
    ),
    "link-metrics": ("forbidden", "This token opens the metrics alone."),
    "link-no-metrics": (
        "forbidden",
        "A {role} link does not open the metrics. Use a moderator's, or the token that "
        "`schalte links EVENT.yaml --role metrics` prints.",
    ),
    "links-busy": (
        "busy",
        "Another program is changing the links, or hangs while it does. Nothing was changed. Try again in a moment.",
    ),
    "links-fail": ("failed", "The links cannot be changed, so nothing was done: {fault}."),
    "links-full": ("invalid", "There are {most} valid links. Revoke some that nobody needs."),
    "guesses-often": (
        "too-many",
        "Too many wrong links or codes came from your network. Wait some seconds, then try yours again.",
    ),
    "thrown-out": (
        "forbidden",
        "The desk has closed this page. Its link is still valid: ask the organiser before you open it again.",
    ),
    "role": ("forbidden", "A {role} link does not permit “{command}”."),
    "read-only": ("forbidden", "This link only looks on. It does not permit “{command}”."),
    "other-booth": ("forbidden", "This link is that of the booth “{own}”; it does not switch “{booth}”."),
    # The server
    "messages-often": ("too-many", "This page sends too many messages; it is cut off."),
    "commands-waiting": ("busy", "Too many commands are waiting. Send it again in a moment."),
    "id-used": ("invalid", "The id {id} was that of a `{command}` already. Give each command its own."),
    "log-fails": ("failed", "The show log cannot be written, so nothing was done: {fault}"),
    "stops": ("failed", "The server is stopping, so nothing was done."),
    "stops-unsure": ("failed", "The server is stopping; its log says whether this was done."),
}

_BESIDE: Final[dict[ProblemReason, tuple[str, ...]]] = {
    **dict.fromkeys(
        (
            "unknown-item",
            "unknown-source",
            "unknown-place",
            "unknown-language",
            "unknown-booth",
            "unknown-cue",
        ),
        ("name",),
    ),
    **dict.fromkeys(("ended", "just-back", "went-on", "went-off"), ("who", "desk")),
}
"""Details that are not named in the sentence."""


def details(reason: ProblemReason) -> tuple[str, ...]:
    """The names of a reason's details."""
    named = [name for _, name, _, _ in Formatter().parse(SENTENCES[reason][1]) if name]
    return (*named, *_BESIDE.get(reason, ()))


@dataclass(frozen=True, slots=True)
class PlacedFault:
    """A fault of a changed event file, with the item and key that have it; fields as of the wire's `FileFault`."""

    item: str | None
    change: int | None
    field: str | None
    line: int
    column: int
    message: str
    code: FaultCode | None
    details: Mapping[str, str]


class ProblemError(Exception):
    """Something was not done, for a reason of the list."""

    faults: tuple[PlacedFault, ...] = ()
    """Those of an event file."""

    def __init__(self, reason: ProblemReason, **details: str) -> None:
        """`details` are those that `details(reason)` names."""
        self.code, sentence = SENTENCES[reason]
        super().__init__(sentence.format_map(details))
        self.reason: ProblemReason = reason
        self.details = details


class CommandRefused(ProblemError):
    """The show does not permit a command now; nothing has changed."""
