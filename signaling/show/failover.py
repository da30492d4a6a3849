"""Which source stands in for one that is not there, from when on and until when. The only place that decides it.

- A source from which nothing has come for 300 ms is reported as stalled, silent: that is the alarm, and a fact in the
  log. If it is on air it stays there for another 500 ms, as most hiccups are over by then; after that it has *failed*.
- One that is gone, or whose picture cannot be begun, has failed at once, and so has one that stands still at the very
  moment at which it should come on air.
- A source that has failed is left alone until it has been live for 2 s without a gap: then it has *recovered*.
- A source that comes for the first time is shown at once. So is one that a moderator takes (see `commands`).

Both verdicts are facts with an instant and a reason, so what is on air never depends on the time, only on the log.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from bridge.engine import SourceState, SourceWhy
from config.model import SLATE
from config.times import Duration, Instant, plus
from signaling.show.facts import Failed, Recovered, SourceChanged

STALL_GIVE_UP = Duration(500)
"""How long a silent source on air is waited for after the alarm, that is until 800 ms after its last packet."""
PROBATION = Duration(2_000)
"""How long a source that had failed has to be live before it is trusted again."""


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """What is known of one source."""

    state: SourceState = "absent"
    why: SourceWhy | None = None
    """What made its state what it is; None before anybody fed it."""
    since: Instant | None = None
    """When it came into this state; None for one that nobody has fed."""
    was_live: bool = False
    """It has been live, so that losing it is a loss."""
    failed: SourceWhy | None = None
    """Why others stand in for it, until it has recovered."""


NEVER_FED = SourceStatus()


def after_report(signal: SourceStatus, report: SourceChanged) -> SourceStatus:
    """The source after what the media plane reported of it.

    Absent without a reason is what it is to a server that has just begun: nobody has fed it, and nothing speaks
    against it when somebody does.
    """
    if report.state == "absent" and report.why is None:
        return NEVER_FED
    return SourceStatus(
        state=report.state,
        why=report.why,
        since=signal.since if report.state == signal.state else report.at,
        was_live=signal.was_live or report.state == "live",
        failed=signal.failed,
    )


def is_silent(signal: SourceStatus) -> bool:
    """Nothing comes from it, and it may be only a hiccup."""
    is_stalled = signal.state == "stalled" and signal.why == "silent"
    return is_stalled and signal.was_live and signal.failed is None


def verdict_at(signal: SourceStatus) -> Instant | None:
    """When it fails or recovers by itself if nothing more is heard of it; None if it does not. May have passed."""
    if signal.since is None:
        return None
    if signal.state == "live":
        return None if signal.failed is None else plus(signal.since, PROBATION)
    if signal.failed is not None or not signal.was_live:
        return None
    return plus(signal.since, STALL_GIVE_UP) if is_silent(signal) else signal.since


def next_verdict(sources: Mapping[str, SourceStatus]) -> Instant | None:
    """When the first of the sources fails or recovers by itself; None if none does."""
    moments = (verdict_at(signal) for signal in sources.values())
    return min((t for t in moments if t is not None), default=None)


def verdicts(sources: Mapping[str, SourceStatus], at: Instant) -> Iterator[Failed | Recovered]:
    """What has failed and what has recovered by `at`."""
    for source, signal in sources.items():
        if (due := verdict_at(signal)) is not None and due <= at:
            yield Recovered(source=source, at=at) if signal.state == "live" else failure(source, signal, at)


def failure(source: str, signal: SourceStatus, at: Instant) -> Failed:
    return Failed(source=source, why=signal.why or "silent", at=at)


def is_fit(source: str, sources: Mapping[str, SourceStatus], on_screen: Collection[str]) -> bool:
    """It may be on air now; `on_screen` is what is on air already. The slate always may."""
    if source == SLATE:
        return True
    signal = sources.get(source, NEVER_FED)
    return (signal.state == "live" and signal.failed is None) or (source in on_screen and is_silent(signal))


def why_replaced(signal: SourceStatus) -> SourceWhy | None:
    """Why another stands in for it; None where nobody has fed it yet."""
    return signal.failed or signal.why
