from __future__ import annotations

import pytest

from bridge.room.turn import turn_servers

UDP, TCP, TLS = (
    "turn:turn.example.org:3478",
    "turn:turn.example.org?transport=tcp",
    "turns:turn.example.org:443",
)


@pytest.mark.parametrize(
    ("urls", "used"),
    [
        ([UDP, TCP, TLS], TLS),
        ([UDP, TCP], TCP),
        ([UDP], UDP),
        (["turns:[2001:db8::7]:443?transport=tcp", UDP], UDP),
        (["turns:[2001:db8::7]:443?transport=tcp"], None),
        ([], None),
    ],
)
def test_the_url_that_most_firewalls_let_through_is_used(urls: list[str], used: str | None) -> None:
    found = turn_servers([{"urls": urls, "username": "1:venue-krefeld", "credential": "x"}])
    assert [one.urls for one in found] == ([] if used is None else [used])
    assert [(one.username, one.credential) for one in found] == [("1:venue-krefeld", "x")] * len(found)
