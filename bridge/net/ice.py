"""ICE-lite (RFC 8445 section 2.5): we check nobody, and answer those whose check is signed.

What decides here is which address a peer is sent to. A check with USE-CANDIDATE moves it, so does the first
one, and so does one from a new address while the old one is silent: a NAT that rebinds tells nobody. Media
from a new address moves it sooner: a peer sends media only on the path it has chosen, whereas it checks all
of them. Anything that does not name our ufrag and bear our signature gets no answer at all, not even an
error: a port that answers strangers can be made to flood others.

Why media may move a peer: it is authenticated by SRTP, so nobody can make it who has not shaken hands; and it
counts once, since SRTP's replay window lets no packet in twice. Who only hears a peer can at best be faster
with a copy, from whatever address, and then only while the peer is silent where it was: the next packet that
comes from there takes the peer back. That is less than he can do by checks, which have no replay window.
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
import struct
from dataclasses import dataclass
from typing import Any

from aioice import stun

from bridge.sdp.answer import Credentials

Address = tuple[Any, ...]
"""As the socket gives it: (host, port), and two numbers more in IPv6."""

NOWHERE: Address = ("0.0.0.0", 0)
"""No address yet; the socket refuses to send there."""
COOKIE = struct.pack("!I", stun.COOKIE)
HEADER_BYTES = 20
"""Type, length, cookie and transaction id (RFC 8489 section 5)."""
BINDING_REQUEST, USERNAME, INTEGRITY, USE_CANDIDATE = 0x0001, 0x0006, 0x0008, 0x0025
"""Type of the message, and of the attributes that are read (RFC 8489 section 18, RFC 8445 section 16.1)."""
SIGNATURE_BYTES = 20
"""HMAC-SHA1 (RFC 8489 section 14.5)."""
MAX_CHECK_BYTES = 1232
"""Bytes of a check: what fits the smallest IPv6 path. A browser's has about 100. Chromium's have up to 1220 once they
carry its first DTLS records (draft-hancke-webrtc-sped), so 548, the smallest IPv4 path, would keep it out."""
MAX_ATTRIBUTES = 16
"""Attributes of a check. Browsers send 6, and 8 with DTLS records; this bounds what a stranger's check costs."""
MAX_ADDRESSES = 8
"""Addresses a peer may be heard from at once: its interfaces, and the ones it just left. The oldest is
forgotten."""
SILENT = 1.5
"""Seconds without a packet after which a peer's address is no longer its for certain: a check from elsewhere
moves it without USE-CANDIDATE. A living peer sends RTCP every second; the checks of its backup paths must not
take over."""
MOVED = 0.3
"""The same for media from elsewhere. Long enough for packets that were overtaken on the way to a new path, which
must not move a peer back."""


class BadCheck(ValueError):
    """A STUN message that is not answered. The text is one of a few reasons and holds nothing of the
    message."""


def new_credentials() -> Credentials:
    """32 and 128 random bits, more than RFC 8445 section 5.3 asks for."""
    return Credentials(secrets.token_hex(4), secrets.token_hex(16))


class Check:
    """One binding request as it came, not yet believed."""

    __slots__ = ("_data", "_signature_at", "nominates", "ours", "theirs")

    def __init__(self, data: bytes, username: bytes, signature_at: int, *, nominates: bool) -> None:
        """`signature_at`: where the MESSAGE-INTEGRITY attribute begins, in bytes; 0 where there is none."""
        self._data = data
        self._signature_at = signature_at
        # Latin-1 takes any bytes. Ours are hexadecimal, so nothing else can pass for them.
        self.ours, _, self.theirs = username.decode("latin-1").partition(":")
        self.nominates = nominates

    def is_signed_with(self, password: str) -> bool:
        """Whether its MESSAGE-INTEGRITY is right."""
        at = self._signature_at
        if not at:
            return False
        # The signature covers what is before it, with a length as if it ended the message (RFC 8489 section 14.5).
        length = struct.pack("!H", at + 4 + SIGNATURE_BYTES - HEADER_BYTES)
        signed = self._data[:2] + length + self._data[4:at]
        return hmac.compare_digest(
            hmac.digest(password.encode(), signed, "sha1"),
            self._data[at + 4 : at + 4 + SIGNATURE_BYTES],
        )

    def answer(self, password: str, address: Address) -> bytes:
        """The signed success response, which tells the peer the address it was seen at."""
        response = stun.Message(
            stun.Method.BINDING,
            stun.Class.RESPONSE,
            transaction_id=self._data[8:HEADER_BYTES],
            attributes={"XOR-MAPPED-ADDRESS": _plain(address)},
        )
        response.add_message_integrity(password.encode())
        return bytes(response)


