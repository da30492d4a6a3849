"""ICE-lite (RFC 8445 section 2.5): the bridge finds no paths itself, and answers checks that are signed.

This module decides to which address a peer is sent packets. Three checks change it: the first one, one with
USE-CANDIDATE, and one from a new address while the old one is silent, since a NAT rebinding is not announced. Media
from a new address changes it sooner: a peer checks all paths, but sends media only on the one it has chosen. A check
that does not name our ufrag or is not signed gets no answer, not even an error: a port that answers strangers can be
made to flood others.

An address that is to be selected must first show that it receives, see `bridge.net.consent`. Until the DTLS handshake
is done the first address is an exception: it is sent the few records of the handshake, which shows the same. A check
whose transaction id has been seen is a copy or a retransmission, and changes nothing.
"""

from __future__ import annotations

import ipaddress
import secrets
from dataclasses import dataclass
from typing import Any

from bridge.net.consent import CONSENT_RENEWAL_S, CONSENT_S, Consent
from bridge.net.stun import BadStun, StunMessage, make_answer
from bridge.sdp.answer import Credentials

Address = tuple[Any, ...]
"""As the socket returns it: (host, port), and two more numbers for IPv6."""

NO_ADDRESS: Address = ("0.0.0.0", 0)
"""None is known yet. The socket refuses to send there."""
MAX_ADDRESSES = 8
"""From which a peer may send at once: its interfaces, and those it just left. Beyond that the oldest is removed."""
SILENT_ADDRESS_S = 1.5
"""After this long without a packet from the selected address, a check from another one selects that, without
USE-CANDIDATE. A living peer sends RTCP every second, so checks of its backup paths do not move it."""
MAX_REMEMBERED_IDS = 256
"""Transaction ids of a peer's latest checks. Copies of older ones get an answer, and move nothing."""
MEDIA_MOVE_S = 0.3
"""The same for media from another address. Packets that were overtaken during a change of path must not move the peer
back."""


def new_credentials() -> Credentials:
    """32 and 128 random bits, more than RFC 8445 section 5.3 asks for."""
    return Credentials(secrets.token_hex(4), secrets.token_hex(16))


def unmapped(address: Address) -> tuple[str, int]:
    """Host and port as the peer knows them: a dual-stack socket shows IPv4 as ::ffff:a.b.c.d."""
    ip = ipaddress.ip_address(address[0].partition("%")[0])
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return str(mapped or ip), address[1]


@dataclass(frozen=True, slots=True)
class Generation:
    """The credentials of one ICE session. A restart begins the next."""

    number: int
    local: Credentials
    remote: Credentials


