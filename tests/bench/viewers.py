"""The greatest number of viewers: 160 with 1.5 Mb/s for a minute on one core, then more until the server is overloaded.

Overloaded: the server has lost a packet, or delayed more than one in a hundred by over 10 ms. Packets that overflow a
viewer's own buffer do not count as lost.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench import janus, netns
from tests.bench.comparison import Comparison, comparison
from tests.bench.figures import percentile
from tests.bench.load import Traffic

VIEWERS = 160
RATE, SIZE = 150, 1250
"""1.5 Mb/s."""
LONG_RUN_S, SHORT_RUN_S = 60.0, 30.0
GROWTH = 1.25
"""Factor between the viewers of two attempts."""
MAX_ATTEMPTS = 8
ATTEMPT_S = 5.0
MAX_DELAY_MS = 10.0


def run() -> Iterator[dict[str, object]]:
    """One line for each run of Janus and Schalte, then for each attempt to find Schalte's limit."""
    return netns.bench("viewers", measure)


def measure() -> Iterator[dict[str, object]]:
    """Runs in the isolated network."""
    reason = janus.unavailable()
    if reason is None:
        with comparison(with_janus=True) as sides:
            sides.grow(VIEWERS)
            for bursts in (True, False):
                yield _watch(sides, "janus", SHORT_RUN_S, bursts=bursts)[0]
    with comparison(with_janus=False) as sides:
        sides.grow(VIEWERS)
        for seconds, bursts in ((LONG_RUN_S, True), (SHORT_RUN_S, False)):
            line, _ = _watch(sides, "ours", seconds, bursts=bursts)
            yield line | ({"janus_skipped": reason} if reason else {})
        viewers, is_overloaded = VIEWERS, False
        for _ in range(MAX_ATTEMPTS):
            if not is_overloaded:
                viewers = round(viewers * GROWTH)
                sides.grow(viewers)
                line, is_overloaded = _watch(sides, "ours", ATTEMPT_S, bursts=True)
                yield line


def _watch(sides: Comparison, name: str, seconds: float, *, bursts: bool) -> tuple[dict[str, object], bool]:
    """Returns the line, and whether the server was overloaded. `bursts`: a frame at a time, as browsers send it."""
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
        "packets": played.received,
        "lost": lost,
        "p50_ms": round(percentile(played.delays, 50), 2),
        "p99_ms": round(p99, 2),
        "cpu": round(played.cpu / played.seconds, 3),
        "us_per_packet": round(played.us_per_packet, 2),
        "camera_late_p99_ms": round(percentile(played.late, 99), 2),
    }
    return line, lost > 0 or p99 > MAX_DELAY_MS
