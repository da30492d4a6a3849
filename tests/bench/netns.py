"""An isolated network for benchmarks with both ends on one machine, and the end of all their processes.

Janus and libnice ignore loopback addresses, so both ends need another one. `unshare` makes a network namespace with
one, and a process namespace: when the benchmark ends in any way, the kernel ends all its processes, and the network is
removed.
"""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator

ADDRESS = "10.77.0.1"
"""The address of the servers and their peers."""

_LINKS = (
    "link set lo up",
    "link add media type veth peer name other",
    f"addr add {ADDRESS}/24 dev media",
    "link set media up",
    "link set other up",
    "route add default via 10.77.0.2",
)
"""A pair of interfaces, an address and a default route: without one, libnice finds no candidates."""

Line = dict[str, object]


def bench(name: str, measure: Callable[[], Iterator[Line]]) -> Iterator[Line]:
    """The lines of `measure`, or one line with the reason if there is no isolated network."""
    reason = unavailable()
    if reason:
        yield {"bench": name, "skipped": reason}
    else:
        yield from run_isolated(measure)


def run_isolated(measure: Callable[[], Iterator[Line]]) -> Iterator[Line]:
    """The lines of `measure`, a module-level function, run in an isolated network.

    Raises:
        RuntimeError: it failed; the reason is on standard error.
    """
    command = [*_unshare(), sys.executable, "-m", "tests.bench.netns", measure.__module__, measure.__name__]
    # A temporary folder of the parent: the process may be killed, and then removes nothing.
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "TMPDIR": folder}
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
            try:
                for line in process.stdout or ():
                    yield json.loads(line)
                process.wait()
            finally:
                process.kill()
    if process.returncode:
        raise RuntimeError(f"{measure.__module__} has ended with exit code {process.returncode}; see above")


def unavailable() -> str | None:
    """Why no isolated network can be made here; None if it can."""
    if not shutil.which("unshare") or not shutil.which("ip"):
        return "unshare or ip is missing; on Debian: apt-get install util-linux iproute2"
    tried = subprocess.run(
        [*_unshare(), "sh", "-c", "ip link add media type veth peer name other"],
        capture_output=True,
        text=True,
        check=False,
    )
    if tried.returncode:
        return f"an isolated network cannot be made ({tried.stderr.strip()}); run it as root, or allow user namespaces"
    return None


def _unshare() -> list[str]:
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    # Killed with its parent, and its children with it: nothing outlives a killed benchmark.
    return [
        "setpriv",
        "--pdeathsig",
        "KILL",
        "unshare",
        *user,
        "--net",
        "--pid",
        "--fork",
        "--kill-child",
        "--mount-proc",
    ]


def _play(module: str, measure: str) -> None:
    for link in _LINKS:
        subprocess.run(["ip", *link.split()], check=True)
    for line in getattr(importlib.import_module(module), measure)():
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    _play(*sys.argv[1:])
