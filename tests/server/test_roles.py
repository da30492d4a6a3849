"""Every link at every endpoint and with every message: what the table of permissions does not name is refused."""

from __future__ import annotations

import asyncio
import json
import typing
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, Final, get_args

import aiohttp
import pytest
from websockets.asyncio.client import ClientConnection, connect

from signaling.access.links import METRICS, Grant, Link, url
from signaling.client import Client, endpoint
from signaling.http.server import STATIC
from signaling.show.permissions import COMMANDS, ENDPOINTS, MESSAGES, SOURCES, TOKEN_IN_ADDRESS, Holder
from signaling.show.terms import Role
from signaling.show.wire.socket import ClientMessage
from tests.events import BOOTH
from tests.server.localserver import LocalServer, local_server
from tests.server.test_strangers import closed_with

GRANTS: Final[dict[Holder, Grant]] = {
    "metrics": Grant(METRICS, METRICS, ""),
    "viewer": Link("viewer", "viewer", ""),
    "stage": Link("stage", "stage", ""),
    "venue": Link("venue", "tokio", ""),
    "guest": Link("guest", "uchida", ""),
    "interpreter": Link("interpreter", "kabine", ""),
    "onlooker": Link("moderator", "moderator", "", read_only=True),
    "moderator": Link("moderator", "moderator", ""),
}
SAMPLES: Final[dict[str, dict[str, Any]]] = {
    "clock": {"sent": 0},
    "condition": {"camera": "works", "microphone": "works", "muted": False},
    "leave": {},
    "listen": {"channel": "ja"},
    "offer": {"sdp": "v=0"},
    "pictures": {"previews": True, "small": False},
    "talk": {"to": "all", "on": True},
    "here": {"name": "Anna", "editing": "two"},
    "start": {},
    "next": {"from": "one"},
    "previous": {"from": "two"},
    "goto": {"item": "one"},
    "arm": {"item": "two"},
    "hold": {},
    "resume": {},
    "extend": {"seconds": 60},
    "delay": {"item": "two", "seconds": 60},
    "skip": {"item": "two"},
    "unskip": {"item": "two"},
    "take": {"source": "krefeld"},
    "release": {},
    "mic": {"source": "krefeld", "open": True},
    "message": {"to": "all", "text": "Hello"},
    "admit": {"place": "tokio"},
    "approve": {"place": "tokio"},
    "floor": {"language": "ja"},
    "interpret": {"booth": "kabine", "seat": "1", "open": True},
    "handover": {"booth": "kabine", "seat": "1", "ask": True},
    "cue": {"to": "stage", "what": "slower"},
    "flag": {"text": "Help"},
    "seen": {"message": "1"},
    "undo": {},
    "reload": {"yaml": "nothing"},
    "edit": {"base": 0, "changes": [{"do": "remove", "item": "two"}]},
}
"""A message of each type but `hello`."""
OTHERS: Final[dict[str, dict[str, Any]]] = {
    "offer": {"sdp": "v=0", "source": "krefeld"},
    "interpret": {"booth": "zwei", "seat": "1", "open": True},
    "handover": {"booth": "zwei", "seat": "1", "ask": True},
    "flag": {"text": None, "of": "krefeld"},
}
"""Messages for a place that is the sender's in no case."""


@pytest.fixture
async def event(tmp_path: Path) -> AsyncIterator[LocalServer]:
    """A server whose event has a place for each role."""
    async with local_server(tmp_path, text=BOOTH) as running:
        yield running


def code(running: LocalServer, holder: Holder) -> str:
    return running.link_checker.issue(GRANTS[holder])


# HTTP ------------------------------------------------------------------------------------------------------------


def routes(running: LocalServer) -> set[str]:
    """Every route of the application, as the table calls it."""
    return {
        f"{'GET' if route.method == 'HEAD' else route.method} {route.resource.canonical}"
        for route in running.server.app.router.routes()
        if route.resource is not None
    }


def address_of(running: LocalServer, path: str) -> str:
    """An address of a route where there is nothing to change."""
    path = path.replace("/assets", "/assets/no-such.js")
    return running.url + path.replace("{number}", "999999").replace("{id}", "no-such-page")


