"""Links open what they were made for, and nothing else."""

from __future__ import annotations

import json
import os
import resource
import stat
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import jwt
import pytest

from config.yamlfile import parse
from signaling.access import links
from signaling.access.key import KeyFileError
from signaling.access.linkchecker import LinkChecker
from signaling.access.links import METRICS, Grant, Link, LinkError, WrongRole
from signaling.access.revoked import revoke
from tests.events import SHORT

EVENT = parse(SHORT, "event.yaml")
VENUE = Link("venue", "berlin", "Berlin")
MODERATOR = Link("moderator", "moderator", "Moderator")
SCRAPER = Grant(METRICS, METRICS, "Metrics")


@contextmanager
def out_of_descriptors() -> Iterator[None]:
    """No file can be opened within it."""
    with ExitStack() as files:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        files.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        probe = os.open(os.devnull, os.O_RDONLY)
        os.close(probe)  # the lowest number that is free: no descriptor below it is
        resource.setrlimit(resource.RLIMIT_NOFILE, (probe, hard))
        with pytest.raises(OSError, match="Too many open files"):
            os.open(os.devnull, os.O_RDONLY)
        yield


@pytest.fixture
def door(tmp_path: Path) -> LinkChecker:
    return LinkChecker(tmp_path)


def test_a_link_lets_in_whom_it_names(door: LinkChecker) -> None:
    assert door.admit(door.hand_out(VENUE), EVENT) == VENUE


def test_every_venue_and_guest_and_role_gets_a_link(door: LinkChecker) -> None:
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


def test_the_key_is_readable_by_its_owner_alone(door: LinkChecker, tmp_path: Path) -> None:
    assert stat.S_IMODE((tmp_path / "signing.key").stat().st_mode) == 0o600


def test_the_key_is_kept_so_that_links_outlive_a_restart(door: LinkChecker, tmp_path: Path) -> None:
    assert LinkChecker(tmp_path).admit(door.hand_out(VENUE), EVENT) == VENUE


def test_a_key_is_there_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, theirs = tmp_path / "signing.key", b"\x01" * 32

    def another_makes_it(handle: int) -> None:
        assert not path.exists(), "a process that starts now would read half a key"
        assert stat.S_IMODE(os.fstat(handle).st_mode) == 0o600
        path.write_text(theirs.hex())

    monkeypatch.setattr(os, "fsync", another_makes_it)
    assert LinkChecker(tmp_path).key == theirs
    assert list(tmp_path.iterdir()) == [path]


def test_an_expired_link_says_so(door: LinkChecker) -> None:
    token = links.sign(door.key, VENUE, time.time() - 7200, lifetime=3600)
    with pytest.raises(LinkError, match="expired"):
        door.admit(token, EVENT)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "ä", "eyJhbGciOiJub25lIn0.e30.", "\udcff"])
def test_a_damaged_link_says_so(door: LinkChecker, token: str) -> None:
    with pytest.raises(LinkError, match="damaged"):
        door.admit(token, EVENT)


def test_a_link_signed_with_another_key_does_not_open(door: LinkChecker, tmp_path: Path) -> None:
    foreign = LinkChecker(tmp_path / "other").hand_out(VENUE)
    with pytest.raises(LinkError, match="another"):
        door.admit(foreign, EVENT)


def test_a_corrected_title_leaves_the_links_as_they_are(door: LinkChecker, tmp_path: Path) -> None:
    corrected = parse(SHORT.replace("Probe", "Generalprobe"), "event.yaml")
    assert door.admit(door.hand_out(VENUE), corrected) == VENUE


def test_a_link_says_nothing_about_the_event(door: LinkChecker) -> None:
    claims = jwt.decode(door.hand_out(VENUE), options={"verify_signature": False})
    assert claims.keys() == {"aud", "role", "sub", "iat", "jti", "gen"}


def test_a_link_with_a_role_nobody_knows_does_not_open(door: LinkChecker) -> None:
    token = links.sign(door.key, Link("director", "director", ""), time.time())  # type: ignore[arg-type]
    with pytest.raises(LinkError, match="another version"):
        door.admit(token, EVENT)


def test_a_link_to_a_venue_that_is_no_more_says_so(door: LinkChecker) -> None:
    with pytest.raises(LinkError, match="no venue “bonn”"):
        door.admit(door.hand_out(Link("venue", "bonn", "Bonn")), EVENT)


def test_a_withdrawn_link_does_not_open_and_a_new_one_does(door: LinkChecker, tmp_path: Path) -> None:
    before, others = door.hand_out(VENUE), door.hand_out(MODERATOR)
    revoke(tmp_path, "berlin")
    with pytest.raises(LinkError, match="withdrawn"):
        door.admit(before, EVENT)
    assert door.admit(door.hand_out(VENUE), EVENT) == VENUE
    assert door.admit(others, EVENT) == MODERATOR


