"""Links open what they were made for, and nothing else."""

from __future__ import annotations

import stat
import time
from pathlib import Path

import pytest

from config.model import Event
from config.yamlfile import parse
from signaling import links
from signaling.door import Door
from signaling.links import KeyFileError, Link, LinkError
from tests.events import SHORT

VENUE = Link("venue", "berlin", "Berlin")


@pytest.fixture
def event() -> Event:
    return parse(SHORT, "event.yaml")


@pytest.fixture
def door(event: Event, tmp_path: Path) -> Door:
    return Door(event, tmp_path)


def test_a_link_lets_in_whom_it_names(door: Door) -> None:
    assert door.admit(door.hand_out(VENUE)) == VENUE


def test_every_venue_and_guest_and_role_gets_a_link(door: Door, event: Event) -> None:
    handed_out = list(links.everyone(event))
    assert [(link.role, link.id) for link in handed_out] == [
        ("moderator", "moderator"),
        ("venue", "krefeld"),
        ("venue", "berlin"),
        ("venue", "tokio"),
        ("guest", "uchida"),
        ("viewer", "viewer"),
        ("stage", "stage"),
    ]
    assert all(door.admit(door.hand_out(link)) == link for link in handed_out)


def test_the_key_is_readable_by_its_owner_alone(door: Door, tmp_path: Path) -> None:
    assert stat.S_IMODE((tmp_path / "signing.key").stat().st_mode) == 0o600


def test_the_key_is_kept_so_that_links_outlive_a_restart(door: Door, event: Event, tmp_path: Path) -> None:
    assert Door(event, tmp_path).admit(door.hand_out(VENUE)) == VENUE


def test_an_expired_link_says_so(door: Door, event: Event) -> None:
    token = links.sign(door.key, event.title, VENUE, time.time() - 7200, lifetime=3600)
    with pytest.raises(LinkError, match="expired"):
        door.admit(token)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "ä", "eyJhbGciOiJub25lIn0.e30."])
def test_a_damaged_link_says_so(door: Door, token: str) -> None:
    with pytest.raises(LinkError, match="damaged"):
        door.admit(token)


def test_a_link_signed_with_another_key_does_not_open(door: Door, event: Event, tmp_path: Path) -> None:
    foreign = Door(event, tmp_path / "other").hand_out(VENUE)
    with pytest.raises(LinkError, match="another"):
        door.admit(foreign)


def test_a_link_to_another_event_of_the_same_folder_does_not_open(door: Door) -> None:
    token = links.sign(door.key, "Another evening", VENUE, time.time())
    with pytest.raises(LinkError, match="another event"):
        door.admit(token)


def test_a_link_to_a_venue_that_is_no_more_says_so(door: Door) -> None:
    with pytest.raises(LinkError, match="no venue “bonn”"):
        door.admit(door.hand_out(Link("venue", "bonn", "Bonn")))


def test_a_withdrawn_link_does_not_open_and_a_new_one_does(door: Door, tmp_path: Path) -> None:
    now = time.time()
    before = links.sign(door.key, "Probe", VENUE, now - 10)
    links.revoke(tmp_path, "berlin", now - 5)
    with pytest.raises(LinkError, match="withdrawn"):
        door.admit(before)
    after = links.sign(door.key, "Probe", VENUE, now)
    assert door.admit(after) == VENUE


def test_nobody_is_let_in_when_the_list_of_withdrawn_links_is_damaged(door: Door, tmp_path: Path) -> None:
    (tmp_path / "revoked.json").write_text("[")
    with pytest.raises(KeyFileError, match="Put the right file back"):
        door.admit(door.hand_out(VENUE))


def test_a_damaged_key_is_not_silently_replaced(event: Event, tmp_path: Path) -> None:
    (tmp_path / "signing.key").write_text("abc\n")
    with pytest.raises(KeyFileError, match="not a signing key"):
        Door(event, tmp_path)
    assert (tmp_path / "signing.key").read_text() == "abc\n"


def test_a_folder_that_cannot_be_made_is_named(event: Event, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KeyFileError, match="--data"):
        Door(event, tmp_path / "file" / "data")
