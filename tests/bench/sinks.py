"""Receivers that cost almost nothing: sockets in a process of its own that count the RTP packets that arrive.

Headers are not encrypted, so nothing is decrypted: packets are told apart by SSRC and sequence number.
"""

from __future__ import annotations

import json
import selectors
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

ADDRESS = "127.0.0.1"
RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024
RTP_HEADER_BYTES = 12
QUIET_S = 0.3
"""Seconds without a packet after which all have arrived."""


class Sinks:
    """A running process of receivers. Use `sinks`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.pid = process.pid
        self._process = process
        self.addresses = [(ADDRESS, int(port)) for port in self._read()]

    def received(self) -> int:
        """Waits until no more packets arrive, and returns how many different ones did. It ends the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        return int(self._read()[0])

    def _read(self) -> list[int]:
        assert self._process.stdout is not None
        found: list[int] = json.loads(self._process.stdout.readline())
        return found


@contextmanager
def sinks(count: int) -> Iterator[Sinks]:
    """So many receivers, each with its own address."""
    pipe = subprocess.PIPE
    command = [sys.executable, "-m", "tests.bench.sinks", str(count)]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        try:
            yield Sinks(process)
        finally:
            process.kill()


def main(count: int) -> None:
    """Print the ports, count packets until standard input ends, print the number of different ones."""
    selector = selectors.DefaultSelector()
    ports = []
    for _ in range(count):
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
        sock.bind((ADDRESS, 0))
        ports.append(sock.getsockname()[1])
        selector.register(sock, selectors.EVENT_READ)
    selector.register(sys.stdin, selectors.EVENT_READ)
    print(json.dumps(ports), flush=True)
    packets: set[bytes] = set()
    is_ending = False
    while (ready := selector.select(QUIET_S)) or not is_ending:
        for key, _ in ready:
            if isinstance(key.fileobj, socket.socket):
                read(key.fileobj, packets)
            else:
                selector.unregister(key.fileobj)
                is_ending = True
    print(json.dumps([len(packets)]), flush=True)


def read(sock: socket.socket, packets: set[bytes]) -> None:
    """Note the sequence number and SSRC of every RTP packet that waits."""
    while True:
        try:
            header = sock.recv(RTP_HEADER_BYTES)
        except BlockingIOError:
            return
        is_rtcp = 191 < header[1] < 224
        if not is_rtcp:
            packets.add(header[2:4] + header[8:12])


if __name__ == "__main__":
    main(int(sys.argv[1]))
