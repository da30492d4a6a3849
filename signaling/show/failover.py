"""When a source fails and when it has recovered. The only place that decides it.

- A source without packets for 300 ms is reported as stalled (`silent`). This raises the alarm and is a fact in the log.
  On air it stays for another 500 ms, since most interruptions are over by then. After that it has *failed*.
- A source fails at once if it becomes absent, if it stalls for another reason (such as `no-keyframe`), or if it is
  stalled when its turn comes.
- A failed source is not used until it has been live for 2 s without a gap. Then it has *recovered*.
- A source that is live for the first time is used at once. So is one that a moderator takes (see `decide`).

Both verdicts are facts with an instant and a reason. What is on air therefore depends on the log alone, never on the
time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from bridge.engine import SourceState, SourceWhy
from config.model import SLATE
from config.times import Duration, Instant, plus
from signaling.show.facts import Failed, Recovered, SourceChanged

STALL_GIVE_UP = Duration(500)
"""Time from the alarm until a silent source on air fails: 800 ms after its last packet."""
RECOVERY_TIME = Duration(2_000)
"""Time for which a failed source must be live before it has recovered."""


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """What the show knows of one source."""

    state: SourceState = "absent"
    why: SourceWhy | None = None
    """The reason for its state; None before anybody fed it."""
    since: Instant | None = None
    """When it entered this state; None before anybody fed it."""
    was_live: bool = False
    """It has been live; only then can it fail."""
    failed: SourceWhy | None = None
    """Why it failed; None unless it has, and has not recovered."""


NEVER_FED = SourceStatus()


def after_report(status: SourceStatus, report: SourceChanged) -> SourceStatus:
    """The source after a report of the media plane.

    Absent without a reason means that the server has just started. The source is used as soon as somebody feeds it.
    """
    if report.state == "absent" and report.why is None:
        return NEVER_FED
    return SourceStatus(
        state=report.state,
        why=report.why,
        since=status.since if report.state == status.state else report.at,
        was_live=status.was_live or report.state == "live",
        failed=status.failed,
    )


def is_silent(status: SourceStatus) -> bool:
    """No packets arrive from it, perhaps only for a moment, and it has not failed yet."""
    is_stalled = status.state == "stalled" and status.why == "silent"
    return is_stalled and status.was_live and status.failed is None


def verdict_at(status: SourceStatus) -> Instant | None:
    """When it fails or recovers if no further report comes; None if it does not. May lie in the past."""
    if status.since is None:
        return None
    if status.state == "live":
        return None if status.failed is None else plus(status.since, RECOVERY_TIME)
    if status.failed is not None or not status.was_live:
        return None
    return plus(status.since, STALL_GIVE_UP) if is_silent(status) else status.since


def next_verdict(sources: Mapping[str, SourceStatus]) -> Instant | None:
    """When the first of the sources fails or recovers; None if none does."""
    moments = (verdict_at(status) for status in sources.values())
    return min((t for t in moments if t is not None), default=None)


def verdicts(sources: Mapping[str, SourceStatus], at: Instant) -> Iterator[Failed | Recovered]:
    """The sources that have failed or recovered by `at`."""
    for source, status in sources.items():
        if (due := verdict_at(status)) is not None and due <= at:
            yield Recovered(source=source, at=at) if status.state == "live" else failure(source, status, at)


def failure(source: str, status: SourceStatus, at: Instant) -> Failed:
    return Failed(source=source, why=status.why or "silent", at=at)


def is_fit(source: str, sources: Mapping[str, SourceStatus], on_screen: Collection[str]) -> bool:
    """Whether a source may be on air now. `on_screen` are the sources on air already. The slate always may."""
    if source == SLATE:
        return True
    status = sources.get(source, NEVER_FED)
    return (status.state == "live" and status.failed is None) or (source in on_screen and is_silent(status))