def test_a_link_made_while_the_clock_was_ahead_can_be_withdrawn(door: LinkChecker, tmp_path: Path) -> None:
    ahead = links.sign(door.key, VENUE, time.time() + 86_400)
    assert door.admit(ahead, EVENT) == VENUE
    revoke(tmp_path, "berlin")
    with pytest.raises(LinkError, match="withdrawn"):
        door.admit(ahead, EVENT)


def test_a_link_withdrawn_by_an_older_version_stays_withdrawn(tmp_path: Path) -> None:
    now = time.time()
    (tmp_path / "revoked.json").write_text(json.dumps({"berlin": now - 5}))
    door = LinkChecker(tmp_path)
    with pytest.raises(LinkError, match="withdrawn"):
        door.admit(links.sign(door.key, VENUE, now - 10), EVENT)
    assert door.admit(door.hand_out(VENUE), EVENT) == VENUE


def test_a_link_of_an_older_version_without_a_generation_counts_until_it_is_withdrawn(
    door: LinkChecker, tmp_path: Path
) -> None:
    token = signed(door, gen=...)
    assert door.admit(token, EVENT) == VENUE
    revoke(tmp_path, "berlin")
    with pytest.raises(LinkError, match="withdrawn"):
        door.admit(token, EVENT)


def test_a_link_admitted_before_counts_until_it_is_withdrawn(door: LinkChecker, tmp_path: Path) -> None:
    link = door.admit(door.hand_out(VENUE), EVENT)
    door.check(link, EVENT)
    revoke(tmp_path, "berlin")
    with pytest.raises(LinkError, match="withdrawn"):
        door.check(link, EVENT)
    door.check(door.admit(door.hand_out(VENUE), EVENT), EVENT)


