"""Measures how late the event loop runs what is due, and logs where it is when it is blocked.

The loop carries media, so a delay of it delays every packet. `LoopWatch` sets a timer ten times a second and compares.
A thread sees that the timer has not run at all, and logs the stack of the loop's thread while it is still there.
"""

from __future__ import annotations

import asyncio
import sys
import threading
import time
import traceback
from bisect import bisect_left
from collections import deque
from statistics import median
from typing import Final, Self

import structlog

log = structlog.get_logger()

BEAT_S: Final = 0.1
"""Seconds between two measurements of the event loop's lag. Each costs 3 µs."""
WINDOW_BEATS: Final = 20
"""Beats whose median is the lag now: 2 s of them, so that one long step, as of a garbage collection, is no overload."""
BLOCKED_AFTER_S: Final = 1.0
"""Seconds without a beat after which the loop counts as blocked. Halls see a frozen picture after 0.5 s."""
STACK_INTERVAL_S: Final = 10.0
"""Seconds between two logged stacks. A loop that is blocked again and again must not fill the disk."""
LAG_BUCKETS: Final = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
"""Upper bounds of the histogram's buckets, in seconds. A packet of sound lasts 0.02 s."""


class LoopWatch:
    """The lag of one event loop. Use it as a context manager on that loop's thread."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._lags: deque[float] = deque(maxlen=WINDOW_BEATS)
        self._times: deque[tuple[float, float]] = deque(maxlen=WINDOW_BEATS)
        """Of each beat: the loop's time and the CPU time of its thread."""
        self.buckets = [0] * (len(LAG_BUCKETS) + 1)
        """Beats by their lag; the last is beyond all bounds."""
        self.sum_s = 0.0
        """Seconds of lag since the start, of all beats."""
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0
        self._watchdog = Watchdog(threading.get_ident())

    def __enter__(self) -> Self:
        self._set_timer()
        self._watchdog.start()
        return self

    def __exit__(self, *exception: object) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._watchdog.stop()

    @property
    def lag_s(self) -> float:
        """The usual lag of the last two seconds: half of the beats were later than that."""
        return median(self._lags) if self._lags else 0.0

    @property
    def busy(self) -> float:
        """The share of the last two seconds that the loop's thread had the processor, 0 to 1.

        A saturated loop has all of it, and may lag by less than packets wait: its port reads 128 datagrams in a round,
        30 ms of nine halls, while a second of them waits in the socket.
        """
        if len(self._times) < 2:
            return 0.0
        (begin, cpu_before), (end, cpu) = self._times[0], self._times[-1]
        return (cpu - cpu_before) / max(end - begin, BEAT_S)

    @property
    def blocks(self) -> int:
        """How often the loop was blocked."""
        return self._watchdog.blocks

    @property
    def blocked_s(self) -> float:
        """Seconds for which it was blocked, all together."""
        return self._watchdog.blocked_s

    def _set_timer(self) -> None:
        self._due = self._loop.time() + BEAT_S
        self._timer = self._loop.call_at(self._due, self._beat)

    def _beat(self) -> None:
        self._watchdog.beat()
        now = self._loop.time()
        lag = max(0.0, now - self._due)
        self._times.append((now, time.thread_time()))
        self._lags.append(lag)
        self.sum_s += lag
        self.buckets[bisect_left(LAG_BUCKETS, lag)] += 1
        self._set_timer()


class Watchdog:
    """A thread that waits for beats, and logs the stack of another thread when none come."""

    def __init__(self, watched: int) -> None:
        """`watched` is the identifier of the thread that beats."""
        self.blocks = 0
        self.blocked_s = 0.0
        self._watched = watched
        self._beats = 0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def beat(self) -> None:
        """The watched thread runs."""
        self._beats += 1

    def _run(self) -> None:
        gap = BeatGap(time.monotonic())
        while not self._stopped.wait(BEAT_S):
            now = time.monotonic()
            ended = gap.update(self._beats, now)
            if ended is not None:
                self.blocked_s += ended
                log.warning("the event loop runs again", blocked_s=round(ended, 1))
            if gap.has_begun:
                self.blocks += 1
                self._report(gap, now)

    def _report(self, gap: BeatGap, now: float) -> None:
        if not gap.may_report(now):
            return
        frame = sys._current_frames().get(self._watched)
        stack = [] if frame is None else traceback.format_stack(frame)
        # Not rendered as an exception: it is none, and its frames' variables may contain tokens.
        log.error("the event loop is blocked; pictures freeze until it runs again", stack="".join(stack))


class BeatGap:
    """How long beats have been missing. `now` is monotonic, in seconds."""

    def __init__(self, now: float) -> None:
        self.has_begun = False
        """The last update was the first to find the thread blocked."""
        self._beats = 0
        self._checked = self._since = now
        self._is_blocked = False
        self._reported: float | None = None

    def update(self, beats: int, now: float) -> float | None:
        """Compare the number of beats so far. Returns for how many seconds the thread was blocked, once it runs again.

        A gap between two updates means that the whole process was stopped; it does not count.
        """
        pause, self._checked = now - self._checked, now
        self.has_begun = False
        if beats != self._beats:
            blocked = now - self._since if self._is_blocked else None
            self._beats, self._since, self._is_blocked = beats, now, False
            return blocked
        if pause >= BLOCKED_AFTER_S:
            self._since += pause
        if not self._is_blocked and now - self._since >= BLOCKED_AFTER_S:
            self._is_blocked = self.has_begun = True
        return None

    def may_report(self, now: float) -> bool:
        """Whether the last report was long enough ago; this is one, then."""
        if self._reported is not None and now - self._reported < STACK_INTERVAL_S:
            return False
        self._reported = now
        return True
