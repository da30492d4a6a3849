"""Links at the desk: listed, made, revoked; pages closed."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from config.model import Event
from config.times import HOUR, Duration, plus
from signaling.access.codes import normalized
from signaling.access.keys import rotate
from signaling.access.linkchecker import LinkChecker
from signaling.access.links import Link, url
from signaling.access.table import LinkRow
from signaling.client import Client, ClientError, LinkRefused
from signaling.clock import machine_now
from signaling.http.links.linksapi import ROWS_AT_ONCE
from tests.server.localserver import LocalServer
from tests.server.test_revoked import left
from tests.server.test_socket import until


async def ask(
    local: LocalServer, method: str, path: str, body: Any = None, token: str | None = None
) -> tuple[int, dict[str, Any]]:
    """Status and answer of a request, by default a moderator's."""
    if token is None:
        token = local.link_checker.issue(Link("moderator", "moderator", ""))
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(headers=headers) as http:
        async with http.request(method, f"{local.url}/api/v1/{path}", json=body) as answer:
            return answer.status, await answer.json()


async def rows(local: LocalServer, **wanted: Any) -> list[dict[str, Any]]:
    """The listed links that are as wanted."""
    status, found = await ask(local, "GET", "links")
    assert status == 200
    return [row for row in found["links"] if wanted.items() <= row.items()]


async def test_the_desk_lists_links_with_their_last_use_and_who_is_connected(local: LocalServer) -> None:
    unused = local.link("stage")
    async with await Client.open(local.link("venue", "tokio")) as hall:
        await hall.offer("v=0", "tokio")
        (row,) = await rows(local, id="tokio")
        assert row["used"]["address"] == "127.0.0.1"
        (session,) = row["sessions"]
        assert session.pop("since") >= row["used"]["at"]  # both in the event's zone
        assert session == {"session": hall.welcome["session"], "address": "127.0.0.1", "feeds": True}
        assert (row["status"], row["follows_event"], row["by"]) == ("valid", True, "cli")
        assert row["url"] == local.link("venue", "tokio")
        assert normalized(row["code"]) == row["url"].partition("#")[2]
        assert row["invitations"] is None
    (row,) = await rows(local, id="tokio")
    assert (row["sessions"], row["used"] is None) == ([], False)
    (stage,) = await rows(local, role="stage")
    assert (stage["used"], stage["sessions"], stage["url"]) == (None, [], unused)


async def test_a_link_made_at_the_desk_is_shown_once_and_opens(local: LocalServer) -> None:
    status, made = await ask(local, "POST", "links", {"role": "guest", "id": "uchida", "expires_s": 3600})
    assert (status, made["by"], made["follows_event"]) == (200, "desk", False)
    async with await Client.open(made["url"]) as guest:
        assert (guest.welcome["role"], guest.welcome["id"]) == ("guest", "uchida")
        (row,) = await rows(local, number=made["number"])
        assert (row["code"], row["url"], row["invitations"]) == (None, None, None)
        assert [page["session"] for page in row["sessions"]] == [guest.welcome["session"]]


@pytest.mark.parametrize("made_at", ["server", "desk"])
async def test_an_invitation_comes_with_a_link_that_is_shown_alone(local: LocalServer, made_at: str) -> None:
    local.link("guest", "uchida")
    (row,) = await rows(local, id="uchida")
    status, link = (
        await ask(local, "GET", f"links/{row['number']}")
        if made_at == "server"
        else await ask(local, "POST", "links", {"role": "guest", "id": "uchida"})
    )
    assert status == 200
    if made_at == "server":
        assert link == row | {"invitations": link["invitations"], "used": link["used"]}
    assert set(link["invitations"]) == {"de", "en", "ja"}
    for text in link["invitations"].values():
        assert link["url"] in text
        assert link["code"] in text
    if made_at == "desk":  # it was shown once
        _, again = await ask(local, "GET", f"links/{link['number']}")
        assert (again["code"], again["url"], again["invitations"]) == (None, None, {})


