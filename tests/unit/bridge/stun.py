"""Connectivity checks of a browser, and its answers to those of the bridge."""

from __future__ import annotations

from aioice import stun

from bridge.net.ice import Address, IceLite
from bridge.sdp.answer import Credentials

REMOTE = Credentials("peer", "the password of the peer")
"""Of a peer."""


def check(
    to: Credentials,
    remote_ufrag: str = "peer",
    *,
    password: str | None = None,
    has_use_candidate: bool = False,
) -> bytes:
    """A binding request to the holder of these credentials, signed with their password or with `password`."""
    message = stun.Message(
        stun.Method.BINDING,
        stun.Class.REQUEST,
        attributes={"USERNAME": f"{to.ufrag}:{remote_ufrag}", "PRIORITY": 1, "ICE-CONTROLLING": 1},
    )
    if has_use_candidate:
        message.attributes["USE-CANDIDATE"] = None
    message.add_message_integrity((password or to.password).encode())
    return bytes(message)


def answer(request: bytes, remote: Credentials = REMOTE) -> bytes:
    """The answer to a check of the bridge, by the holder of `remote`."""
    found = stun.parse_message(request)
    message = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, transaction_id=found.transaction_id)
    message.attributes["XOR-MAPPED-ADDRESS"] = ("127.0.0.1", 1)
    message.add_message_integrity(remote.password.encode())
    return bytes(message)


def answer_at(ice: IceLite, address: Address, remote: Credentials = REMOTE) -> bytes:
    """The answer to the check that has just been sent to `address`."""
    return answer(ice._consent._checks[address].data, remote)