class IceLite:
    """The ICE agent for one peer: which checks to accept, and where to send. Times in monotonic seconds."""

    def __init__(self, remote: Credentials) -> None:
        """`remote`: the offer's."""
        self.generations = [Generation(0, new_credentials(), remote)]
        """Those whose checks are accepted, the newest first: the newest two, the one in use, and that of the last
        nomination. A nomination ends the older ones (RFC 8445 section 9)."""
        self.selected: Address = NO_ADDRESS
        """Where to send; `NO_ADDRESS` until the first accepted check."""
        self.addresses: list[Address] = []
        """From which the peer may send, the latest last."""
        self.is_established = False
        """The DTLS handshake is done, and media can flow."""
        self.last_check = float("-inf")
        """When the last check came that counts as a sign of life."""
        self._current = self.generations[0]
        """The newest one of which a check has come. Checks of older ones are answered, and move nothing."""
        self._consent = Consent()
        self._ids: dict[bytes, Address] = {}
        """Of the latest checks, the oldest first, with the address from which each came first."""
        self._wanted: Address | None = None
        """Will be selected when it has shown that it receives."""
        self._is_nominated = False
        """`_wanted` is, even if the selected address is alive."""
        self._last_heard = float("-inf")
        """When the selected address last showed that it receives, or an authenticated packet came from it."""

    @property
    def credentials(self) -> Credentials:
        """For the next answer."""
        return self.generations[0].local

    def restart(self, remote: Credentials) -> None:
        """The peer restarts ICE. The selected address stays until a check with the new credentials moves it.

        A peer may restart again before it has used the last restart, or before it has nominated a path there: the
        generation that it uses and the one of the last nomination are kept through all.
        """
        newest, nominated = self.generations[0], self.generations[-1]
        made = Generation(newest.number + 1, new_credentials(), remote)
        self.generations = [made, *dict.fromkeys((newest, self._current, nominated))]

    def establish(self) -> None:
        """The DTLS handshake is done, so the peer receives at the selected address."""
        self.is_established = True
        if self.selected is not NO_ADDRESS:
            self._consent.show(self.selected, self._last_heard)

    @property
    def counts_checks(self) -> bool:
        """Whether a new check is a sign of life: until the handshake, and of an agent that answers no check."""
        return not (self.is_established and self._consent.has_answered)

    def is_silent(self, now: float) -> bool:
        """Whether the selected address has been silent for so long that it may no longer be the peer's."""
        return now - self._last_heard > SILENT_ADDRESS_S

    def on_media(self, address: Address, now: float) -> bytes | None:
        """Authenticated media has come from `address`, one of `addresses`. Returns a check to send there, if any."""
        if address == self.selected:
            self._last_heard = now
            return None
        if now - self._last_heard <= MEDIA_MOVE_S:
            return None
        self._want(address, now, is_nominated=False)
        return None if address == self.selected else self._check(address, now)

    def accept(self, check: StunMessage, address: Address, now: float) -> list[bytes]:
        """Authenticate `check`. Returns what to send to `address`: the response, and a check if one is due.

        Raises:
            BadStun: it is not from this peer, not signed, or a copy.
        """
        # Cheap comparisons first: a stranger may have overheard our ufrag, but cannot sign.
        generation = next((g for g in self.generations if g.local.ufrag == check.local_ufrag), None)
        if generation is None or check.remote_ufrag != generation.remote.ufrag:
            raise BadStun("stun: unknown username")
        if not check.is_signed_with(generation.local.password):
            raise BadStun("stun: wrong signature")
        first_from = self._ids.get(check.transaction_id)
        is_copy = first_from not in (None, address) and not self._consents(address, now)
        if is_copy and self.is_established:
            raise BadStun("stun: repeated transaction id")
        self.add_address(address)
        if first_from is None:
            self._on_new_check(check, generation, address, now)
        # Before the handshake the copy of an eavesdropper may have come first, so the peer is asked as well.
        answers = (
            []
            if is_copy
            else [make_answer(check.transaction_id, generation.local.password, unmapped(address))]
        )
        is_due = not self._consent.has_answered or now - self._shown_at(address) >= CONSENT_RENEWAL_S
        if is_due and (ours := self._check(address, now)):
            answers.append(ours)
        return answers

    def _on_new_check(self, check: StunMessage, generation: Generation, address: Address, now: float) -> None:
        self._ids[check.transaction_id] = address
        if len(self._ids) > MAX_REMEMBERED_IDS:
            del self._ids[next(iter(self._ids))]
        if generation.number >= self._current.number:
            self._current = generation
            self._follow(check, address, now)
        if self.counts_checks:
            self.last_check = now
            if address == self.selected:
                self._last_heard = now

    def _follow(self, check: StunMessage, address: Address, now: float) -> None:
        """Move to `address` if the check says so, or if the selected address seems dead."""
        at = self.generations.index(self._current)
        is_restart = at < len(self.generations) - 1
        if check.has_use_candidate:
            del self.generations[at + 1 :]
            self._want(address, now, is_nominated=True)
            return
        # A browser that has lost its network restarts ICE, and may nominate a second after its first check.
        limit = MEDIA_MOVE_S if is_restart else SILENT_ADDRESS_S
        if self.selected is NO_ADDRESS or now - self._last_heard > limit:
            self._want(address, now, is_nominated=False)

    def on_answer(self, answer: StunMessage, address: Address, now: float) -> None:
        """The peer has answered the bridge's check from `address`.

        Raises:
            BadStun: it is not.
        """
        if not self._consent.is_answer(answer, address):
            raise BadStun("stun: not the answer to a check")
        self._consent.show(address, now)
        if address == self.selected:
            self._last_heard = now
            return
        is_wanted = address == self._wanted
        if is_wanted and (self._is_nominated or now - self._last_heard > MEDIA_MOVE_S):
            self._select(address, now)
        elif not self._consents(self.selected, now):
            # Before the handshake, the copy of an eavesdropper may have selected another one; or it has expired.
            self._select(address, now)

    def expire(self, now: float) -> bool:
        """Whether the selected address has just lost its consent: nothing is sent there any more."""
        if self.selected is NO_ADDRESS or now - self._last_heard <= CONSENT_S:
            return False
        self.selected = NO_ADDRESS
        return True

    def _want(self, address: Address, now: float, *, is_nominated: bool) -> None:
        if address == self.selected:
            self._wanted = None
        elif self._consents(address, now) or (self.selected is NO_ADDRESS and not self.is_established):
            self._select(address, now)
        else:
            self._wanted, self._is_nominated = address, is_nominated

    def _select(self, address: Address, now: float) -> None:
        if self.is_established and self.selected is not NO_ADDRESS:
            self._consent.show(self.selected, self._last_heard)
        self.selected, self._last_heard, self._wanted = address, now, None

    def _consents(self, address: Address, now: float) -> bool:
        """Whether media may be sent to `address`."""
        return now - self._shown_at(address) <= CONSENT_S

    def _check(self, address: Address, now: float) -> bytes | None:
        return self._consent.check(address, self._current.local, self._current.remote, now)

    def _shown_at(self, address: Address) -> float:
        shown = self._consent.shown_at(address)
        return max(shown, self._last_heard) if address == self.selected and self.is_established else shown

    def add_address(self, address: Address) -> None:
        """The peer has sent an authenticated packet from `address`."""
        if address in self.addresses:
            return
        self.addresses.append(address)
        if len(self.addresses) > MAX_ADDRESSES:
            self.remove_address(next(a for a in self.addresses if a != self.selected))

    def remove_address(self, address: Address) -> None:
        """Another peer now has `address`, which is not the selected one."""
        self.addresses.remove(address)
        self._consent.remove(address)

    def lose_address(self, address: Address) -> None:
        """`address` is not this peer's any more: its TCP connection has closed, or another peer has it.

        If it was selected, nothing is sent until the next check or media from another address, which selects that.
        """
        if address in self.addresses:
            self.remove_address(address)
        if address == self.selected:
            self.selected = NO_ADDRESS
            self._last_heard = float("-inf")
