"""The memory of one more receiver: resident bytes of the server between 40 and 160 of them, Schalte and Janus.

At both counts, video flows for long enough to fill the retransmission buffers.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench import janus, netns
from tests.bench.comparison import comparison
from tests.bench.load import Traffic

FEW, MANY = 40, 160
TRAFFIC = Traffic(rate=300, size=1100, bursts=True)
ROUND_S = 5.0
"""At 300 packets a second, this is more than the retransmission buffers hold."""


def run() -> Iterator[dict[str, object]]:
    """One line."""
    return netns.bench("memory", measure)


def measure() -> Iterator[dict[str, object]]:
    """Runs in the isolated network."""
    reason = janus.unavailable()
    line: dict[str, object] = {"bench": "memory", "from": FEW, "to": MANY}
    with comparison(with_janus=reason is None) as sides:
        resident: dict[str, list[int]] = {name: [] for name in sides.sides}
        for viewers in (FEW, MANY):
            sides.grow(viewers)
            for name, side in sides.sides.items():
                sides.play(side, TRAFFIC, ROUND_S)
                resident[name].append(side.resident())
    for name, (few, many) in resident.items():
        line["kib_per_receiver" if name == "ours" else "janus_kib_per_receiver"] = round(
            (many - few) / (MANY - FEW) / 1024, 1
        )
    yield line | ({"janus_skipped": reason} if reason else {})
