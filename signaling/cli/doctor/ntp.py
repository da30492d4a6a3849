"""The machine's clock against a time server (SNTP, RFC 4330)."""

from __future__ import annotations

import asyncio
import struct
import time

from signaling.cli.doctor.finding import Finding

NTP_PORT = 123
TIMEOUT_S = 2.0
"""Seconds for one answer of a time server."""
UNIX_EPOCH_S = 2_208_988_800
"""Seconds from the epoch of NTP, 1900, to 1970."""
WARN_S, FAULT_S = 0.5, 5.0
"""Deviation. Half a second is seen on two clocks side by side; after five a hard start is plainly late."""
_PACKET_BYTES = 48
_CLIENT_REQUEST = b"\x23" + bytes(_PACKET_BYTES - 1)
"""Version 4, mode 3."""


async def clock_finding(server: str) -> Finding:
    """Compare the clock with that of `server`, a host with an optional port."""
    try:
        offset = await _offset(server)
    except (OSError, TimeoutError, ValueError) as fault:
        why = str(fault) or "no answer"
        return Finding(
            "clock",
            "unknown",
            f"{server} cannot be asked ({why}). Compare this machine's clock yourself, or name another with --ntp.",
        )
    text = f"{abs(offset):.2f} s {'behind' if offset > 0 else 'ahead of'} {server}."
    if abs(offset) < WARN_S:
        return Finding("clock", "ok", text)
    return Finding(
        "clock",
        "fault" if abs(offset) >= FAULT_S else "warning",
        f"{text} Set it right: timedatectl set-ntp true",
    )


async def _offset(server: str) -> float:
    """How many seconds this machine's clock is behind."""
    host, _, port = server.rpartition(":") if server.count(":") == 1 else (server, "", "")
    loop = asyncio.get_running_loop()
    answered: asyncio.Future[tuple[bytes, float]] = loop.create_future()

    class Receiver(asyncio.DatagramProtocol):
        def datagram_received(self, data: bytes, address: object) -> None:
            if not answered.done():
                answered.set_result((data, time.time()))

        def error_received(self, fault: Exception) -> None:
            if not answered.done():
                answered.set_exception(fault)

    transport, _protocol = await loop.create_datagram_endpoint(
        Receiver, remote_addr=(host, int(port or NTP_PORT))
    )
    try:
        sent = time.time()
        transport.sendto(_CLIENT_REQUEST)
        async with asyncio.timeout(TIMEOUT_S):
            data, received = await answered
    finally:
        transport.close()
    if len(data) < _PACKET_BYTES or data[0] & 7 != 4 or data[1] == 0:
        raise ValueError("its answer is no time")
    received_there, sent_there = _instant(data, 32), _instant(data, 40)
    return ((received_there - sent) + (sent_there - received)) / 2


def _instant(packet: bytes, at: int) -> float:
    """A timestamp of NTP in seconds since 1970."""
    seconds, fraction = struct.unpack_from("!II", packet, at)
    return float(seconds - UNIX_EPOCH_S + fraction / 2**32)
