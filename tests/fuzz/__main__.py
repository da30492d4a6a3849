"""Fuzz the parsers of untrusted input: `python -m tests.fuzz [TARGET...]`, or `make fuzz`.

A million inputs by default, shared among the targets. It prints the seed, and an input that caused a failure in
hexadecimal, so that it can become a test.
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
import sys
import time

from tests.fuzz.targets import TARGETS, FuzzFailure, run

INPUTS = 1_000_000


def main() -> int:
    """Returns the exit code: 1 after a failure."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__.partition("\n")[0])
    parser.add_argument("target", nargs="*", choices=[*TARGETS, []], help="all by default")
    parser.add_argument("--inputs", type=int, default=INPUTS, help=f"in all, {INPUTS} by default")
    parser.add_argument("--seed", type=int, default=secrets.randbits(32), help="at random by default")
    chosen = parser.parse_args()
    names = chosen.target or list(TARGETS)
    share = sum(TARGETS[name].share for name in names)
    print(f"seed {chosen.seed}")
    for name in names:
        inputs = max(1, chosen.inputs * TARGETS[name].share // share)
        began = time.monotonic()
        try:
            asyncio.run(run(name, chosen.seed, inputs))
        except FuzzFailure as failure:
            print(f"{name}: {failure}", file=sys.stderr)
            return 1
        print(f"{name}: {inputs} inputs in {time.monotonic() - began:.0f} s, no failure", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
