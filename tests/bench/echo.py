"""Finding echo among twelve open microphones that are all spoken into: the CPU time that it takes of the event loop."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

from signaling.show.echo import SETTLE_S, STEP_S, WINDOW_STEPS, EchoDetector
from tests.unit.signaling.show.envelopes import PACKETS_PER_S, room, talker, together

MICROPHONES = 12
SECONDS = 30
CALLS_PER_S = 10
LIMIT_MS_PER_S = 20.0
"""2 % of one core."""


def run() -> Iterator[dict[str, object]]:
    draw = random.Random(1)
    sounds = {f"place{n}": together(talker(draw, SECONDS), room(draw, SECONDS)) for n in range(MICROPHONES)}
    sent = {source: [other for other in sounds if other != source] for source in sounds}
    detector = EchoDetector()
    per_call = PACKETS_PER_S // CALLS_PER_S
    took: list[float] = []
    for call in range(SECONDS * CALLS_PER_S):
        begin = call / CALLS_PER_S
        packets = {
            source: [
                (begin + n / PACKETS_PER_S, level)
                for n, level in enumerate(levels[call * per_call : (call + 1) * per_call])
            ]
            for source, levels in sounds.items()
        }
        before = time.process_time()
        detector.hear(packets, sent, begin + 1 / CALLS_PER_S)
        if begin > WINDOW_STEPS * STEP_S + SETTLE_S:
            took.append((time.process_time() - before) * 1_000)
    per_s = sum(took) / len(took) * CALLS_PER_S
    yield {
        "bench": "echo",
        "microphones": MICROPHONES,
        "ms_per_s": round(per_s, 1),
        "longest_ms": round(max(took), 1),
        "echoes": len(detector.echoes()),
        "reached": per_s <= LIMIT_MS_PER_S,
    }
