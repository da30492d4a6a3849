"""Links open what they were made for, and nothing else."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import jwt
import pytest

from config.yamlfile import parse
from signaling import links
from signaling.door import Door
from signaling.links import KeyFileError, Link, LinkError
from tests.events import SHORT

EVENT = parse(SHORT, "event.yaml")
VENUE = Link("venue", "berlin", "Berlin")


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(tmp_path)


def test_a_link_lets_in_whom_it_names(door: Door) -> None:
    assert door.admit(door.hand_out(VENUE), EVENT) == VENUE


def test_every_venue_and_guest_and_role_gets_a_link(door: Door) -> None:
    handed_out = list(links.everyone(EVENT))
    assert [(link.role, link.id) for link in handed_out] == [
        ("moderator", "moderator"),
        ("venue", "krefeld"),
        ("venue", "berlin"),
        ("venue", "tokio"),
        ("guest", "uchida"),
        ("viewer", "viewer"),
        ("stage", "stage"),
    ]
    assert all(door.admit(door.hand_out(link), EVENT) == link for link in handed_out)


def test_the_key_is_readable_by_its_owner_alone(door: Door, tmp_path: Path) -> None:
    assert stat.S_IMODE((tmp_path / "signing.key").stat().st_mode) == 0o600


def test_the_key_is_kept_so_that_links_outlive_a_restart(door: Door, tmp_path: Path) -> None:
    assert Door(tmp_path).admit(door.hand_out(VENUE), EVENT) == VENUE


def test_a_key_is_there_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, theirs = tmp_path / "signing.key", b"\x01" * 32

    def another_makes_it(handle: int) -> None:
        assert not path.exists(), "a process that starts now would read half a key"
        assert stat.S_IMODE(os.fstat(handle).st_mode) == 0o600
        path.write_text(theirs.hex())

    monkeypatch.setattr(os, "fsync", another_makes_it)
    assert Door(tmp_path).key == theirs
    assert list(tmp_path.iterdir()) == [path]


def test_an_expired_link_says_so(door: Door) -> None:
    token = links.sign(door.key, VENUE, time.time() - 7200, lifetime=3600)
    with pytest.raises(LinkError, match="expired"):
        door.admit(token, EVENT)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "ä", "eyJhbGciOiJub25lIn0.e30.", "\udcff"])
def test_a_damaged_link_says_so(door: Door, token: str) -> None:
    with pytest.raises(LinkError, match="damaged"):
        door.admit(token, EVENT)


def test_a_link_signed_with_another_key_does_not_open(door: Door, tmp_path: Path) -> None:
    foreign = Door(tmp_path / "other").hand_out(VENUE)
    with pytest.raises(LinkError, match="another"):
        door.admit(foreign, EVENT)


def test_a_corrected_title_leaves_the_links_as_they_are(door: Door, tmp_path: Path) -> None:
    corrected = parse(SHORT.replace("Probe", "Generalprobe"), "event.yaml")
    assert door.admit(door.hand_out(VENUE), corrected) == VENUE


def test_a_link_says_nothing_about_the_event(door: Door) -> None:
    claims = jwt.decode(door.hand_out(VENUE), options={"verify_signature": False})
    assert claims.keys() == {"aud", "role", "sub", "iat", "jti"}


def test_a_link_with_a_role_nobody_knows_does_not_open(door: Door) -> None:
    token = links.sign(door.key, Link("director", "director", ""), time.time())  # type: ignore[arg-type]
    with pytest.raises(LinkError, match="another version"):
        door.admit(token, EVENT)


def test_a_link_to_a_venue_that_is_no_more_says_so(door: Door) -> None:
    with pytest.raises(LinkError, match="no venue “bonn”"):
        door.admit(door.hand_out(Link("venue", "bonn", "Bonn")), EVENT)


def test_a_withdrawn_link_does_not_open_and_a_new_one_does(door: Door, tmp_path: Path) -> None:
    now = time.time()
    before = links.sign(door.key, VENUE, now - 10)
    links.revoke(tmp_path, "berlin", now - 5)
    with pytest.raises(LinkError, match="withdrawn"):
        door.admit(before, EVENT)
    after = links.sign(door.key, VENUE, now)
    assert door.admit(after, EVENT) == VENUE


def test_nobody_is_let_in_when_the_list_of_withdrawn_links_is_damaged(door: Door, tmp_path: Path) -> None:
    (tmp_path / "revoked.json").write_text("[")
    with pytest.raises(KeyFileError, match="Put the right file back"):
        door.admit(door.hand_out(VENUE), EVENT)


def test_a_damaged_key_is_not_silently_replaced(tmp_path: Path) -> None:
    (tmp_path / "signing.key").write_text("abc\n")
    with pytest.raises(KeyFileError, match="not a signing key"):
        Door(tmp_path)
    assert (tmp_path / "signing.key").read_text() == "abc\n"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KeyFileError, match="--data"):
        Door(tmp_path / "file" / "data")


def test_a_link_holds_though_the_machines_clock_was_set_back_since() -> None:
    key = b"k" * 32
    token = links.sign(key, Link("moderator", "moderator", ""), time.time() + 3_600)
    assert links.read(key, EVENT, token, {}).role == "moderator"
