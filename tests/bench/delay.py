"""The delay that a server adds to a packet, from the camera's socket to those of 40 viewers: Schalte and Janus.

All ends are on one machine and share its clock. The packets of a frame arrive one by one, or all at once, as browsers
send them: then the last one waits until all others have been sent to all viewers.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from tests.bench import janus, netns
from tests.bench.comparison import comparison
from tests.bench.figures import percentile
from tests.bench.load import Traffic

VIEWERS = 40
RATE = 300
SIZE = 1100
ROUNDS = 5
ROUND_S = 5.0


def run() -> Iterator[dict[str, object]]:
    """One line for each kind of traffic: medians of the rounds."""
    return netns.bench("delay", measure)


def measure() -> Iterator[dict[str, object]]:
    """Runs in the isolated network."""
    reason = janus.unavailable()
    with comparison(with_janus=reason is None) as sides:
        sides.grow(VIEWERS)
        for bursts in (False, True):
            line: dict[str, object] = {"bench": "delay", "subscribers": VIEWERS, "bursts": bursts}
            rounds = sides.rounds(Traffic(RATE, SIZE, bursts), count=ROUNDS, seconds=ROUND_S)
            for name, prefix in (("ours", ""), ("janus", "janus_")):
                for of in (50, 99) if name in rounds else ():
                    delays = [percentile(played.delays, of) for played in rounds[name]]
                    line[f"{prefix}p{of}_ms"] = round(statistics.median(delays), 3)
            late = [percentile(played.late, 99) for of_one in rounds.values() for played in of_one]
            line["camera_late_p99_ms"] = round(statistics.median(late), 3)
            yield line | ({"janus_skipped": reason} if reason else {})
