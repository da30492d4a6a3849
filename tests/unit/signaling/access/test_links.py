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
from tests.events import BOOTH, SHORT

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


def test_a_link_permits_its_role_and_place(checker: LinkChecker) -> None:
    assert checker.verify(checker.issue(VENUE), EVENT) == VENUE


def test_every_venue_and_guest_and_role_gets_a_link(checker: LinkChecker) -> None:
    issued = list(links.all_links(EVENT))
    assert [(link.role, link.id) for link in issued] == [
        ("moderator", "moderator"),
        ("venue", "krefeld"),
        ("venue", "berlin"),
        ("venue", "tokio"),
        ("guest", "uchida"),
        ("viewer", "viewer"),
        ("stage", "stage"),
    ]
    assert all(checker.verify(checker.issue(link), EVENT) == link for link in issued)


def test_every_booth_gets_a_link_which_ends_with_it(checker: LinkChecker) -> None:
    event = parse(BOOTH, "event.yaml")
    (link,) = (link for link in links.all_links(event) if link.role == "interpreter")
    assert (link.id, link.name) == ("kabine", "Kabine 1")
    assert checker.verify(checker.issue(link), event) == link
    with pytest.raises(LinkError, match="no interpreter “kabine” any more") as refused:
        checker.verify(checker.issue(link), EVENT)
    assert refused.value.reason == "link-place-gone"


def test_the_key_is_readable_by_its_owner_alone(checker: LinkChecker, tmp_path: Path) -> None:
    assert stat.S_IMODE((tmp_path / "signing.key").stat().st_mode) == 0o600


def test_links_stay_valid_after_a_restart(checker: LinkChecker, tmp_path: Path) -> None:
    assert LinkChecker(tmp_path).verify(checker.issue(VENUE), EVENT) == VENUE


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
        checker.verify(token, EVENT)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "ä", "eyJhbGciOiJub25lIn0.e30.", "\udcff"])
def test_a_damaged_link_says_so(checker: LinkChecker, token: str) -> None:
    with pytest.raises(LinkError, match="damaged"):
        checker.verify(token, EVENT)


def test_a_link_signed_with_another_key_is_refused(checker: LinkChecker, tmp_path: Path) -> None:
    foreign = LinkChecker(tmp_path / "other").issue(VENUE)
    with pytest.raises(LinkError, match="another"):
        checker.verify(foreign, EVENT)


def test_a_corrected_title_leaves_the_links_as_they_are(checker: LinkChecker, tmp_path: Path) -> None:
    corrected = parse(SHORT.replace("Probe", "Generalprobe"), "event.yaml")
    assert checker.verify(checker.issue(VENUE), corrected) == VENUE


def test_a_link_says_nothing_about_the_event(checker: LinkChecker) -> None:
    claims = jwt.decode(checker.issue(VENUE), options={"verify_signature": False})
    assert claims.keys() == {"aud", "role", "sub", "iat", "jti", "gen"}


def test_a_link_with_an_unknown_role_is_refused(checker: LinkChecker) -> None:
    token = links.sign(checker.key, Link("director", "director", ""), time.time())  # type: ignore[arg-type]
    with pytest.raises(LinkError, match="another version"):
        checker.verify(token, EVENT)


def test_a_link_to_a_venue_that_was_removed_says_so(checker: LinkChecker) -> None:
    with pytest.raises(LinkError, match="no venue “bonn”"):
        checker.verify(checker.issue(Link("venue", "bonn", "Bonn")), EVENT)


def test_a_revoked_link_is_refused_and_a_new_one_is_valid(checker: LinkChecker, tmp_path: Path) -> None:
    before, others = checker.issue(VENUE), checker.issue(MODERATOR)
    revoke(tmp_path, "berlin")
    with pytest.raises(LinkError, match="withdrawn"):
        checker.verify(before, EVENT)
    assert checker.verify(checker.issue(VENUE), EVENT) == VENUE
    assert checker.verify(others, EVENT) == MODERATOR


