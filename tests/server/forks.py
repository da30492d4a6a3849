"""Server processes of tests, forked from one process that has imported everything.

A server needs 1.1 s of processor time to start, nearly all of it for imports, and the tests start some 300 of them. A
fork has all imports done. What starts it, and what it does from then on, is the command line's own `main`.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress

MAX_REQUEST_BYTES = 1 << 16
"""Of a request: the arguments and the environment, as JSON."""
STARTED, ENDED = "started", "ended"


class Forked:
    """A process of the command line: what tests use of `asyncio.subprocess.Process`."""

    def __init__(self, pid: int, stderr: asyncio.StreamReader, pipes: list[asyncio.ReadTransport]) -> None:
        self.pid = pid
        self.stderr = stderr
        self._pipes = pipes
        self.returncode: int | None = None
        self._ended = asyncio.Event()

    def end(self, returncode: int) -> None:
        """Note how it has ended: its exit code, or minus the signal."""
        self.returncode = returncode
        self._ended.set()

    async def wait(self) -> int:
        """Its exit code, as soon as it has ended."""
        await self._ended.wait()
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            with suppress(ProcessLookupError):  # it ends at this moment
                os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def close(self) -> None:
        """Close this end of its pipes."""
        for pipe in self._pipes:
            pipe.close()


class ForkServer:
    """The process with everything imported. It ends with this process, or with `close`."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            command = [sys.executable, "-m", __name__, str(theirs.fileno())]
            self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()])
        self._requests = ours
        self._watching: set[asyncio.Task[None]] = set()

    async def start(self, *arguments: str) -> Forked:
        """Start `schalte` with `arguments` in this process's environment and folder.

        Its standard output is discarded.
        """
        reads, writes = zip(*(os.pipe() for _ in range(2)), strict=True)
        request = json.dumps([arguments, dict(os.environ), os.getcwd()]).encode()
        assert len(request) < MAX_REQUEST_BYTES
        socket.send_fds(self._requests, [request], writes)
        for writing in writes:
            os.close(writing)
        (stderr, errors), (told, ends) = [await _reader(reading) for reading in reads]
        forked = Forked(int(await told.readline()), stderr, [errors, ends])
        self._watching = {task for task in self._watching if not task.done()}
        self._watching.add(asyncio.create_task(_watch(told, forked)))
        return forked

    def close(self) -> None:
        """End it. What was forked goes on."""
        self._requests.close()
        self._process.wait()


async def _reader(descriptor: int) -> tuple[asyncio.StreamReader, asyncio.ReadTransport]:
    reader = asyncio.StreamReader()
    connecting = asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(descriptor, "rb", 0)
    )
    pipe, _ = await connecting
    return reader, pipe


async def _watch(told: asyncio.StreamReader, forked: Forked) -> None:
    forked.end(int(await told.readline()))


# The process with everything imported -----------------------------------------------------------------------


def _serve(requests: socket.socket) -> None:
    """Fork for each request until the tests have closed their end."""
    while True:
        request, descriptors, _, _ = socket.recv_fds(requests, MAX_REQUEST_BYTES, 2)
        if not request:
            return
        if os.fork() == 0:
            requests.close()
            _attend(*json.loads(request), *descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        _reap()


def _reap() -> None:
    """Collect the attendants that have ended."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass


def _attend(arguments: Sequence[str], environment: dict[str, str], folder: str, err: int, told: int) -> None:
    """Fork the command and tell its process id and its end."""
    pid = os.fork()
    if pid == 0:
        os.close(told)
        _run(arguments, environment, folder, err)
    os.close(err)
    os.write(told, b"%d\n" % pid)
    _, status = os.waitpid(pid, 0)
    with suppress(BrokenPipeError):  # the test has ended before
        os.write(told, b"%d\n" % os.waitstatus_to_exitcode(status))
    os._exit(0)


def _run(arguments: Sequence[str], environment: dict[str, str], folder: str, err: int) -> None:
    """Be `schalte`, until its end."""
    from signaling.cli import main

    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    os.dup2(0, 1)
    os.dup2(err, 2)
    os.close(err)
    # Python has noted of the old ones what they were: a file that can seek, perhaps.
    sys.stdin, sys.stdout, sys.stderr = os.fdopen(0), os.fdopen(1, "w"), os.fdopen(2, "w")
    os.chdir(folder)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(environment)
    random.seed()
    code = 1
    try:
        code = main(list(arguments))
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except BaseException:  # noqa: BLE001 - as the interpreter does it
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _import_everything() -> None:
    """What `schalte serve` imports when it runs."""
    import signaling.cli.links
    import signaling.cli.serve
    import signaling.cli.serving
    import signaling.log  # noqa: F401


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the tests, which close their end
    _import_everything()
    _serve(socket.socket(fileno=int(sys.argv[1])))
