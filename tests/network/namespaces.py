"""Real networks for tests, from Linux network namespaces: routers, NAT, blocked UDP, small MTU, IPv4 or IPv6 alone.

A `Net` is a small internet. Its core routes between sites; a `Site` is one place's access to it with one machine:

    server ── core ── hall            (site "hall")
               └──── gateway ── cafe  (site "cafe", nat=True)

    async def test_of_a_hall(tmp_path: Path) -> None:
        with net() as internet:                              # skips the test with the reason if there are no namespaces
            inside, hall = internet.site("server"), internet.site("hall", mtu=1280)
            hall.block("udp")                                # unblock() ends it
            with inside.entered():                           # from here on, the test itself is on the server's machine
                options = ("--host", "::", "--media-address", *inside.addresses)
                async with server(event, data, *options) as running:
                    link = running.link("venue", "krefeld").replace("127.0.0.1", hall.to(inside))
                    process = await asyncio.create_subprocess_exec(*hall.enter, sys.executable, "-m", "signaling", ...)

- `entered()` changes the network of the current thread: sockets and processes made within belong to that machine, and
  stay there. Names are resolved in other threads, so use addresses.
- `enter` goes before any command line, `before=` of `tests.server.process` included. `executable()` makes a program
  for a browser's `executable_path`.
- A site has `families=(4, 6)`, or only one of them; `v4`, `v6` and `addresses` are those of its machine. With
  `nat=True`, the machine has a private IPv4 address, `public` is the gateway's, and `forward("udp", 8081)` lets
  packets in.
- `mtu` is that of the link between core and site. `drop_fragments()` and `drop_icmp_errors()` make it a path where
  large packets vanish without a sign.
- Nothing outlives the test: each namespace lives as long as a process, which the kernel kills with this one.

As another user than root: `unshare --user --map-root-user --net python -m pytest tests/network/test_namespaces.py`.
"""

from __future__ import annotations

import ctypes
import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

CLONE_NEWNET = 0x40000000
"""From linux/sched.h; `os.setns` comes with Python 3.12."""
_libc = ctypes.CDLL(None, use_errno=True)
_NETWORK = Path("/proc/thread-self/ns/net")
_HOME = _NETWORK.readlink() if _NETWORK.is_symlink() else None
"""The network that the tests start in; None on a system without namespaces."""


def is_home() -> bool:
    """Whether this thread has entered no other machine: processes that were started before are on its network."""
    return _HOME is None or _NETWORK.readlink() == _HOME


