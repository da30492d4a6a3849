"""The checks of an item before it goes on air, as the state, the log and the report carry them. `readiness` decides
them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from config.times import Instant

CheckId = Literal[
    "connected",  # of a source: somebody feeds it, and it may be used
    "picture",  # of a source on screen: its picture moves, or stands still on purpose
    "sound",  # of a microphone: neither silent nor distorted, too quiet or humming
    "line",  # of a source: loss and round trip
    "microphone",  # of a microphone: the chosen one works, and is not muted
    "language",  # of the language that the item is in
    "interpreter",  # of a channel that the item needs: a booth feeds it
    "ready",  # of a guest: a moderator has seen and heard them; of any place: it calls the desk
]
CheckResult = Literal[
    "ok",
    "failed",
    "unknown",  # it cannot be told
]
CheckReason = Literal[
    # A source
    "not-connected",  # so the check cannot be made
    "never-fed",  # since the server started
    "left",
    "unreachable",  # nothing arrives from its peer, which may come back
    "joined",  # its picture has not arrived yet
    "waits",  # a guest whom the desk has not let in
    "silent",  # no packets; of a channel: the floor speaks, and its seat does not
    "no-keyframe",
    "too-large",
    "recovering",  # it is back, and not used for another moment
    "no-picture",
    # A device, as `DeviceStatus`
    "none",
    "opening",
    "stand-in",
    "missing",
    "lost",
    "busy",
    "denied",
    "hung",
    "interrupted",
    "insecure",
    "failed",
    "muted",  # by the person at the source
    "not-reported",  # its page has not, or it is a room agent
    # Sound, as `SoundStatus`
    "too-low",
    "clipping",
    "hum",
    "no-sound",
    "off-air",  # a closed microphone that is not judged by what it hears
    "not-measured",
    # The line
    "loss",  # `loss`: fraction
    "delay",  # `rtt_ms`
    # Languages
    "not-interpreted",  # no booth understands it
    "floor-differs",  # the same place is on air, and speaks `floor`, not the item's language
    "nobody",  # feeds the channel
    "closed",  # an interpreter is there whose microphone is off
    # People
    "not-approved",
    "flag",  # `text`
]
"""Finer than the result; the comments name the details."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that is to be right when an item goes on air."""

    id: CheckId
    of: str
    """A source, a place, a channel or a language, as the check says."""
    result: CheckResult
    reason: CheckReason | None = None
    """Null where it is ok."""
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What the checks of an item were right before it went on air. A fact: it changes nothing, and precedes
    `Started`."""

    item: str
    checks: tuple[Check, ...]
    at: Instant
    kind: Literal["checked"] = "checked"