def test_a_link_made_while_the_clock_was_fast_can_be_revoked(checker: LinkChecker, tmp_path: Path) -> None:
    ahead = links.sign(checker.key, VENUE, time.time() + 86_400)
    assert checker.verify(ahead, EVENT) == VENUE
    revoke(tmp_path, "berlin")
    with pytest.raises(LinkError, match="withdrawn"):
        checker.verify(ahead, EVENT)


def test_a_verified_link_is_valid_until_it_is_revoked(checker: LinkChecker, tmp_path: Path) -> None:
    link = checker.verify(checker.issue(VENUE), EVENT)
    checker.check(link, EVENT)
    revoke(tmp_path, "berlin")
    with pytest.raises(LinkError, match="withdrawn"):
        checker.check(link, EVENT)
    checker.check(checker.verify(checker.issue(VENUE), EVENT), EVENT)


def test_a_verified_link_is_valid_until_it_expires(
    checker: LinkChecker, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = checker.verify(checker.issue(VENUE, lifetime=3600), EVENT)
    assert link.expires is not None
    monkeypatch.setattr(time, "time", lambda: link.expires - 0.1)
    checker.check(link, EVENT)
    monkeypatch.setattr(time, "time", lambda: link.expires)
    with pytest.raises(LinkError, match="expired"):
        checker.check(link, EVENT)


@pytest.mark.parametrize("link", [VENUE, Link("guest", "uchida", "Miki Uchida")])
def test_a_verified_link_is_valid_until_its_place_is_removed_from_the_event(
    checker: LinkChecker, link: Link
) -> None:
    verified = checker.verify(checker.issue(link), EVENT)
    without = replace(EVENT, venues={"krefeld": EVENT.venues["krefeld"]}, guests={})
    with pytest.raises(LinkError, match=f"no {link.role} “{link.id}” any more"):
        checker.check(verified, without)


def test_an_unchanged_table_costs_no_descriptor(checker: LinkChecker, tmp_path: Path) -> None:
    """A server without free descriptors must still verify links."""
    revoke(tmp_path, "tokio")
    token, withdrawn = (
        checker.issue(VENUE),
        links.sign(checker.key, Link("venue", "tokio", ""), time.time()),
    )
    with out_of_descriptors():
        link = checker.verify(token, EVENT)
        checker.check(link, EVENT)
        with pytest.raises(LinkError, match="withdrawn"):
            checker.verify(withdrawn, EVENT)


def test_links_of_one_place_are_equal_whenever_they_were_signed(checker: LinkChecker) -> None:
    """Rate limits are kept by link, and must not grow with the number of tokens."""
    first, second = (checker.verify(checker.issue(VENUE, lifetime), EVENT) for lifetime in (60, 3600))
    assert first.expires != second.expires
    assert len({first, second, VENUE}) == 1


# The metrics' token ----------------------------------------------------------------------------------------------


def test_the_token_of_the_metrics_opens_the_metrics_alone(checker: LinkChecker) -> None:
    token = checker.issue(SCRAPER)
    assert checker.verify_metrics(token, EVENT) == SCRAPER
    with pytest.raises(LinkError, match="opens the metrics alone"):
        checker.verify(token, EVENT)


def test_a_moderators_link_opens_the_metrics_and_another_does_not(checker: LinkChecker) -> None:
    assert checker.verify_metrics(checker.issue(MODERATOR), EVENT) == MODERATOR
    for link in links.all_links(EVENT):
        if link.role != "moderator":
            with pytest.raises(WrongRole, match=f"A {link.role} link does not open the metrics"):
                checker.verify_metrics(checker.issue(link), EVENT)


def test_the_token_of_the_metrics_can_be_withdrawn(checker: LinkChecker, tmp_path: Path) -> None:
    token = checker.issue(SCRAPER)
    grant = checker.verify_metrics(token, EVENT)
    revoke(tmp_path, METRICS)
    with pytest.raises(LinkError, match="withdrawn"):
        checker.verify_metrics(token, EVENT)
    with pytest.raises(LinkError, match="withdrawn"):
        checker.check(grant, EVENT)


# Damage ----------------------------------------------------------------------------------------------------------


def signed(checker: LinkChecker, **changed: Any) -> str:
    """A token for Berlin with the right key and some claims changed, or left out if `...`."""
    claims = {
        "aud": "schalte",
        "role": "venue",
        "sub": "berlin",
        "iat": 1.5e9,
        "jti": "j",
        "gen": 0,
    } | changed
    present = {name: value for name, value in claims.items() if value is not ...}
    return jwt.PyJWS().encode(json.dumps(present).encode(), checker.key, "HS256")


WRONG: tuple[Any, ...] = (None, True, [], ["venue"], {}, float("nan"), float("inf"), -float("inf"))
"""Values that no claim may have."""


@pytest.mark.parametrize("claim", ["aud", "role", "sub", "iat", "jti", "gen", "exp"])
def test_a_link_with_a_claim_of_a_wrong_type_is_damaged(checker: LinkChecker, claim: str) -> None:
    number_or_text = ["1", "soon"] if claim in ("iat", "gen", "exp") else [5, 1.5]
    for value in (*WRONG, *number_or_text):
        with pytest.raises(LinkError, match="damaged"):
            checker.verify(signed(checker, **{claim: value}), EVENT)


@pytest.mark.parametrize("claim", ["role", "sub"])
@pytest.mark.parametrize("text", ["", "\ud800", "Berlin", "berlin\n", "b" * 64, "<b>"])
def test_a_link_with_a_name_that_is_no_id_is_damaged(checker: LinkChecker, claim: str, text: str) -> None:
    """The answer would quote it, and UTF-8 cannot encode a lone surrogate."""
    with pytest.raises(LinkError, match="damaged"):
        checker.verify(signed(checker, **{claim: text}), EVENT)


@pytest.mark.parametrize("gen", [-1, 0.5, 2**53 + 1, 10**400])
def test_a_link_with_an_impossible_generation_is_damaged(checker: LinkChecker, gen: float) -> None:
    with pytest.raises(LinkError, match="damaged"):
        checker.verify(signed(checker, gen=gen), EVENT)


@pytest.mark.parametrize("claim", ["aud", "role", "sub", "iat", "jti", "gen"])
def test_a_link_without_a_required_claim_is_damaged(checker: LinkChecker, claim: str) -> None:
    with pytest.raises(LinkError, match="damaged"):
        checker.verify(signed(checker, **{claim: ...}), EVENT)


@pytest.mark.parametrize("payload", [b"", b"[]", b"null", b"{", b"\xff", b"[" * 2_900])
def test_signed_bytes_that_are_no_claims_are_damaged(checker: LinkChecker, payload: bytes) -> None:
    with pytest.raises(LinkError, match="damaged"):
        checker.verify(jwt.PyJWS().encode(payload, checker.key, "HS256"), EVENT)


def test_a_header_a_thousand_lists_deep_is_damaged(checker: LinkChecker) -> None:
    """It can be sent without the key."""
    deep = jwt.utils.base64url_encode(b"[" * 2_900).decode()
    with pytest.raises(LinkError, match="damaged"):
        checker.verify(f"{deep}.e30.AAAA", EVENT)


def test_a_token_that_is_too_long_is_not_decoded(
    checker: LinkChecker, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = signed(checker)
    padded = signed(checker, jti="j" * 4096)
    assert len(token) < 4096 < len(padded)
    monkeypatch.setattr(jwt, "decode", lambda *_, **__: pytest.fail("it was decoded"))
    with pytest.raises(LinkError, match="damaged"):
        checker.verify(padded, EVENT)


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