class Machine:
    """One network namespace."""

    def __init__(self, name: str) -> None:
        self.name = name
        # Killed with the test process, and its namespace with it.
        command = [
            "setpriv",
            "--pdeathsig",
            "KILL",
            "unshare",
            "--net",
            "sh",
            "-c",
            "echo; exec sleep infinity",
        ]
        self._holder = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert self._holder.stdout is not None
        if not self._holder.stdout.readline():
            _, why = self._holder.communicate()
            raise OSError(why.decode().strip())
        self.pid = self._holder.pid
        self.enter: tuple[str, ...] = ("nsenter", f"--net=/proc/{self.pid}/ns/net", "--")
        """Put it before a command line."""
        self.run("ip link set lo up")
        self.run(
            "sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv6.conf.default.accept_dad=0"
        )

    def run(self, command: str, text: str | None = None) -> str:
        """Run a command on this machine; `text` is its standard input. Returns its output.

        Raises:
            AssertionError: it has failed; the text says why.
        """
        done = subprocess.run(
            [*self.enter, *shlex.split(command)], input=text, capture_output=True, text=True, check=False
        )
        assert not done.returncode, f"{self.name}: {command}\n{text or ''}\n{done.stderr}"
        return done.stdout

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Sockets and processes that this thread makes within the context are on this machine."""
        home = os.open(_NETWORK, os.O_RDONLY)
        there = os.open(f"/proc/{self.pid}/ns/net", os.O_RDONLY)
        try:
            _set_network(there)
            try:
                yield
            finally:
                _set_network(home)
        finally:
            os.close(there)
            os.close(home)

    def executable(self, program: str, folder: Path) -> Path:
        """A program in `folder` that runs `program` on this machine, for those that take no command line."""
        path = folder / f"{Path(program).name}-{self.name}"
        path.write_text(f'#!/bin/sh\nexec {shlex.join(self.enter)} {shlex.quote(program)} "$@"\n')
        path.chmod(0o755)
        return path

    def filter(self, table: str, chains: str) -> None:
        """Load an nftables table of the family inet with these chains, in place of one of the same name."""
        self.run(
            "nft -f -",
            f"table inet {table}\ndelete table inet {table}\ntable inet {table} {{\n{chains}\n}}\n",
        )

    def end(self) -> None:
        """Kill its holder. The namespace ends with the last process and socket in it."""
        self._holder.kill()
        self._holder.communicate()


class Site(Machine):
    """A machine of its own, its link to the core, and its gateway if it is behind NAT. Made by `Net.site`."""

    def __init__(
        self, name: str, number: int, core: Machine, *, mtu: int, families: Sequence[int], nat: bool
    ) -> None:
        super().__init__(name)
        self.link = f"to{number}"
        """The core's interface towards it."""
        self.v4, self.v6 = f"10.77.{number}.2", f"fd77:{number}::2"
        self.public = self.v4
        """The IPv4 address at which others see it."""
        self.gateway = Machine(f"{name}'s gateway") if nat else None
        self._core, self._families = core, families
        outer = self.gateway or self
        _connect(core, self.link, outer, "uplink", mtu=mtu)
        if 4 in families:
            core.run(f"ip addr add 10.77.{number}.1/24 dev {self.link}")
            outer.run(f"ip addr add 10.77.{number}.2/24 dev uplink")
            outer.run(f"ip route add default via 10.77.{number}.1")
        if 6 in families:
            core.run(f"ip addr add fd77:{number}::1/64 dev {self.link} nodad")
            inner_net = "/126" if nat else "/64"
            outer.run(f"ip addr add fd77:{number}::2{inner_net} dev uplink nodad")
            outer.run(f"ip route add default via fd77:{number}::1 dev uplink onlink")
        if self.gateway is not None:
            assert 4 in families, "NAT is for IPv4"
            self.v4 = f"192.168.{number}.2"
            _connect(self.gateway, "lan", self, "uplink", mtu=1500)
            self.gateway.run(f"ip addr add 192.168.{number}.1/24 dev lan")
            self.run(f"ip addr add {self.v4}/24 dev uplink")
            self.run(f"ip route add default via 192.168.{number}.1")
            self._families = (4,)
            self._forwarded: list[str] = []
            self._translate()

    @property
    def addresses(self) -> list[str]:
        """Of its machine: IPv4, IPv6, or both."""
        return [a for family, a in ((4, self.v4), (6, self.v6)) if family in self._families]

    def to(self, other: Site) -> str:
        """The host of a URL that leads from here to `other`, IPv4 first."""
        return other.public if 4 in self._families and 4 in other._families else f"[{other.v6}]"

    def forward(self, protocol: str, port: int) -> None:
        """Behind NAT: forward a port of the gateway to the machine."""
        self._forwarded.append(f"iifname uplink {protocol} dport {port} dnat ip to {self.v4}")
        self._translate()

    def _translate(self) -> None:
        assert self.gateway is not None
        self.gateway.filter(
            "nat",
            "chain in { type nat hook prerouting priority dstnat;\n" + "\n".join(self._forwarded) + "\n}\n"
            "chain out { type nat hook postrouting priority srcnat; oifname uplink masquerade fully-random\n}",
        )

    def rebind(self) -> None:
        """Behind NAT: forget the mappings, so that packets to the old ports are lost and new ones get new ports."""
        assert self.gateway is not None
        # The kernel forgets them with the interface, and the routes as well.
        self.gateway.run("ip link set uplink down")
        self.gateway.run("ip link set uplink up")
        self.gateway.run(f"ip route add default via {self.public.rpartition('.')[0]}.1")

    def block(self, *protocols: str) -> None:
        """Let no packet of these pass between core and site, in either direction, in place of an earlier `block`.

        Each is an nftables match: `udp`, `tcp`, `tcp dport 8081`, `udp dport != 53`.
        """
        rules = []
        for protocol in protocols:
            match = protocol if " " in protocol else f"meta l4proto {protocol}"
            rules += [f"iifname {self.link} {match} drop"]
            rules += [f"oifname {self.link} {match.replace('dport', 'sport')} drop"]
        self._core.filter(
            f"block_{self.link}",
            "chain c { type filter hook forward priority 0;\n" + "\n".join(rules) + "\n}",
        )

    def unblock(self) -> None:
        """End `block`."""
        self.block()

    def drop_fragments(self) -> None:
        """Drop fragments that arrive here, as many firewalls do. Before conntrack would put them together."""
        (self.gateway or self).filter(
            "fragments",
            "chain c { type filter hook prerouting priority -450;\n"
            "ip frag-off & 0x3fff != 0 counter drop\nexthdr frag exists counter drop\n}",
        )

    def drop_icmp_errors(self) -> None:
        """Let the core report to nobody that a packet is too large for a link: a path MTU black hole."""
        self._core.filter(
            "icmp_errors",
            "chain c { type filter hook output priority 0;\n"
            "icmp type destination-unreachable drop\nicmpv6 type packet-too-big drop\n}",
        )


