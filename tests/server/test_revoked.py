"""Revoked links: their peers are closed at once, and their commands are not applied."""

from __future__ import annotations

import asyncio

import pytest

from signaling.access.linkchecker import LinkChecker
from signaling.client import Client, ClientError, RequestRefused
from tests.server.localserver import LocalServer
from tests.server.test_socket import until


async def left(local: LocalServer) -> str:
    async with asyncio.timeout(60):
        return await local.media.left.get()


async def test_revoking_a_link_closes_its_page_and_its_peer(local: LocalServer) -> None:
    async with await Client.open(local.link("venue", "tokio")) as hall:
        await hall.offer("v=0", "tokio")
        LinkChecker(local.data).revoke("tokio")
        assert await left(local) == hall.welcome["peer"]
        with pytest.raises(ClientError):
            await until(hall, lambda s: False)
    assert not local.runtime.receivers.peers


async def test_revoking_a_link_closes_a_peer_whose_page_has_just_disconnected(local: LocalServer) -> None:
    """Such a hall stayed on air for a minute, because its link was no longer checked."""
    async with await Client.open(local.link("venue", "tokio")) as hall:
        await hall.offer("v=0", "tokio")
        peer = hall.welcome["peer"]
    async with await Client.open(local.link("moderator")) as desk:
        await until(desk, lambda s: s["destinations"]["tokio"]["connected"] == 0)
        assert local.runtime.receivers.peers
        LinkChecker(local.data).revoke("tokio")
        assert await left(local) == peer


async def test_no_command_of_a_revoked_moderator_is_applied(local: LocalServer) -> None:
    """The link is checked for every message."""
    async with await Client.open(local.link("moderator")) as desk:
        await desk.command("hold")
        await local.link_checker.in_turn(lambda: local.link_checker.revoke("moderator"))
        with pytest.raises((ClientError, RequestRefused)):
            await desk.command("start")
    assert local.runtime.show.phase == "before"


async def test_a_page_with_a_newer_link_keeps_its_peer(local: LocalServer) -> None:
    """A hall that gets a new link before the old one is revoked stays on air."""
    async with await Client.open(local.link("venue", "tokio")) as hall:
        await hall.offer("v=0", "tokio")
        peer = hall.welcome["peer"]
    LinkChecker(local.data).revoke("berlin")
    async with await Client.open(local.link("venue", "tokio"), peer=peer) as hall:
        assert hall.welcome["peer"] == peer
        assert peer in local.runtime.receivers.peers


async def test_an_expired_link_closes_its_peer(local: LocalServer) -> None:
    async with await Client.open(local.link("venue", "tokio", 2.0)) as hall:
        await hall.offer("v=0", "tokio")
        assert await left(local) == hall.welcome["peer"]


async def test_the_peers_of_one_link_are_limited(local: LocalServer) -> None:
    """A hall's oldest peer is closed, since somebody has just opened the newest page."""
    halls = [await Client.open(local.link("venue", "tokio")) for _ in range(9)]
    try:
        for hall in halls:
            await hall.offer("v=0", None)
        assert await left(local) == halls[0].welcome["peer"]
        assert len(local.runtime.receivers.peers) == 8
    finally:
        for hall in halls:
            await hall.close()


async def test_a_page_may_offer_ten_times_at_once(local: LocalServer) -> None:
    async with await Client.open(local.link("viewer")) as viewer:
        for _ in range(10):
            await viewer.offer("v=0", None)
        with pytest.raises(RequestRefused) as refusal:
            await viewer.offer("v=0", None)
        assert refusal.value.code == "too-many"
