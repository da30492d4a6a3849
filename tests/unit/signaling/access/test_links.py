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
def checker(tmp_path: Path) -> LinkChecker:
    return LinkChecker(tmp_path)


def test_a_link_lets_in_whom_it_names(checker: LinkChecker) -> None:
    assert checker.admit(checker.hand_out(VENUE), EVENT) == VENUE


def test_every_venue_and_guest_and_role_gets_a_link(checker: LinkChecker) -> None:
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
    assert all(checker.admit(checker.hand_out(link), EVENT) == link for link in handed_out)


def test_the_key_is_readable_by_its_owner_alone(checker: LinkChecker, tmp_path: Path) -> None:
    assert stat.S_IMODE((tmp_path / "signing.key").stat().st_mode) == 0o600


def test_the_key_is_kept_so_that_links_outlive_a_restart(checker: LinkChecker, tmp_path: Path) -> None:
    assert LinkChecker(tmp_path).admit(checker.hand_out(VENUE), EVENT) == VENUE


def test_a_key_is_there_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, theirs = tmp_path / "signing.key", b"\x01" * 32

    def another_makes_it(handle: int) -> None:
        assert not path.exists(), "a process that starts now would read half a key"
        assert stat.S_IMODE(os.fstat(handle).st_mode) == 0o600
        path.write_text(theirs.hex())

    monkeypatch.setattr(os, "fsync", another_makes_it)
    assert LinkChecker(tmp_path).key == theirs
    assert list(tmp_path.iterdir()) == [path]


def test_an_expired_link_says_so(checker: LinkChecker) -> None:
    token = links.sign(checker.key, VENUE, time.time() - 7200, lifetime=3600)
    with pytest.raises(LinkError, match="expired"):
        checker.admit(token, EVENT)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "ä", "eyJhbGciOiJub25lIn0.e30.", "\udcff"])
def test_a_damaged_link_says_so(checker: LinkChecker, token: str) -> None:
    with pytest.raises(LinkError, match="damaged"):
        checker.admit(token, EVENT)


def test_a_link_signed_with_another_key_does_not_open(checker: LinkChecker, tmp_path: Path) -> None:
    foreign = LinkChecker(tmp_path / "other").hand_out(VENUE)
    with pytest.raises(LinkError, match="another"):
        checker.admit(foreign, EVENT)


def test_a_corrected_title_leaves_the_links_as_they_are(checker: LinkChecker, tmp_path: Path) -> None:
    corrected = parse(SHORT.replace("Probe", "Generalprobe"), "event.yaml")
    assert checker.admit(checker.hand_out(VENUE), corrected) == VENUE


def test_a_link_says_nothing_about_the_event(checker: LinkChecker) -> None:
    claims = jwt.decode(checker.hand_out(VENUE), options={"verify_signature": False})
    assert claims.keys() == {"aud", "role", "sub", "iat", "jti", "gen"}


def test_a_link_with_a_role_nobody_knows_does_not_open(checker: LinkChecker) -> None:
    token = links.sign(checker.key, Link("director", "director", ""), time.time())  # type: ignore[arg-type]
    with pytest.raises(LinkError, match="another version"):
        checker.admit(token, EVENT)


def test_a_link_to_a_venue_that_is_no_more_says_so(checker: LinkChecker) -> None:
    with pytest.raises(LinkError, match="no venue “bonn”"):
        checker.admit(checker.hand_out(Link("venue", "bonn", "Bonn")), EVENT)


def test_a_withdrawn_link_does_not_open_and_a_new_one_does(checker: LinkChecker, tmp_path: Path) -> None:
    before, others = checker.hand_out(VENUE), checker.hand_out(MODERATOR)
    revoke(tmp_path, "berlin")
    with pytest.raises(LinkError, match="withdrawn"):
        checker.admit(before, EVENT)
    assert checker.admit(checker.hand_out(VENUE), EVENT) == VENUE
    assert checker.admit(others, EVENT) == MODERATOR