async def test_the_table_has_every_endpoint_and_nothing_else(event: LocalServer) -> None:
    found = routes(event) | ({"GET /assets"} if not (STATIC / "assets").is_dir() else set())
    assert found == set(ENDPOINTS)


@pytest.mark.parametrize("holder", GRANTS)
async def test_each_link_opens_the_endpoints_of_the_table(event: LocalServer, holder: Holder) -> None:
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {code(event, holder)}"}) as http:
        for name in sorted(ENDPOINTS.keys() & routes(event)):
            method, _, path = name.partition(" ")
            for asked in (method, *(["HEAD"] if method == "GET" else [])):
                async with http.request(
                    asked, address_of(event, path), json=None if method == "GET" else {}
                ) as answer:
                    assert (answer.status == 403) == (holder not in ENDPOINTS[name]), (asked, path)
                    assert answer.status != 401
                    if answer.status == 403 and asked != "HEAD":
                        assert (await answer.json())["code"] == "forbidden"


@pytest.mark.parametrize("holder", [holder for holder in GRANTS if holder != "metrics"])
async def test_each_link_has_previews_of_the_commands_that_it_may_send(
    event: LocalServer, holder: Holder
) -> None:
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {code(event, holder)}"}) as http:

        async def is_forbidden(type_: str, body: Mapping[str, Any]) -> bool:
            command = {"type": type_, "id": type_, **body}
            async with http.post(f"{event.url}/api/v1/preview", json=command) as answer:
                return answer.status == 403

        for type_, row in COMMANDS.items():
            assert await is_forbidden(type_, SAMPLES[type_]) == (holder not in row), type_
        for type_ in OTHERS.keys() & COMMANDS.keys():
            assert await is_forbidden(type_, OTHERS[type_]) == (COMMANDS[type_].get(holder) != "yes"), type_


async def test_a_stranger_opens_nothing_but_the_pages(event: LocalServer) -> None:
    async with aiohttp.ClientSession() as http:
        for name in ENDPOINTS.keys() & routes(event):
            method, _, path = name.partition(" ")
            async with http.request(method, address_of(event, path)) as answer:
                assert (answer.status == 401) == ("stranger" not in ENDPOINTS[name]), name


async def test_tokens_in_addresses_are_accepted_where_the_table_says_so(event: LocalServer) -> None:
    async with aiohttp.ClientSession() as http:
        for name in ENDPOINTS.keys() & routes(event):
            method, _, path = name.partition(" ")
            if "stranger" in ENDPOINTS[name] or method != "GET":
                continue
            for holder in GRANTS:
                async with http.get(event.url + path, params={"token": code(event, holder)}) as answer:
                    assert (answer.status == 200) == (holder in TOKEN_IN_ADDRESS.get(name, {})), (
                        name,
                        holder,
                    )


# The WebSocket ---------------------------------------------------------------------------------------------------


def text(type_: str, body: Mapping[str, Any]) -> str:
    """A message; a command, an offer or a choice has an id, by which it is answered."""
    id_ = {} if type_ in ("clock", "condition", "leave") else {"id": type_}
    return json.dumps({"type": type_, **id_, **body})


def types() -> set[str]:
    """Every message that a page may send, by the wire's union."""
    union = get_args(ClientMessage)[0]
    return {str(get_args(model.model_fields["type"].annotation)[0]) for model in get_args(union)}


def test_the_table_has_every_message_and_nothing_else() -> None:
    assert types() == MESSAGES.keys() | COMMANDS.keys()
    assert types() == SAMPLES.keys() | {"hello"}


async def page(running: LocalServer, holder: Holder) -> ClientConnection:
    """A page of this link, after its hello."""
    address, token = endpoint(url(running.url, code(running, holder)))
    opened = await connect(address, max_size=None)
    await opened.send(json.dumps({"type": "hello", "token": token}))
    assert json.loads(await opened.recv())["type"] == "welcome"
    return opened


async def refused(opened: ClientConnection, type_: str, body: Mapping[str, Any]) -> str | None:
    """The code by which a message is refused; None if it is not."""
    await opened.send(text(type_, body))
    await opened.send(json.dumps({"type": "clock", "sent": 1}))
    found: str | None = None
    async with asyncio.timeout(60):
        while True:  # messages are answered in their order
            answer = json.loads(await opened.recv())
            if answer["type"] == "error":
                found = answer["code"]
            elif answer["type"] == "reply":
                found = answer["result"].get("code")
            elif answer["type"] == "clock" and answer["sent"] == 1:
                return found


