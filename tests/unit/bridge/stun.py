"""Connectivity checks of a browser."""

from __future__ import annotations

from aioice import stun

from bridge.sdp.answer import Credentials


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
