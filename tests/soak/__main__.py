"""Run the show for minutes and hold it to its limits: `python -m tests.soak [NAME...] [--minutes N]`, or `make soak`.

One JSON object a line for each scenario, with its figures, their limits and `missed`, the figures over their limit.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys

from tests.soak.crowd import crowd
from tests.soak.figures import Line
from tests.soak.idle import idle
from tests.soak.kills import kills
from tests.soak.strangers import strangers

MINUTES = {"crowd": 10.0, "idle": 0.5, "strangers": 1.0, "kills": 30.0}
"""Length of each scenario; `idle` is how long the sockets are held."""
MAX_MINUTES = 24 * 60.0


async def scenario(name: str, seconds: float, seed: int) -> Line:
    """Run one scenario with everybody that it has."""
    match name:
        case "crowd":
            return await crowd(seconds)
        case "idle":
            return await idle(seconds)
        case "strangers":
            return await strangers(seconds)
        case _:
            return await kills(seconds, seed)


def main() -> int:
    """Returns the exit code: 1 if a limit was missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__.partition("\n")[0])
    parser.add_argument("name", nargs="*", choices=[*MINUTES, []], help="all by default")
    parser.add_argument("--minutes", type=float, help="of each scenario")
    parser.add_argument("--seed", type=int, default=20180915, help="of the kills")
    chosen = parser.parse_args()
    is_missed = False
    for name in chosen.name or MINUTES:
        minutes = min(MAX_MINUTES, chosen.minutes or MINUTES[name])
        line = asyncio.run(scenario(name, minutes * 60, chosen.seed))
        print(json.dumps(line), flush=True)
        is_missed |= bool(line["missed"])
    return int(is_missed)


if __name__ == "__main__":
    sys.exit(main())