async def test_others_get_their_turn_while_a_long_list_is_made(
    local: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    grant = Link("viewer", "viewer", "")
    local.link_checker.links_for([grant] * (3 * ROWS_AT_ONCE), 3600.0)
    made, turns = 0, list[int]()
    status = local.link_checker.status

    def counted(row: LinkRow, event: Event) -> Any:
        nonlocal made
        made += 1
        if made == 1:
            asyncio.get_running_loop().call_soon(other)
        return status(row, event)

    def other() -> None:
        turns.append(made)
        if made < 3 * ROWS_AT_ONCE:
            asyncio.get_running_loop().call_soon(other)

    monkeypatch.setattr(local.link_checker, "status", counted)
    assert len(await rows(local)) > 3 * ROWS_AT_ONCE
    assert turns[:3] == [ROWS_AT_ONCE, 2 * ROWS_AT_ONCE, 3 * ROWS_AT_ONCE]


async def test_a_read_only_moderators_link_is_welcomed_as_such(local: LocalServer) -> None:
    body = {"role": "moderator", "id": "moderator", "read_only": True}
    _, made = await ask(local, "POST", "links", body)
    async with await Client.open(made["url"]) as watching:
        assert watching.welcome["read_only"] is True
    code = made["url"].partition("#")[2]
    for path in ("links", f"links/{made['number']}"):
        assert (await ask(local, "GET", path, token=code))[0] == 403


@pytest.mark.parametrize(
    "body",
    [
        *(None, [], {}, {"role": "venue"}, {"role": "venue", "id": "bonn"}, {"role": "guest", "id": "tokio"}),
        *({"role": "venue", "id": "tokio", "expires_s": n} for n in (0, -1, "1", 1.5, True, 10**12)),
        {"role": "venue", "id": "tokio", "read_only": True},
        {"role": "metrics", "id": "metrics"},
        {"role": "venue", "id": "tokio", "more": 1},
    ],
    ids=str,
)
async def test_a_link_that_cannot_be_is_not_made(local: LocalServer, body: Any) -> None:
    before = len(await rows(local))
    status, problem = await ask(local, "POST", "links", body)
    assert (status, problem["code"]) == (422, "invalid")
    assert len(await rows(local)) == before


async def test_revoking_a_link_closes_what_is_open_by_it_and_nothing_else(local: LocalServer) -> None:
    other = local.link("venue", "tokio")
    _, made = await ask(local, "POST", "links", {"role": "venue", "id": "tokio"})
    async with await Client.open(made["url"]) as hall, await Client.open(other) as spare:
        await hall.offer("v=0", "tokio")
        assert await ask(local, "DELETE", f"links/{made['number']}") == (200, {"number": made["number"]})
        async with asyncio.timeout(60):
            with pytest.raises(ClientError, match="revoked"):
                await until(hall, lambda s: False)
        assert await left(local) == hall.welcome["peer"]
        await spare.offer("v=0", None)
    (row,) = await rows(local, number=made["number"])
    assert row["status"] == "revoked"
    with pytest.raises(LinkRefused, match="revoked"):
        await Client.open(made["url"])


@pytest.mark.parametrize(("id_", "ended"), [("tokio", ["tokio"]), ("venue", ["tokio", "berlin"])])
async def test_a_places_or_a_roles_links_are_revoked(local: LocalServer, id_: str, ended: list[str]) -> None:
    async with (
        await Client.open(local.link("venue", "tokio")) as tokio,
        await Client.open(local.link("venue", "berlin")) as berlin,
        await Client.open(local.link("guest", "uchida")) as guest,
    ):
        halls = {"tokio": tokio, "berlin": berlin}
        assert await ask(local, "POST", "links/revoke", {"id": id_}) == (200, {"id": id_})
        for place in ended:
            async with asyncio.timeout(60):
                with pytest.raises(ClientError, match="revoked"):
                    await until(halls[place], lambda s: False)
        await guest.offer("v=0", None)
        if "berlin" not in ended:
            await berlin.offer("v=0", None)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "links/1", None, 404),
        ("GET", "links/x", None, 404),
        ("DELETE", "links/1", None, 404),
        ("DELETE", "links/x", None, 404),
        ("DELETE", "links/" + "9" * 40, None, 404),
        ("DELETE", "links/²", None, 404),
        ("DELETE", "sessions/00000000", None, 404),
        ("POST", "links/revoke", {"id": "bonn"}, 422),
        ("POST", "links/revoke", {"id": 5}, 422),
    ],
)
async def test_what_there_is_not_is_not_revoked(
    local: LocalServer, method: str, path: str, body: Any, status: int
) -> None:
    found, problem = await ask(local, method, path, body)
    assert (found, problem["code"]) == (status, "invalid")


