"""A network of its own for what a benchmark plays against itself, and an end to everything in it.

Janus and libnice leave loopback addresses out, so both ends have to meet on another one. `unshare` gives a scene a
network in which it can have one without touching the machine's, and process numbers of its own: when the scene ends,
however it ends, the kernel ends whatever it has started, and the network is gone with it.
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
"""Where the servers and their peers meet."""

_LINKS = (
    "link set lo up",
    "link add media type veth peer name other",
    f"addr add {ADDRESS}/24 dev media",
    "link set media up",
    "link set other up",
    "route add default via 10.77.0.2",
)
"""A pair of interfaces, an address and a default route: without that, libnice finds no way to anywhere."""

Line = dict[str, object]


def bench(name: str, scene: Callable[[], Iterator[Line]]) -> Iterator[Line]:
    """What `scene` yields, or one line that says why there is no stage for it."""
    reason = why_not()
    if reason:
        yield {"bench": name, "skipped": reason}
    else:
        yield from perform(scene)


def perform(scene: Callable[[], Iterator[Line]]) -> Iterator[Line]:
    """What `scene`, a function of a module, yields in a network of its own.

    Raises:
        RuntimeError: it failed; it has said why on standard error.
    """
    command = [*_unshare(), sys.executable, "-m", "tests.bench.stage", scene.__module__, scene.__name__]
    # A folder of ours for its files: it may be killed and can then not tidy up.
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
        raise RuntimeError(f"{scene.__module__} has ended with exit code {process.returncode}; see above")


def why_not() -> str | None:
    """Why there is no such network here; None if there is."""
    if not shutil.which("unshare") or not shutil.which("ip"):
        return "no unshare or no ip here; on Debian: apt-get install util-linux iproute2"
    tried = subprocess.run(
        [*_unshare(), "sh", "-c", "ip link add media type veth peer name other"],
        capture_output=True,
        text=True,
        check=False,
    )
    if tried.returncode:
        return f"no network of its own to be had ({tried.stderr.strip()}); run it as root, or allow user namespaces"
    return None


def _unshare() -> list[str]:
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    # Killed with its parent, as what it starts is with it: nothing outlives a benchmark that was killed.
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


def _play(module: str, scene: str) -> None:
    for link in _LINKS:
        subprocess.run(["ip", *link.split()], check=True)
    for line in getattr(importlib.import_module(module), scene)():
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    _play(*sys.argv[1:])