def test_a_link_made_while_the_clock_was_ahead_can_be_withdrawn(checker: LinkChecker, tmp_path: Path) -> None:
    ahead = links.sign(checker.key, VENUE, time.time() + 86_400)
    assert checker.admit(ahead, EVENT) == VENUE
    revoke(tmp_path, "berlin")
    with pytest.raises(LinkError, match="withdrawn"):
        checker.admit(ahead, EVENT)


def test_a_link_withdrawn_by_an_older_version_stays_withdrawn(tmp_path: Path) -> None:
    now = time.time()
    (tmp_path / "revoked.json").write_text(json.dumps({"berlin": now - 5}))
    checker = LinkChecker(tmp_path)
    with pytest.raises(LinkError, match="withdrawn"):
        checker.admit(links.sign(checker.key, VENUE, now - 10), EVENT)
    assert checker.admit(checker.hand_out(VENUE), EVENT) == VENUE


def test_a_link_of_an_older_version_without_a_generation_counts_until_it_is_withdrawn(
    checker: LinkChecker, tmp_path: Path
) -> None:
    token = signed(checker, gen=...)
    assert checker.admit(token, EVENT) == VENUE
    revoke(tmp_path, "berlin")
    with pytest.raises(LinkError, match="withdrawn"):
        checker.admit(token, EVENT)


def test_a_link_admitted_before_counts_until_it_is_withdrawn(checker: LinkChecker, tmp_path: Path) -> None:
    link = checker.admit(checker.hand_out(VENUE), EVENT)
    checker.check(link, EVENT)
    revoke(tmp_path, "berlin")
    with pytest.raises(LinkError, match="withdrawn"):
        checker.check(link, EVENT)
    checker.check(checker.admit(checker.hand_out(VENUE), EVENT), EVENT)


