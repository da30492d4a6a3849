"""The words of the show: what its facts, its decisions and the wire have in common."""

from __future__ import annotations

from typing import Literal

EVERYBODY = "all"
"""Every venue, guest and stage display; no venue or guest may be called so."""
MessageLevel = Literal["info", "warn", "urgent"]
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
