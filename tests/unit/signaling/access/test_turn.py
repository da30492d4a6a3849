"""Pages get credentials that a TURN server with the same secret accepts."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from signaling.access.links import Link
from signaling.access.turn import TurnServer
from signaling.cli.errors import InvalidInput, OptionConflict
from signaling.cli.turn import turn_server, turn_uri

SECRET = "0123456789abcdef"


def test_credentials_are_those_of_coturns_scheme() -> None:
    server = TurnServer((turn_uri("turns:turn.example.org"),), SECRET.encode())
    found = server.credentials(Link("venue", "tokio", "Tokio"), 1_000_000_000.7)
    # printf %s 1000043200:venue-tokio | openssl dgst -sha1 -hmac 0123456789abcdef -binary | base64
    assert (found.username, found.credential) == ("1000043200:venue-tokio", "Jf+y15xJfXZb3R7DmqhIkiiz9AY=")
    assert found.urls == ["turns:turn.example.org?transport=tcp"]


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("turn:203.0.113.7", "turn:203.0.113.7"),
        ("turn:[2001:db8::7]:3478?transport=udp", "turn:[2001:db8::7]:3478?transport=udp"),
        ("turns:turn.example.org:443", "turns:turn.example.org:443?transport=tcp"),
        ("turns:turn.example.org:443?transport=tcp", "turns:turn.example.org:443?transport=tcp"),
    ],
)
def test_a_turn_address_is_taken_as_browsers_take_it(text: str, url: str) -> None:
    assert str(turn_uri(text)) == url


@pytest.mark.parametrize(
    "text",
    [
        "",
        "turn.example.org",
        "https://turn.example.org",
        "stun:a.b",
        "turns:a.b?transport=udp",
        "turn:a b",
        "turn:a.b:0",
        "turn:a.b:70000",
    ],
)
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=r"such as|leave"):
        turn_uri(text)


def test_the_secret_comes_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(SECRET + "\n")
    assert turn_server([turn_uri("turn:a.b")], file) == TurnServer((turn_uri("turn:a.b"),), SECRET.encode())
    assert turn_server([], None) is None


def test_one_option_without_the_other_is_refused(tmp_path: Path) -> None:
    for urls, file in (([turn_uri("turn:a.b")], None), ([], tmp_path)):
        with pytest.raises(OptionConflict, match="together"):
            turn_server(urls, file)


def test_a_secret_that_can_be_guessed_or_not_be_read_is_refused_with_the_remedy(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    with pytest.raises(InvalidInput, match="static-auth-secret"):
        turn_server([turn_uri("turn:a.b")], file)
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidInput, match="not text"):
        turn_server([turn_uri("turn:a.b")], file)
    file.write_text("short")
    with pytest.raises(InvalidInput, match="openssl rand"):
        turn_server([turn_uri("turn:a.b")], file)


def test_the_secret_is_in_no_representation() -> None:
    assert SECRET not in repr(TurnServer((turn_uri("turn:a.b"),), SECRET.encode()))