def test_a_link_admitted_before_counts_until_it_expires(
    checker: LinkChecker, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = checker.admit(checker.hand_out(VENUE, lifetime=3600), EVENT)
    assert link.expires is not None
    monkeypatch.setattr(time, "time", lambda: link.expires - 0.1)
    checker.check(link, EVENT)
    monkeypatch.setattr(time, "time", lambda: link.expires)
    with pytest.raises(LinkError, match="expired"):
        checker.check(link, EVENT)


@pytest.mark.parametrize("link", [VENUE, Link("guest", "uchida", "Miki Uchida")])
def test_a_link_admitted_before_counts_until_its_place_is_taken_out_of_the_event(
    checker: LinkChecker, link: Link
) -> None:
    admitted = checker.admit(checker.hand_out(link), EVENT)
    without = replace(EVENT, venues={"krefeld": EVENT.venues["krefeld"]}, guests={})
    with pytest.raises(LinkError, match=f"no {link.role} “{link.id}” any more"):
        checker.check(admitted, without)


def test_an_unchanged_table_costs_no_descriptor(checker: LinkChecker, tmp_path: Path) -> None:
    """A server that has run out of them must still let in and turn away."""
    revoke(tmp_path, "tokio")
    token, withdrawn = (
        checker.hand_out(VENUE),
        links.sign(checker.key, Link("venue", "tokio", ""), time.time()),
    )
    with out_of_descriptors():
        link = checker.admit(token, EVENT)
        checker.check(link, EVENT)
        with pytest.raises(LinkError, match="withdrawn"):
            checker.admit(withdrawn, EVENT)


def test_a_link_lets_in_the_same_whenever_it_was_signed(checker: LinkChecker) -> None:
    """The limits of requests are kept by link, and must not grow with the number of tokens."""
    first, second = (checker.admit(checker.hand_out(VENUE, lifetime), EVENT) for lifetime in (60, 3600))
    assert first.expires != second.expires
    assert len({first, second, VENUE}) == 1


# The metrics' token ----------------------------------------------------------------------------------------------


def test_the_token_of_the_metrics_opens_the_metrics_alone(checker: LinkChecker) -> None:
    token = checker.hand_out(SCRAPER)
    assert checker.admit_metrics(token, EVENT) == SCRAPER
    with pytest.raises(LinkError, match="opens the metrics alone"):
        checker.admit(token, EVENT)


def test_a_moderators_link_opens_the_metrics_and_another_does_not(checker: LinkChecker) -> None:
    assert checker.admit_metrics(checker.hand_out(MODERATOR), EVENT) == MODERATOR
    for link in links.everyone(EVENT):
        if link.role != "moderator":
            with pytest.raises(WrongRole, match=f"A {link.role} link does not open the metrics"):
                checker.admit_metrics(checker.hand_out(link), EVENT)


def test_the_token_of_the_metrics_can_be_withdrawn(checker: LinkChecker, tmp_path: Path) -> None:
    token = checker.hand_out(SCRAPER)
    grant = checker.admit_metrics(token, EVENT)
    revoke(tmp_path, METRICS)
    with pytest.raises(LinkError, match="withdrawn"):
        checker.admit_metrics(token, EVENT)
    with pytest.raises(LinkError, match="withdrawn"):
        checker.check(grant, EVENT)


# Damage ----------------------------------------------------------------------------------------------------------


def signed(checker: LinkChecker, **changed: Any) -> str:
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
    return jwt.PyJWS().encode(json.dumps(said).encode(), checker.key, "HS256")


WRONG: tuple[Any, ...] = (None, True, [], ["venue"], {}, float("nan"), float("inf"), -float("inf"))
"""What none of the claims may be."""


@pytest.mark.parametrize("claim", ["aud", "role", "sub", "iat", "jti", "gen", "exp"])
def test_a_claim_of_a_wrong_type_makes_a_link_a_damaged_one(checker: LinkChecker, claim: str) -> None:
    number_or_text = ["1", "soon"] if claim in ("iat", "gen", "exp") else [5, 1.5]
    for value in (*WRONG, *number_or_text):
        with pytest.raises(LinkError, match="damaged"):
            checker.admit(signed(checker, **{claim: value}), EVENT)


@pytest.mark.parametrize("claim", ["role", "sub"])
@pytest.mark.parametrize("text", ["", "\ud800", "Berlin", "berlin\n", "b" * 64, "<b>"])
def test_a_name_that_is_no_id_makes_a_link_a_damaged_one(checker: LinkChecker, claim: str, text: str) -> None:
    """It would be told to whoever sent it, and half a character cannot be sent."""
    with pytest.raises(LinkError, match="damaged"):
        checker.admit(signed(checker, **{claim: text}), EVENT)


@pytest.mark.parametrize("gen", [-1, 0.5, 2**53 + 1, 10**400])
def test_a_generation_that_there_cannot_be_makes_a_link_a_damaged_one(
    checker: LinkChecker, gen: float
) -> None:
    with pytest.raises(LinkError, match="damaged"):
        checker.admit(signed(checker, gen=gen), EVENT)


@pytest.mark.parametrize("claim", ["aud", "role", "sub", "iat", "jti"])
def test_a_link_without_a_claim_that_every_link_has_is_a_damaged_one(
    checker: LinkChecker, claim: str
) -> None:
    with pytest.raises(LinkError, match="damaged"):
        checker.admit(signed(checker, **{claim: ...}), EVENT)


@pytest.mark.parametrize("payload", [b"", b"[]", b"null", b"{", b"\xff", b"[" * 2_900])
def test_signed_bytes_that_are_no_claims_are_a_damaged_link(checker: LinkChecker, payload: bytes) -> None:
    with pytest.raises(LinkError, match="damaged"):
        checker.admit(jwt.PyJWS().encode(payload, checker.key, "HS256"), EVENT)


def test_a_header_a_thousand_lists_deep_is_a_damaged_link(checker: LinkChecker) -> None:
    """Nobody needs a key to send one."""
    deep = jwt.utils.base64url_encode(b"[" * 2_900).decode()
    with pytest.raises(LinkError, match="damaged"):
        checker.admit(f"{deep}.e30.AAAA", EVENT)


def test_a_token_that_is_too_long_is_not_even_decoded(
    checker: LinkChecker, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = signed(checker)
    padded = signed(checker, jti="j" * 4096)
    assert len(token) < 4096 < len(padded)
    monkeypatch.setattr(jwt, "decode", lambda *_, **__: pytest.fail("it was decoded"))
    with pytest.raises(LinkError, match="damaged"):
        checker.admit(padded, EVENT)


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
