"""Finds echo of the programme: what is sent to a place comes back by its open microphone, so a talker hears himself.

Only the levels of the packets are known (RFC 6464), not their sound. But the levels of speech rise and fall with each
syllable, differently for each talker. If the level of a microphone does so a moment after the level of what its place
is sent, it hears the place's loudspeakers.

- Levels are compared in steps of 40 ms over ten seconds, for each delay up to 1 s. A difference of gain, such as an
  attenuated echo or automatic gain control, is a constant in dB, and a moving mean takes it out.
- Only the steps in which somebody else speaks count, so a place that speaks itself in between hides no echo.
- A delay must fit three times in a row. With synthetic speech independent talkers, also in conversation, correlate by
  0.44 at most; an echo at -30 dB over the noise of a room by 0.76 at least, in a reverberant one (2 s) by 0.73.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from math import floor, log10, pow, sqrt
from operator import mul

from signaling.show.loudness import PacketLevels
from signaling.show.voice import SILENCE_DBOV

STEP_S = 0.04
"""Seconds of one level: two packets. A syllable has four steps or more."""
PACKET_STEPS = 0.02 / STEP_S
"""Of a packet of 20 ms."""
WINDOW_STEPS = 250
"""Ten seconds."""
LAGS = range(1, 26)
"""Delays of an echo in steps, 40 ms to 1 s: network, the listener's buffer, the room and the way back."""
SETTLE_S = 0.3
"""Seconds until a step is complete: packets may be late."""
MAX_GAP_STEPS = 2
"""Steps without a packet for which the last level holds, as for a lost packet. After that it is silence (DTX)."""
DETREND_STEPS = 6
"""Of the moving mean, to either side."""
MAX_SWING_DB = 15.0
"""Limit of a level against the moving mean. A microphone that is switched on would otherwise outweigh all speech."""
RANGE_DB = 30.0
"""Levels so far below the loudest of the window are its floor: an echo of them would not be heard."""
ABOVE_FLOOR_DB = 5.0
"""Somebody speaks in a step that exceeds the floor by this, and for `HOLD_STEPS` after it."""
HOLD_STEPS = 8
MIN_PEAK_DBOV = -50.0
"""If what a place is sent is never louder, nobody speaks."""
MIN_DBOV = -80.0
"""Lower levels of a microphone are silence. A muted one would otherwise seem to follow every pause."""
MIN_ACTIVE_STEPS = 100
"""Of speech sent to the place, 4 s, before anything is decided."""
BEGIN_CORRELATION, END_CORRELATION = 0.5, 0.3
"""An echo begins at the first and ends below the second."""
BEGIN_FITS, END_MISFITS = 3, 5
"""So many decisions in a row. There is one a second."""
MAX_LAG_CHANGE = 1
"""Steps by which the delay of one echo may differ from one decision to the next."""
CALLS_PER_DECISION = 10
"""Levels come ten times a second, and each time one microphone is decided on, which takes a millisecond: with more than
ten open, each less often than once a second."""


def correlation(
    sent: Sequence[float], heard: Sequence[float], lags: Collection[int] = LAGS
) -> tuple[float, int]:
    """How well `heard` follows `sent` (levels in dBov, by step), and after how many steps.

    From -1 to 1; 0 if too little was sent.
    """
    count = len(sent)
    peak = max(sent)
    bottom = peak - RANGE_DB
    active = _active(sent, bottom + ABOVE_FLOOR_DB)
    if peak < MIN_PEAK_DBOV or sum(active) < MIN_ACTIVE_STEPS:
        return 0.0, 0
    xs = list(map(mul, _detrended([max(level, bottom) for level in sent]), active))
    ys = _detrended([max(level, MIN_DBOV) for level in heard])
    x_squares, y_squares = list(map(mul, xs, xs)), list(map(mul, ys, ys))
    best = (-1.0, 0)
    for lag in lags:
        power = sum(x_squares[: count - lag]) * sum(map(mul, active, y_squares[lag:]))
        if power > 0.0:
            best = max(best, (float(sum(map(mul, xs, ys[lag:]))) / sqrt(power), lag))
    return best


def _active(levels: Sequence[float], limit: float) -> list[float]:
    """1 for each step in which somebody speaks, else 0."""
    found, left = [], 0
    for level in levels:
        left = HOLD_STEPS + 1 if level > limit else left - 1
        found.append(1.0 if left > 0 else 0.0)
    return found


def _detrended(levels: Sequence[float]) -> list[float]:
    """The levels against their moving mean."""
    sums = [0.0]
    for level in levels:
        sums.append(sums[-1] + level)
    count = len(levels)
    found = []
    for n, level in enumerate(levels):
        begin, end = max(0, n - DETREND_STEPS), min(count, n + DETREND_STEPS + 1)
        swing = level - (sums[end] - sums[begin]) / (end - begin)
        found.append(max(-MAX_SWING_DB, min(MAX_SWING_DB, swing)))
    return found


