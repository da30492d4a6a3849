"""Consent to receive (RFC 7675): the addresses at which a peer has shown that it receives what is sent to it.

A signed check shows who made it, and not where it came from: a source address can be forged, by an eavesdropper with a
copy and by the peer itself. So the bridge, although ICE-lite, sends a check of its own to a new address, with a random
transaction id and signed with the peer's password. Only a receiver at that address can answer. Browsers and aioice
answer at any time; libnice does the same as a lite agent.

Two other things show it: the DTLS handshake, and authenticated media from an address that has shown it before. SRTP
accepts each packet once.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.net.stun import HEADER_BYTES, StunMessage, make_check
from bridge.sdp.answer import Credentials

if TYPE_CHECKING:
    from bridge.net.ice import Address

CONSENT_S = 30.0
"""After this long without a sign an address no longer consents (RFC 7675 section 5.1)."""
CONSENT_RENEWAL_S = 2.0
"""An address without a sign for this long is sent a check when it sends one. Chromium's checks come every 2.5 s, those
of Firefox and aioice every 5 s."""
MIN_CHECK_INTERVAL_S = 0.1
"""Seconds between two checks sent to one address: limits what a forged source address is sent."""
CHECK_LIFETIME_S = 5.0
"""A check is retransmitted unchanged for so long, so that a slow answer counts; then a new one is made."""


@dataclass(slots=True)
class _Check:
    """A check sent to one address, and not answered yet."""

    data: bytes
    transaction_id: bytes
    password: str
    made: float
    sent: float


class Consent:
    """Of one peer. Times in monotonic seconds."""

    def __init__(self) -> None:
        self.has_answered = False
        """It has answered a check at all, as every ICE agent of a browser does."""
        self._shown: dict[Address, float] = {}
        self._checks: dict[Address, _Check] = {}
        self._tie_breaker = secrets.randbits(63)

    def show(self, address: Address, now: float) -> None:
        """The peer has shown that it receives at `address`."""
        self._shown[address] = max(now, self.shown_at(address))

    def shown_at(self, address: Address) -> float:
        """When it last has. Minus infinity: never."""
        return self._shown.get(address, float("-inf"))

    def remove(self, address: Address) -> None:
        """The address is not the peer's any more."""
        self._shown.pop(address, None)
        self._checks.pop(address, None)

    def check(self, address: Address, local: Credentials, remote: Credentials, now: float) -> bytes | None:
        """The check to send to `address` now; None: the last was sent less than `MIN_CHECK_INTERVAL_S` ago."""
        found = self._checks.get(address)
        if found is None or now - found.made > CHECK_LIFETIME_S or found.password != remote.password:
            data = make_check(
                f"{remote.ufrag}:{local.ufrag}",
                remote.password,
                priority=1,  # Firefox refuses a check without
                controlled=self._tie_breaker,
            )
            found = _Check(data, data[8:HEADER_BYTES], remote.password, now, float("-inf"))
            self._checks[address] = found
        if now - found.sent < MIN_CHECK_INTERVAL_S:
            return None
        found.sent = now
        return found.data

    def is_answer(self, answer: StunMessage, address: Address) -> bool:
        """Whether `answer` from `address` is the signed answer to the check sent there. It counts once."""
        found = self._checks.get(address)
        if found is None or answer.is_check or answer.transaction_id != found.transaction_id:
            return False
        if not answer.is_signed_with(found.password):
            return False
        del self._checks[address]
        self.has_answered = True
        return True
