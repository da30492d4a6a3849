"""STUN checks as a browser makes them."""

from __future__ import annotations

from aioice import stun

from bridge.sdp.answer import Credentials


def check(
    to: Credentials, theirs: str = "peer", *, password: str | None = None, nominates: bool = False
) -> bytes:
    """A signed binding request to whoever has these credentials; `password` signs it with another one."""
    message = stun.Message(
        stun.Method.BINDING,
        stun.Class.REQUEST,
        attributes={"USERNAME": f"{to.ufrag}:{theirs}", "PRIORITY": 1, "ICE-CONTROLLING": 1},
    )
    if nominates:
        message.attributes["USE-CANDIDATE"] = None
    message.add_message_integrity((password or to.password).encode())
    return bytes(message)
