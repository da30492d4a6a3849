"""Runs the benchmarks and prints one JSON object per line: `python -m tests.bench [NAME...]`, all by default.

A benchmark is a module of this package with `run()`, which yields the objects.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from collections.abc import Sequence

import tests.bench


def main(wanted: Sequence[str]) -> int:
    """Returns the exit code: 2 for an unknown name."""
    modules = {
        found.name: importlib.import_module(f"tests.bench.{found.name}")
        for found in pkgutil.iter_modules(tests.bench.__path__)
        if not found.name.startswith("_")
    }
    benches = {name: module.run for name, module in sorted(modules.items()) if hasattr(module, "run")}
    unknown = [name for name in wanted if name not in benches]
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there is {', '.join(benches)}", file=sys.stderr)
        return 2
    for name in wanted or benches:
        for line in benches[name]():
            print(json.dumps(line), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
