"""What one more receiver takes of memory: resident bytes of the server between 40 and 160 of them, ours and Janus.

The picture flows at both counts, for long enough to fill what is kept for repairs.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench import janus, stage
from tests.bench.contest import contest
from tests.bench.load import Traffic

FEW, MANY = 40, 160
TRAFFIC = Traffic(rate=300, size=1100, bursts=True)
SECONDS = 5.0
"""At 300 packets a second: more than are kept."""


def run() -> Iterator[dict[str, object]]:
    """One line."""
    return stage.bench("memory", measure)


def measure() -> Iterator[dict[str, object]]:
    """To be performed on the stage."""
    reason = janus.why_not()
    line: dict[str, object] = {"bench": "memory", "from": FEW, "to": MANY}
    with contest(with_janus=reason is None) as sides:
        resident: dict[str, list[int]] = {name: [] for name in sides.sides}
        for viewers in (FEW, MANY):
            sides.grow(viewers)
            for name, side in sides.sides.items():
                sides.play(side, TRAFFIC, SECONDS)
                resident[name].append(side.resident())
    for name, (few, many) in resident.items():
        line["kib_per_receiver" if name == "ours" else "janus_kib_per_receiver"] = round(
            (many - few) / (MANY - FEW) / 1024, 1
        )
    yield line | ({"janus_skipped": reason} if reason else {})