@pytest.mark.parametrize("holder", [holder for holder in GRANTS if holder != "metrics"])
async def test_each_link_may_send_the_messages_of_the_table(event: LocalServer, holder: Holder) -> None:
    for type_, body in SAMPLES.items():
        opened = await page(event, holder)  # one each: a watcher's page may send 30 messages at once
        code_ = await refused(opened, type_, body)
        assert (code_ == "forbidden") == (holder not in {**MESSAGES, **COMMANDS}[type_]), (type_, code_)
        await opened.close()


@pytest.mark.parametrize("holder", [holder for holder in GRANTS if holder != "metrics"])
async def test_no_link_acts_for_another_place(event: LocalServer, holder: Holder) -> None:
    opened = await page(event, holder)
    for type_, body in OTHERS.items():
        permitted = {**COMMANDS, "offer": SOURCES}[type_].get(holder)
        code_ = await refused(opened, type_, body)
        assert (code_ == "forbidden") == (permitted != "yes"), (type_, code_)
    await opened.close()


@pytest.mark.parametrize("holder", [holder for holder in GRANTS if holder != "metrics"])
async def test_no_link_but_a_places_own_offers_a_source(event: LocalServer, holder: Holder) -> None:
    own = {"venue": "tokio", "guest": "uchida", "interpreter": "kabine/1"}
    for source in ("tokio", "uchida", "kabine/1"):
        opened = await page(event, holder)
        code_ = await refused(opened, "offer", {"sdp": "v=0", "source": source})
        assert code_ == (None if own.get(holder) == source else "forbidden")
        await opened.close()


async def test_a_stranger_may_say_hello_alone(event: LocalServer) -> None:
    opened = await connect(endpoint(event.link("viewer"))[0])
    for type_ in sorted(SAMPLES.keys() - {"reload"}):
        await opened.send(text(type_, SAMPLES[type_]))
        answer = json.loads(await opened.recv())
        assert (answer["type"], answer["code"]) == ("error", "unauthorized"), type_
    await opened.close()


async def test_the_token_of_the_metrics_opens_no_page(event: LocalServer) -> None:
    opened = await connect(endpoint(event.link("viewer"))[0])
    await opened.send(json.dumps({"type": "hello", "token": code(event, "metrics")}))
    assert await closed_with(opened) == 4401


# A moderator who looks on ----------------------------------------------------------------------------------------


async def test_a_read_only_moderator_sees_all_and_changes_nothing(event: LocalServer) -> None:
    address = url(event.url, code(event, "onlooker"))
    async with await Client.open(address) as onlooker, event.desk() as desk:
        assert onlooker.state | {"now": ""} == desk.state | {"now": ""}
        assert onlooker.welcome["views"] == desk.welcome["views"] != []
        await onlooker.offer("v=0", None)
        assert event.media.specs[onlooker.welcome["peer"]].talk is None
        reason = await _reason(event, {"type": "start", "id": "1"})
        assert reason == "read-only"
        assert (await _state(event))["show"]["phase"] == "before"
        await desk.command("start")
        assert (await _state(event))["show"]["phase"] == "running"


async def _reason(running: LocalServer, command: dict[str, Any]) -> str:
    """Why a command of the onlooker is refused over the WebSocket."""
    opened = await page(running, "onlooker")
    await opened.send(json.dumps(command))
    async with asyncio.timeout(60):
        while (answer := json.loads(await opened.recv()))["type"] != "reply":
            pass
    await opened.close()
    return str(answer["result"]["reason"])


async def _state(running: LocalServer) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {code(running, 'onlooker')}"}
    async with aiohttp.ClientSession(headers=headers) as http:
        async with http.get(f"{running.url}/api/v1/state") as answer:
            return dict(await answer.json())


def test_every_role_has_a_link_here() -> None:
    assert set(GRANTS) == set(typing.get_args(Holder)) - {"stranger"}
    assert {grant.role for grant in GRANTS.values()} == {*typing.get_args(Role), METRICS}