def test_a_link_admitted_before_counts_until_it_expires(
    door: LinkChecker, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = door.admit(door.hand_out(VENUE, lifetime=3600), EVENT)
    assert link.expires is not None
    monkeypatch.setattr(time, "time", lambda: link.expires - 0.1)
    door.check(link, EVENT)
    monkeypatch.setattr(time, "time", lambda: link.expires)
    with pytest.raises(LinkError, match="expired"):
        door.check(link, EVENT)


@pytest.mark.parametrize("link", [VENUE, Link("guest", "uchida", "Miki Uchida")])
def test_a_link_admitted_before_counts_until_its_place_is_taken_out_of_the_event(
    door: LinkChecker, link: Link
) -> None:
    admitted = door.admit(door.hand_out(link), EVENT)
    without = replace(EVENT, venues={"krefeld": EVENT.venues["krefeld"]}, guests={})
    with pytest.raises(LinkError, match=f"no {link.role} “{link.id}” any more"):
        door.check(admitted, without)


def test_an_unchanged_table_costs_no_descriptor(door: LinkChecker, tmp_path: Path) -> None:
    """A server that has run out of them must still let in and turn away."""
    revoke(tmp_path, "tokio")
    token, withdrawn = door.hand_out(VENUE), links.sign(door.key, Link("venue", "tokio", ""), time.time())
    with out_of_descriptors():
        link = door.admit(token, EVENT)
        door.check(link, EVENT)
        with pytest.raises(LinkError, match="withdrawn"):
            door.admit(withdrawn, EVENT)


def test_a_link_lets_in_the_same_whenever_it_was_signed(door: LinkChecker) -> None:
    """The limits of requests are kept by link, and must not grow with the number of tokens."""
    first, second = (door.admit(door.hand_out(VENUE, lifetime), EVENT) for lifetime in (60, 3600))
    assert first.expires != second.expires
    assert len({first, second, VENUE}) == 1


# The metrics' token ----------------------------------------------------------------------------------------------


def test_the_token_of_the_metrics_opens_the_metrics_alone(door: LinkChecker) -> None:
    token = door.hand_out(SCRAPER)
    assert door.admit_metrics(token, EVENT) == SCRAPER
    with pytest.raises(LinkError, match="opens the metrics alone"):
        door.admit(token, EVENT)


def test_a_moderators_link_opens_the_metrics_and_another_does_not(door: LinkChecker) -> None:
    assert door.admit_metrics(door.hand_out(MODERATOR), EVENT) == MODERATOR
    for link in links.everyone(EVENT):
        if link.role != "moderator":
            with pytest.raises(WrongRole, match=f"A {link.role} link does not open the metrics"):
                door.admit_metrics(door.hand_out(link), EVENT)


def test_the_token_of_the_metrics_can_be_withdrawn(door: LinkChecker, tmp_path: Path) -> None:
    token = door.hand_out(SCRAPER)
    grant = door.admit_metrics(token, EVENT)
    revoke(tmp_path, METRICS)
    with pytest.raises(LinkError, match="withdrawn"):
        door.admit_metrics(token, EVENT)
    with pytest.raises(LinkError, match="withdrawn"):
        door.check(grant, EVENT)


# Damage ----------------------------------------------------------------------------------------------------------


def signed(door: LinkChecker, **changed: Any) -> str:
    """A token for Berlin with the right key and some claims changed, or left out where they are `...`."""
    claims = {
        "aud": "schalte",
        "role": "venue",
        "sub": "berlin",
        "iat": 1.5e9,
        "jti": "j",
        "gen": 0,
    } | changed
    said = {name: value for name, value in claims.items() if value is not ...}
    return jwt.PyJWS().encode(json.dumps(said).encode(), door.key, "HS256")


WRONG: tuple[Any, ...] = (None, True, [], ["venue"], {}, float("nan"), float("inf"), -float("inf"))
"""What none of the claims may be."""


@pytest.mark.parametrize("claim", ["aud", "role", "sub", "iat", "jti", "gen", "exp"])
def test_a_claim_of_a_wrong_type_makes_a_link_a_damaged_one(door: LinkChecker, claim: str) -> None:
    number_or_text = ["1", "soon"] if claim in ("iat", "gen", "exp") else [5, 1.5]
    for value in (*WRONG, *number_or_text):
        with pytest.raises(LinkError, match="damaged"):
            door.admit(signed(door, **{claim: value}), EVENT)


@pytest.mark.parametrize("claim", ["role", "sub"])
@pytest.mark.parametrize("text", ["", "\ud800", "Berlin", "berlin\n", "b" * 64, "<b>"])
def test_a_name_that_is_no_id_makes_a_link_a_damaged_one(door: LinkChecker, claim: str, text: str) -> None:
    """It would be told to whoever sent it, and half a character cannot be sent."""
    with pytest.raises(LinkError, match="damaged"):
        door.admit(signed(door, **{claim: text}), EVENT)


@pytest.mark.parametrize("gen", [-1, 0.5, 2**53 + 1, 10**400])
def test_a_generation_that_there_cannot_be_makes_a_link_a_damaged_one(door: LinkChecker, gen: float) -> None:
    with pytest.raises(LinkError, match="damaged"):
        door.admit(signed(door, gen=gen), EVENT)


@pytest.mark.parametrize("claim", ["aud", "role", "sub", "iat", "jti"])
def test_a_link_without_a_claim_that_every_link_has_is_a_damaged_one(door: LinkChecker, claim: str) -> None:
    with pytest.raises(LinkError, match="damaged"):
        door.admit(signed(door, **{claim: ...}), EVENT)


@pytest.mark.parametrize("payload", [b"", b"[]", b"null", b"{", b"\xff", b"[" * 2_900])
def test_signed_bytes_that_are_no_claims_are_a_damaged_link(door: LinkChecker, payload: bytes) -> None:
    with pytest.raises(LinkError, match="damaged"):
        door.admit(jwt.PyJWS().encode(payload, door.key, "HS256"), EVENT)


def test_a_header_a_thousand_lists_deep_is_a_damaged_link(door: LinkChecker) -> None:
    """Nobody needs a key to send one."""
    deep = jwt.utils.base64url_encode(b"[" * 2_900).decode()
    with pytest.raises(LinkError, match="damaged"):
        door.admit(f"{deep}.e30.AAAA", EVENT)


def test_a_token_that_is_too_long_is_not_even_decoded(
    door: LinkChecker, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = signed(door)
    padded = signed(door, jti="j" * 4096)
    assert len(token) < 4096 < len(padded)
    monkeypatch.setattr(jwt, "decode", lambda *_, **__: pytest.fail("it was decoded"))
    with pytest.raises(LinkError, match="damaged"):
        door.admit(padded, EVENT)


def test_a_damaged_key_is_not_silently_replaced(tmp_path: Path) -> None:
    (tmp_path / "signing.key").write_text("abc\n")
    with pytest.raises(KeyFileError, match="not a signing key"):
        LinkChecker(tmp_path)
    assert (tmp_path / "signing.key").read_text() == "abc\n"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KeyFileError, match="--data"):
        LinkChecker(tmp_path / "file" / "data")


def test_a_link_holds_though_the_machines_clock_was_set_back_since() -> None:
    key, now = b"k" * 32, 1_500_000_000.0
    token = links.sign(key, MODERATOR, now + 3_600)
    assert links.read(key, EVENT, token, now) == MODERATOR