async def test_a_page_is_closed_by_the_desk_and_told_so(local: LocalServer) -> None:
    link = local.link("venue", "tokio")
    async with await Client.open(link) as hall, await Client.open(link) as spare:
        await hall.offer("v=0", "tokio")
        session = hall.welcome["session"]
        assert await ask(local, "DELETE", f"sessions/{session}") == (200, {"session": session})
        assert await left(local) == hall.welcome["peer"]
        async with asyncio.timeout(60):
            with pytest.raises(LinkRefused, match="The desk has closed this page"):
                await until(hall, lambda s: False)
        async with asyncio.timeout(60):
            await hall._connection.wait_closed()
        assert hall._connection.close_code == 4403
        await spare.offer("v=0", None)
    async with await Client.open(link) as again:  # the link is valid
        await again.offer("v=0", "tokio")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "links"),
        ("POST", "links"),
        ("GET", "links/123456"),
        ("DELETE", "links/123456"),
        ("POST", "links/revoke"),
        ("DELETE", "sessions/00000000"),
    ],
)
async def test_links_are_for_moderators_alone(local: LocalServer, method: str, path: str) -> None:
    for role, id_ in (("venue", "tokio"), ("guest", "uchida"), ("viewer", "viewer"), ("stage", "stage")):
        token = local.link(role, id_).partition("#")[2]  # type: ignore[arg-type]
        status, problem = await ask(local, method, path, token=token)
        assert (status, problem["code"]) == (403, "forbidden")
    assert (await ask(local, method, path, token="7KQ2MX9F4PT3VB"))[0] == 401


async def test_an_expired_link_closes_its_page_and_says_so(
    local: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with await Client.open(local.link("venue", "tokio", 3600.0)) as hall:
        monkeypatch.setattr(local.link_checker, "_now", lambda: plus(machine_now(), Duration(2 * HOUR)))
        async with asyncio.timeout(60):
            with pytest.raises(ClientError, match="expired"):
                await until(hall, lambda s: False)


async def test_a_chats_link_preview_spends_nothing(local: LocalServer) -> None:
    """It loads the page without its fragment and runs no script."""
    before = await rows(local)
    async with aiohttp.ClientSession(headers={"User-Agent": "WhatsApp/2.23"}) as http:
        for _ in range(3):
            async with http.get(f"{local.url}/j") as answer:
                assert answer.status == 200
                assert answer.headers["Referrer-Policy"] == "no-referrer"
    after = await rows(local)
    assert [row["number"] for row in after] == [row["number"] for row in before]
    async with await Client.open(local.link("guest", "uchida")):
        pass


# Guessing --------------------------------------------------------------------------------------------------------


async def test_wrong_links_are_slowed_down_and_a_right_one_never(
    local: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local.server._authenticator, "_now", lambda: 0.0)
    right = local.link("venue", "tokio").partition("#")[2]
    answers = [await ask(local, "GET", "state", token="7KQ2MX9F4PT3VB") for _ in range(40)]
    assert [status for status, _ in answers] == [401] * 30 + [429] * 10
    slowed = [problem for status, problem in answers if status == 429]
    assert {(problem["code"], problem["reason"]) for problem in slowed} == {("too-many", "guesses-often")}
    assert (await ask(local, "GET", "state", token=right))[0] == 200
    async with await Client.open(url(local.url, right)) as hall:
        assert hall.welcome["id"] == "tokio"


async def test_a_page_with_a_wrong_link_is_slowed_down_too(
    local: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local.server._authenticator, "_now", lambda: 0.0)
    wrong = url(local.url, "7KQ2MX9F4PT3VB")
    codes = set()
    for _ in range(40):
        with pytest.raises(ClientError) as refused:
            await Client.open(wrong)
        codes.add(type(refused.value))
    assert codes == {LinkRefused, ClientError}
    async with await Client.open(local.link("venue", "tokio")):
        pass


async def test_a_code_may_be_typed_into_a_header_as_on_paper(local: LocalServer) -> None:
    (row,) = [r for r in [*await rows(local)] if r["role"] == "moderator"]
    assert (await ask(local, "GET", "state", token=row["code"].lower()))[0] == 200


async def test_a_rotated_keys_links_open_without_a_restart(local: LocalServer) -> None:
    old = local.link("venue", "tokio")
    rotate(local.data, HOUR, machine_now())
    new = LinkChecker(local.data).issue(Link("venue", "tokio", ""))
    assert new != old.partition("#")[2]
    for link in (old, url(local.url, new)):
        async with await Client.open(link) as hall:
            assert hall.welcome["id"] == "tokio"
