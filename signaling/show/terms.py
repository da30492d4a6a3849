"""The terms of the show, shared by its facts, its decisions and the wire."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

EVERYBODY = "all"
"""Every venue, guest, booth and stage display; no venue, guest or booth may be called so."""
MessageLevel = Literal["info", "warn", "urgent"]
FlagReason = Literal["no-sound", "no-picture", "not-ready"]
"""What a raised flag says, in words that every page knows."""
Phase = Literal["before", "running", "held", "ended"]
ItemStatus = Literal["done", "on-air", "next", "coming", "skipped"]
Reason = Literal["agenda", "voice", "take", "fallback"]
Tally = Literal[
    "on-air",  # in the programme picture
    "next",  # in the item that comes next
    "preview",  # marked by a moderator
    "off",
]
Role = Literal["moderator", "venue", "guest", "interpreter", "viewer", "stage"]


@dataclass(frozen=True, slots=True)
class Author:
    """Who gives a command: the role and id of its link, and of moderators who sits there."""

    role: Role
    id: str
    read_only: bool = False
    name: str = field(default="", compare=False)
    """Of the person at a moderator's page, as given there; not compared, since it decides nothing."""
    desk: int | None = field(default=None, compare=False)
    """The number of that page."""


BY_DESK = Author("moderator", "moderator")
"""The moderators, and the server itself."""
StartReason = Literal[
    "start",  # a moderator began the show
    "next",
    "previous",
    "goto",
    "auto",  # the item before was over
    "time",  # its start time came, after a gap
    "hard",  # its hard start came
]
EndReason = Literal[
    "next",
    "previous",
    "goto",
    "auto",  # its time was up
    "hard",  # cut by a hard start
    "shortened",  # a moderator shortened it by more than was left
]
SkipReason = Literal[
    "file",  # by the event file
    "asked",  # by a moderator
    "no-time",  # a hard start came before it could begin
    "passed",  # a moderator went on to a later item
]
DeviceStatus = Literal[
    "works",
    "none",  # chosen on purpose: no device
    "opening",  # the browser is opening it
    "stand-in",  # another device replaces the chosen one
    "missing",  # not found
    "lost",  # disconnected while in use
    "busy",  # in use by another program
    "denied",  # the browser or the system does not permit it
    "hung",  # the system does not answer
    "interrupted",  # muted by the system, as by a phone call
    "insecure",  # the page was not loaded by HTTPS, so the browser permits no device
    "failed",
]
"""The status of a camera or microphone, as its page reports it."""
PagePath = Literal[
    "udp",
    "tcp",  # UDP does not get through
    "relay",  # by a TURN server, which the media plane takes for the page
    "blocked",  # nothing gets through, though the page has its WebSocket
]
"""How a page's picture and sound go, as the page sees it. A later one is worse."""
SoundStatus = Literal[
    "good",
    "too-low",  # speech is too quiet to be understood in a hall
    "clipping",  # it is distorted: samples at full scale
    "hum",  # of mains, in quiet passages
    "no-sound",  # nothing at all, although the microphone is open: a switch, a fader, a cable
]
"""What a page hears from its own microphone, whether or not the show has it open."""
SendLimit = Literal[
    "cpu",  # the machine is too slow
    "bandwidth",  # the line is too narrow
]
"""What makes a page send a smaller or coarser picture than its camera gives."""
Reduction = Literal[
    "720p15",  # at most 15 frames a second
    "540p15",  # and at most 960 pixels wide
    "360p10",  # at most 640 pixels wide, and 10 frames a second
]
"""The picture that a page sends instead of the whole one while its machine is overloaded: lines and frames a second."""
AdmissionStatus = Literal[
    "waiting",  # another browser feeds the place; the desk sees that this page waits
    "admitted",  # the page may feed the source and offers again. To the feeding page: no other waits any more
    "contested",  # the page feeds the source, and a page of another browser waits
    "replaced",  # another page feeds the source now; offer again only when the user asks for it
]
AdmissionBy = Literal[
    "window",  # a page of the same browser
    "machine",  # a page of another browser
]
