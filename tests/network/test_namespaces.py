"""The networks of namespaces.py carry what they are to carry, and nothing else."""

from __future__ import annotations

import errno
import os
import socket

import pytest

from tests.network.namespaces import Net, Site

TIMEOUT_S = 5.0
"""For what must arrive."""


def _socket(site: Site, family: int = 4, kind: int = socket.SOCK_DGRAM) -> socket.socket:
    with site.entered():
        made = socket.socket(socket.AF_INET6 if family == 6 else socket.AF_INET, kind)
    made.settimeout(TIMEOUT_S)
    made.bind(("::" if family == 6 else "0.0.0.0", 0))
    return made


def _arrives(data: bytes, sender: socket.socket, receiver: socket.socket, host: str) -> bool:
    """Whether a datagram arrives. One that passes nothing drops comes after it."""
    port = receiver.getsockname()[1]
    sender.sendto(data, (host, port))
    sender.sendto(b"end", (host, port))
    found = receiver.recv(65_536)
    if found == b"end":
        return False
    assert receiver.recv(65_536) == b"end"
    return found == data


@pytest.mark.parametrize("family", [4, 6])
def test_sites_reach_each_other(internet: Net, family: int) -> None:
    one, two = internet.site("one"), internet.site("two")
    with _socket(one, family) as sender, _socket(two, family) as receiver:
        assert _arrives(b"x" * 1400, sender, receiver, two.v6 if family == 6 else two.v4)


def test_a_site_with_one_family_does_not_have_the_other(internet: Net) -> None:
    one, two = internet.site("one", families=(6,)), internet.site("two")
    assert one.addresses == [one.v6]
    assert one.to(two) == f"[{two.v6}]"
    with _socket(one, 4) as sender, pytest.raises(OSError, match=os.strerror(errno.ENETUNREACH)):
        sender.sendto(b"x", (two.v4, 9))


def test_blocked_udp_does_not_pass_and_tcp_does(internet: Net) -> None:
    one, two = internet.site("one"), internet.site("two")
    two.block("udp")
    with _socket(one) as sender, _socket(two) as receiver, _socket(two, 4, socket.SOCK_STREAM) as listener:
        sender.sendto(b"x", (two.v4, receiver.getsockname()[1]))
        listener.listen()
        with _socket(one, 4, socket.SOCK_STREAM) as client:
            client.connect((two.v4, listener.getsockname()[1]))
        two.unblock()
        sender.sendto(b"y", (two.v4, receiver.getsockname()[1]))
        assert receiver.recv(1) == b"y", "the first was not forwarded"


def test_nat_shows_the_gateway_and_forwards_ports(internet: Net) -> None:
    one, home = internet.site("one"), internet.site("home", nat=True)
    with _socket(one) as outside, _socket(home) as inside:
        inside.sendto(b"x", (one.v4, outside.getsockname()[1]))
        _, address = outside.recvfrom(1)
        assert address[0] == home.public != home.v4
        home.forward("udp", inside.getsockname()[1])
        with _socket(one) as stranger:
            stranger.sendto(b"y", (home.public, inside.getsockname()[1]))
            assert inside.recv(1) == b"y"


def test_nat_rebinding_gives_new_ports(internet: Net) -> None:
    one, home = internet.site("one"), internet.site("home", nat=True)
    with _socket(one) as outside, _socket(home) as inside:
        seen = []
        for _ in range(2):
            inside.sendto(b"x", (one.v4, outside.getsockname()[1]))
            seen.append(outside.recvfrom(1)[1])
            home.rebind()
        assert seen[0] != seen[1]
        inside.sendto(b"x", (one.v4, outside.getsockname()[1]))
        current = outside.recvfrom(1)[1]
        outside.sendto(b"y", seen[1])
        outside.sendto(b"z", current)
        assert inside.recv(1) == b"z", "the one to the port before was not forwarded"


def test_large_packets_vanish_in_a_black_hole(internet: Net) -> None:
    one, two = internet.site("one"), internet.site("two", mtu=1280)
    two.drop_fragments()
    two.drop_icmp_errors()
    with _socket(one) as sender, _socket(two) as receiver:
        assert _arrives(bytes(1252), sender, receiver, two.v4)
        assert not _arrives(bytes(1253), sender, receiver, two.v4)
