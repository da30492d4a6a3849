"""Links that are withdrawn: gone from every place at once, and no command after it."""

from __future__ import annotations

import asyncio

import pytest

from signaling.access.revoked import revoke
from signaling.client import Client, ClientError, RequestRefused
from tests.server.localserver import LocalServer
from tests.server.test_socket import until


async def left(local: LocalServer) -> str:
    async with asyncio.timeout(20):
        return await local.media.left.get()


async def test_picture_and_sound_of_a_withdrawn_link_end_with_its_page(local: LocalServer) -> None:
    async with await Client.open(local.link("venue", "tokio")) as hall:
        await hall.offer("v=0", "tokio")
        revoke(local.data, "tokio")
        assert await left(local) == hall.welcome["peer"]
        with pytest.raises(ClientError):
            await until(hall, lambda s: False)
    assert not local.runtime.receivers.peers


async def test_they_end_also_where_the_page_has_gone_a_moment_before(local: LocalServer) -> None:
    """Such a hall stayed on air for a minute: nobody looked at its link any more."""
    async with await Client.open(local.link("venue", "tokio")) as hall:
        await hall.offer("v=0", "tokio")
        peer = hall.welcome["peer"]
    async with await Client.open(local.link("moderator")) as desk:
        await until(desk, lambda s: s["destinations"]["tokio"]["connected"] == 0)
        assert local.runtime.receivers.peers
        revoke(local.data, "tokio")
        assert await left(local) == peer


async def test_no_command_of_a_withdrawn_moderator_is_applied(local: LocalServer) -> None:
    """The very next message finds the link withdrawn, however soon after it comes."""
    async with await Client.open(local.link("moderator")) as desk:
        await desk.command("hold")
        revoke(local.data, "moderator")
        with pytest.raises((ClientError, RequestRefused)):
            await desk.command("start")
    assert local.runtime.show.phase == "before"


async def test_a_newer_link_keeps_what_an_older_one_began(local: LocalServer) -> None:
    """A hall that is given a new link before the old one is withdrawn stays on air."""
    async with await Client.open(local.link("venue", "tokio")) as hall:
        await hall.offer("v=0", "tokio")
        peer = hall.welcome["peer"]
    revoke(local.data, "berlin")
    async with await Client.open(local.link("venue", "tokio"), peer=peer) as hall:
        assert hall.welcome["peer"] == peer
        assert peer in local.runtime.receivers.peers


async def test_a_link_that_expires_ends_as_one_that_is_withdrawn(local: LocalServer) -> None:
    async with await Client.open(local.link("venue", "tokio", 2.0)) as hall:
        await hall.offer("v=0", "tokio")
        assert await left(local) == hall.welcome["peer"]


async def test_only_so_many_pages_of_one_link_have_picture_and_sound(local: LocalServer) -> None:
    """Of a hall the oldest goes: the newest is the one that somebody has just opened."""
    halls = [await Client.open(local.link("venue", "tokio")) for _ in range(9)]
    try:
        for hall in halls:
            await hall.offer("v=0", None)
        assert await left(local) == halls[0].welcome["peer"]
        assert len(local.runtime.receivers.peers) == 8
    finally:
        for hall in halls:
            await hall.close()


async def test_a_page_may_offer_ten_times_at_once_and_is_told_to_wait_then(local: LocalServer) -> None:
    async with await Client.open(local.link("viewer")) as viewer:
        for _ in range(10):
            await viewer.offer("v=0", None)
        with pytest.raises(RequestRefused) as refusal:
            await viewer.offer("v=0", None)
        assert refusal.value.code == "too-many"
