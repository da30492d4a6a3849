"""What a server adds to the way of a packet, from the camera's socket to that of each of 40 viewers: ours and Janus.

All ends are on one machine and one clock. A picture's packets come one by one, or all at once, as browsers send them:
then the last of them waits for all the others to be sent to everybody.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from tests.bench import janus, stage
from tests.bench.contest import contest
from tests.bench.figures import percentile
from tests.bench.load import Traffic

VIEWERS = 40
RATE = 300
SIZE = 1100
ROUNDS = 5
SECONDS = 5.0
"""Of one round."""


def run() -> Iterator[dict[str, object]]:
    """One line for each shape of the traffic: medians of the rounds."""
    return stage.bench("delay", measure)


def measure() -> Iterator[dict[str, object]]:
    """To be performed on the stage."""
    reason = janus.why_not()
    with contest(with_janus=reason is None) as sides:
        sides.grow(VIEWERS)
        for bursts in (False, True):
            line: dict[str, object] = {"bench": "delay", "subscribers": VIEWERS, "bursts": bursts}
            rounds = sides.rounds(Traffic(RATE, SIZE, bursts), count=ROUNDS, seconds=SECONDS)
            for name, prefix in (("ours", ""), ("janus", "janus_")):
                for of in (50, 99) if name in rounds else ():
                    delays = [percentile(played.delays, of) for played in rounds[name]]
                    line[f"{prefix}p{of}_ms"] = round(statistics.median(delays), 3)
            late = [percentile(played.late, 99) for of_one in rounds.values() for played in of_one]
            line["camera_late_p99_ms"] = round(statistics.median(late), 3)
            yield line | ({"janus_skipped": reason} if reason else {})
