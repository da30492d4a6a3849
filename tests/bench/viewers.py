"""How many can watch: 160 viewers of 1.5 Mb/s for a minute on one core, and then more and more until it is too much.

Too much is a packet that the server has lost, or one in a hundred that it has held up for more than 10 ms. What came
and found a viewer's own buffer full is not lost by the server, and does not count.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench import janus, stage
from tests.bench.contest import Contest, contest
from tests.bench.figures import percentile
from tests.bench.load import Traffic

VIEWERS = 160
RATE, SIZE = 150, 1250
"""1.5 Mb/s."""
MINUTE, HALF = 60.0, 30.0
STEP = 1.25
"""By how much more viewers at each attempt to find the ceiling."""
ATTEMPTS = 8
ATTEMPT = 5.0
"""Seconds."""
HELD_UP = 10.0
"""Milliseconds."""


def run() -> Iterator[dict[str, object]]:
    """One line for each run: Janus' and ours, then each attempt to find our ceiling."""
    return stage.bench("viewers", measure)


def measure() -> Iterator[dict[str, object]]:
    """To be performed on the stage."""
    reason = janus.why_not()
    if reason is None:
        with contest(with_janus=True) as sides:
            sides.grow(VIEWERS)
            for bursts in (True, False):
                yield _watch(sides, "janus", HALF, bursts=bursts)[0]
    with contest(with_janus=False) as sides:
        sides.grow(VIEWERS)
        for seconds, bursts in ((MINUTE, True), (HALF, False)):
            line, _ = _watch(sides, "ours", seconds, bursts=bursts)
            yield line | ({"janus_skipped": reason} if reason else {})
        viewers, too_much = VIEWERS, False
        for _ in range(ATTEMPTS):
            if not too_much:
                viewers = round(viewers * STEP)
                sides.grow(viewers)
                line, too_much = _watch(sides, "ours", ATTEMPT, bursts=True)
                yield line


def _watch(sides: Contest, name: str, seconds: float, *, bursts: bool) -> tuple[dict[str, object], bool]:
    """Returns the line, and whether it was too much. `bursts`: a picture at a time, as browsers send them."""
    side = sides.sides[name]
    unsent = sides.unsent(side)
    played = sides.play(side, Traffic(RATE, SIZE, bursts), seconds)
    lost = max(played.lost, sides.unsent(side) - unsent)
    p99 = percentile(played.delays, 99)
    line = {
        "bench": "viewers",
        "server": name,
        "viewers": len(side.viewers),
        "bursts": bursts,
        "seconds": seconds,
        "packets": played.came,
        "lost": lost,
        "p50_ms": round(percentile(played.delays, 50), 2),
        "p99_ms": round(p99, 2),
        "cpu": round(played.cpu / played.seconds, 3),
        "us_per_packet": round(played.us_per_packet, 2),
        "camera_late_p99_ms": round(percentile(played.late, 99), 2),
    }
    return line, lost > 0 or p99 > HELD_UP