class Net:
    """A core and its sites. Made by `net`."""

    def __init__(self) -> None:
        self.core = Machine("core")
        self.sites: list[Site] = []

    def site(
        self, name: str, *, mtu: int = 1500, families: Sequence[int] = (4, 6), nat: bool = False
    ) -> Site:
        """Connect a site. `mtu` in bytes, from 1280 with IPv6."""
        site = Site(name, len(self.sites) + 1, self.core, mtu=mtu, families=families, nat=nat)
        self.sites.append(site)
        return site

    def end(self) -> None:
        """Remove all of it."""
        for site in self.sites:
            site.end()
            if site.gateway is not None:
                site.gateway.end()
        self.core.end()


@contextmanager
def net() -> Iterator[Net]:
    """A network for one test, which is skipped if this machine permits none."""
    reason = unavailable()
    if reason:
        pytest.skip(reason)
    made = Net()
    try:
        yield made
    finally:
        made.end()


def unavailable() -> str | None:
    """Why this machine permits no network namespaces with packet filters; None if it does."""
    missing = [p for p in ("setpriv", "unshare", "nsenter", "ip", "nft", "sysctl") if not shutil.which(p)]
    if missing:
        return f"{', '.join(missing)} missing; on Debian: apt-get install util-linux iproute2 nftables procps"
    if os.geteuid():
        return "network namespaces need root, or a user namespace: unshare --user --map-root-user --net"
    check = "ip link add one type veth peer name two && nft add table inet filter && sysctl -qw net.ipv4.ip_forward=1"
    tried = subprocess.run(
        ["unshare", "--net", "sh", "-c", check], capture_output=True, text=True, check=False
    )
    return f"network namespaces cannot be used here: {tried.stderr.strip()}" if tried.returncode else None


def _connect(one: Machine, here: str, other: Machine, there: str, *, mtu: int) -> None:
    one.run(f"ip link add name {here} mtu {mtu} type veth peer name {there} mtu {mtu} netns {other.pid}")
    one.run(f"ip link set {here} up")
    other.run(f"ip link set {there} up")


def _set_network(descriptor: int) -> None:
    if _libc.setns(descriptor, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