class StepLevels:
    """The levels of one source by step."""

    def __init__(self) -> None:
        self.levels: deque[float] = deque(maxlen=WINDOW_STEPS)
        """In dBov, the newest last; from the first packet on."""
        self._sums: dict[int, tuple[float, float]] = {}
        """By step that is not complete: the packets' powers together, and how many they are."""
        self._gap = MAX_GAP_STEPS
        self._power = 0.0

    def add(self, packets: PacketLevels, after: int) -> None:
        """Take in packets of steps later than `after`; those of earlier ones came too late."""
        for at, level in packets:
            steps = at / STEP_S
            first = floor(steps)
            # The part of the packet that is in the next step.
            rest = min(1.0, max(0.0, (steps - first) - 1.0 + PACKET_STEPS) / PACKET_STEPS)
            for step, share in ((first, 1.0 - rest), (first + 1, rest)):
                if share > 0.0 and after < step <= after + WINDOW_STEPS:
                    power, count = self._sums.get(step, (0.0, 0.0))
                    self._sums[step] = power + share * _power(level), count + share

    def complete(self, step: int) -> float:
        """The power of a step, of which no more packets are expected; full scale is 1."""
        power, count = self._sums.pop(step, (0.0, 0.0))
        if count > 0.0:
            self._power, self._gap = power / count, 0
        else:
            self._gap += 1
            if self._gap > MAX_GAP_STEPS:
                self._power = 0.0
        if count > 0.0 or self.levels:
            self.levels.append(_level(self._power))
        return self._power


@dataclass(slots=True)
class ReturnPath:
    """What a place is sent, and whether it comes back by its microphone."""

    sent: deque[float] = field(default_factory=lambda: deque(maxlen=WINDOW_STEPS))
    """Levels by step, of all that is sent together."""
    lag: int = 0
    """Of the last decision that fitted."""
    streak: int = 0
    """Decisions in a row that speak against the present verdict."""
    talker: str | None = None
    """The source that hears itself; None: no echo."""


class EchoDetector:
    """The echoes of all open microphones."""

    def __init__(self) -> None:
        self._sources: dict[str, StepLevels] = {}
        self._paths: dict[str, ReturnPath] = {}
        """By the source whose microphone hears the place's loudspeakers."""
        self._completed: int | None = None
        """The last complete step."""
        self._calls = 0

    def hear(
        self, levels: Mapping[str, PacketLevels], sent: Mapping[str, Collection[str]], now: float
    ) -> None:
        """Take in the levels of a tenth of a second; `now` is monotonic, in seconds.

        `sent` has, for every open microphone, the sources that its place is sent.
        """
        newest = floor((now - SETTLE_S) / STEP_S) - 1
        if self._completed is None or not 0 <= newest - self._completed <= WINDOW_STEPS:
            self._sources, self._paths, self._completed = {}, {}, newest
        for source, packets in levels.items():
            self._sources.setdefault(source, StepLevels()).add(packets, self._completed)
        self._paths = {source: self._paths.get(source) or ReturnPath() for source in sent}
        for step in range(self._completed + 1, newest + 1):
            powers = {source: found.complete(step) for source, found in self._sources.items()}
            for source, path in self._paths.items():
                path.sent.append(_level(sum(powers.get(other, 0.0) for other in sent[source])))
        self._completed = newest
        self._calls += 1
        for n, (source, path) in enumerate(self._paths.items()):
            if path.talker is not None and path.talker not in sent[source]:
                path.talker, path.streak = None, 0
            if n == self._calls % max(CALLS_PER_DECISION, len(self._paths)):
                self._decide(source, path, sent[source])

    def echoes(self) -> dict[str, str]:
        """By source whose microphone hears the programme: the source that hears itself."""
        return {source: path.talker for source, path in self._paths.items() if path.talker is not None}

    def _decide(self, source: str, path: ReturnPath, others: Collection[str]) -> None:
        heard = self._sources.get(source)
        count = 0 if heard is None else min(len(heard.levels), len(path.sent))
        if heard is None or count < WINDOW_STEPS // 2:
            return
        found, lag = correlation(list(path.sent)[-count:], list(heard.levels)[-count:])
        if lag == 0:
            return  # nobody speaks, so nothing can come back
        if path.talker is None:
            is_same = path.streak == 0 or abs(lag - path.lag) <= MAX_LAG_CHANGE
            fits = found >= BEGIN_CORRELATION
            path.streak, path.lag = ((path.streak if is_same else 0) + 1 if fits else 0), lag
            if path.streak >= BEGIN_FITS:
                path.talker, path.streak = self._talker(heard, others, lag), 0
        else:
            path.streak = path.streak + 1 if found < END_CORRELATION else 0
            if path.streak >= END_MISFITS:
                path.talker, path.streak = None, 0

    def _talker(self, heard: StepLevels, others: Collection[str], lag: int) -> str | None:
        """The one of `others` whose levels the microphone follows best."""

        def fit(other: str) -> float:
            levels = self._sources[other].levels
            count = min(len(heard.levels), len(levels))
            return correlation(list(levels)[-count:], list(heard.levels)[-count:], (lag,))[0]

        # A source that has just come has no complete step yet.
        known = (other for other in others if other in self._sources and self._sources[other].levels)
        return max(known, key=fit, default=None)


def _power(level: float) -> float:
    return pow(10.0, level / 10.0)


def _level(power: float) -> float:
    return SILENCE_DBOV if power <= 0.0 else max(SILENCE_DBOV, 10.0 * log10(power))