def read(data: bytes) -> Check:
    """Read a datagram that begins like STUN.

    It is not parsed by aioice, which takes 180 µs for 360 empty attributes before it looks at a signature. This takes
    3 µs at most, and what it finds is all that is needed. FINGERPRINT is not looked at: it tells STUN from other
    protocols, which the cookie and the signature do as well.

    Raises:
        BadCheck: it is not a binding request of RFC 8489, or larger than one of a browser.
    """
    size = len(data)
    if data[4:8] != COOKIE:
        raise BadCheck("stun: no magic cookie")
    if size > MAX_CHECK_BYTES:
        raise BadCheck("stun: too large")
    if size < HEADER_BYTES:
        raise BadCheck("stun: malformed")
    kind, length = _HEAD.unpack_from(data)
    if kind != BINDING_REQUEST:
        # Answers to checks we never sent, and keepalive indications (RFC 8445 section 11), which carry no
        # signature.
        raise BadCheck("stun: not a binding request")
    if length != size - HEADER_BYTES:
        raise BadCheck("stun: malformed")
    username, signature_at, nominates = b"", 0, False
    at, attributes = HEADER_BYTES, 0
    while at < size:
        attributes += 1
        if attributes > MAX_ATTRIBUTES:
            raise BadCheck("stun: too many attributes")
        if at + 4 > size:
            raise BadCheck("stun: malformed")
        kind, length = _HEAD.unpack_from(data, at)
        # What follows the signature is not signed, and ignored (RFC 8489 section 14.5).
        if not signature_at:
            if kind == USERNAME:
                username = data[at + 4 : at + 4 + length]
            elif kind == USE_CANDIDATE:
                nominates = True
            elif kind == INTEGRITY:
                signature_at = at
        at += 4 + (length + 3 & ~3)
    if at != size:
        raise BadCheck("stun: malformed")
    return Check(data, username, signature_at, nominates=nominates)


_HEAD = struct.Struct("!HH")
"""Type and length: of a message and of an attribute alike."""


def _plain(address: Address) -> tuple[str, int]:
    """Host and port as the peer knows them: a dual-stack socket shows IPv4 as ::ffff:a.b.c.d."""
    ip = ipaddress.ip_address(address[0].partition("%")[0])
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return str(mapped or ip), address[1]


@dataclass(frozen=True, slots=True)
class Generation:
    """One agreement on credentials. An ICE restart makes the next one."""

    ours: Credentials
    theirs: str
    """The peer's ufrag."""


class IceLite:
    """The ICE side of one peer: whom to believe, and where to send."""

    def __init__(self, remote_ufrag: str) -> None:
        self.generations = [Generation(new_credentials(), remote_ufrag)]
        """The newest first. The one before it is believed until the newest has been used: make before
        break."""
        self.selected: Address = NOWHERE
        """Where to send; `NOWHERE` until the first good check."""
        self.addresses: list[Address] = []
        """Where the peer may be heard from, the latest last."""
        self._heard = float("-inf")
        """When something certain last came from the selected address."""

    @property
    def credentials(self) -> Credentials:
        """What the next answer tells the peer."""
        return self.generations[0].ours

    def restart(self, remote_ufrag: str) -> None:
        """The peer has restarted ICE. What is selected stays so until the first check with the new
        credentials."""
        self.generations = [Generation(new_credentials(), remote_ufrag), self.generations[0]]

    def heard(self, address: Address, now: float) -> None:
        """Media that is certainly the peer's has come from `address`, one of its `addresses`."""
        if address != self.selected:
            if now - self._heard <= MOVED:
                return
            self.selected = address
        self._heard = now

    def is_silent(self, now: float) -> bool:
        """Whether nothing has come from the selected address for long enough to doubt that it is still the peer's."""
        return now - self._heard > SILENT

    def accept(self, check: Check, address: Address, now: float) -> bytes:
        """Believe `check` or not.

        Returns the answer to send to `address`.

        Raises:
            BadCheck: it is not of this peer, or not signed.
        """
        # What is cheap to compare comes first: a stranger may have overheard our ufrag, but has no signature.
        generation = next((g for g in self.generations if g.ours.ufrag == check.ours), None)
        if generation is None or check.theirs != generation.theirs:
            raise BadCheck("stun: unknown username")
        if not check.is_signed_with(generation.ours.password):
            raise BadCheck("stun: wrong signature")
        is_first = self.selected is NOWHERE
        if generation is self.generations[0] and len(self.generations) > 1:
            del self.generations[1:]
            is_first = True
        self.remember(address)
        if is_first or check.nominates or self.is_silent(now):
            self.selected = address
        if address == self.selected:
            self._heard = now
        return check.answer(generation.ours.password, address)

    def forget(self, address: Address) -> None:
        """`address` is another peer's now. It must not be the selected one."""
        self.addresses.remove(address)

    def remember(self, address: Address) -> None:
        """The peer has been heard from `address`, and may be again."""
        if address in self.addresses:
            return
        self.addresses.append(address)
        if len(self.addresses) > MAX_ADDRESSES:
            self.addresses.remove(next(a for a in self.addresses if a != self.selected))
