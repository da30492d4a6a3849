"""Links open what they were made for, and nothing else."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from config.times import DAY, HOUR, Duration, Instant, plus, seconds
from config.yamlfile import parse
from signaling.access import links
from signaling.access.codes import grouped
from signaling.access.keys import rotate
from signaling.access.linkchecker import LinkChecker
from signaling.access.links import METRICS, Grant, Link, LinkError
from signaling.show.permissions import COMMANDS, ENDPOINTS, MESSAGES
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


END = EVENT.agenda[-1].planned.end


class TestClock:
    """The clock that links are valid by."""

    def __init__(self) -> None:
        self.now = plus(END, Duration(-2 * DAY))

    def __call__(self) -> Instant:
        return self.now


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
def checker(tmp_path: Path, clock: TestClock) -> LinkChecker:
    return LinkChecker(tmp_path, clock)


def test_a_link_is_short_enough_to_be_typed_in_any_way(checker: LinkChecker) -> None:
    code = checker.issue(VENUE)
    assert len(code) <= 16
    for typed in (code, grouped(code), grouped(code).lower(), f" {' '.join(code)} "):
        assert checker.verify(typed, EVENT) == VENUE


def test_a_link_is_printed_again_as_it_was(checker: LinkChecker, tmp_path: Path, clock: TestClock) -> None:
    code = checker.issue(VENUE)
    assert checker.issue(VENUE) == code == LinkChecker(tmp_path, clock).issue(VENUE)
    assert code not in (tmp_path / "links.json").read_text()


def test_a_code_made_at_the_desk_is_random_and_stored_nowhere(
    checker: LinkChecker, tmp_path: Path, clock: TestClock
) -> None:
    (row, one), (_, other) = checker.random_link(VENUE), checker.random_link(VENUE)
    assert one != other
    assert checker.verify(one, EVENT).number == row.number
    assert checker.verify(one, EVENT) == checker.verify(other, EVENT) == VENUE
    assert LinkChecker(tmp_path, clock).verify(one, EVENT) == VENUE
    assert one not in (tmp_path / "links.json").read_text()
    with pytest.raises(ValueError, match="shown once"):
        checker.code(row)
    assert checker.issue(VENUE) not in (one, other)


def test_a_read_only_moderators_link_is_another_and_says_so(checker: LinkChecker) -> None:
    watching = replace(MODERATOR, read_only=True)
    code = checker.issue(watching)
    assert code != checker.issue(MODERATOR)
    assert checker.verify(code, EVENT).read_only
    assert checker.verify(code, EVENT) == watching
    assert not checker.verify(checker.issue(MODERATOR), EVENT).read_only
    assert checker.issue(watching) == code


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


def test_links_stay_valid_after_a_restart(checker: LinkChecker, tmp_path: Path, clock: TestClock) -> None:
    code = checker.issue(VENUE)
    assert LinkChecker(tmp_path, clock).verify(code, EVENT) == VENUE


def test_a_link_made_with_another_key_is_refused(
    checker: LinkChecker, tmp_path: Path, clock: TestClock
) -> None:
    foreign = LinkChecker(tmp_path / "other", clock).issue(VENUE)
    with pytest.raises(LinkError, match="made for another event"):
        checker.verify(foreign, EVENT)


def test_a_corrected_title_leaves_the_links_as_they_are(checker: LinkChecker, tmp_path: Path) -> None:
    corrected = parse(SHORT.replace("Probe", "Generalprobe"), "event.yaml")
    assert checker.verify(checker.issue(VENUE), corrected) == VENUE


def test_a_link_to_a_venue_that_was_removed_says_so(checker: LinkChecker) -> None:
    with pytest.raises(LinkError, match="no venue “bonn”"):
        checker.verify(checker.issue(Link("venue", "bonn", "Bonn")), EVENT)


def test_a_revoked_link_is_refused_and_a_new_one_is_valid(checker: LinkChecker, tmp_path: Path) -> None:
    before, others = checker.issue(VENUE), checker.issue(MODERATOR)
    checker.revoke("berlin")
    with pytest.raises(LinkError, match="revoked"):
        checker.verify(before, EVENT)
    assert checker.verify(checker.issue(VENUE), EVENT) == VENUE
    assert checker.verify(others, EVENT) == MODERATOR


def test_a_verified_link_is_valid_until_it_is_revoked(checker: LinkChecker, tmp_path: Path) -> None:
    link = checker.verify(checker.issue(VENUE), EVENT)
    checker.check(link, EVENT)
    checker.revoke("berlin")
    with pytest.raises(LinkError, match="revoked"):
        checker.check(link, EVENT)
    checker.check(checker.verify(checker.issue(VENUE), EVENT), EVENT)


@pytest.mark.parametrize("link", [VENUE, Link("guest", "uchida", "Miki Uchida")])
def test_a_verified_link_is_valid_until_its_place_is_removed_from_the_event(
    checker: LinkChecker, link: Link
) -> None:
    verified = checker.verify(checker.issue(link), EVENT)
    without = replace(EVENT, venues={"krefeld": EVENT.venues["krefeld"]}, guests={})
    with pytest.raises(LinkError, match=f"no {link.role} “{link.id}” any more"):
        checker.check(verified, without)


def test_unchanged_files_cost_no_descriptor(checker: LinkChecker) -> None:
    """A server without free descriptors must still verify links."""
    token, revoked = checker.issue(VENUE), checker.issue(Link("venue", "tokio", ""))
    checker.revoke("tokio")
    checker.verify(token, EVENT)
    with out_of_descriptors():
        link = checker.verify(token, EVENT)
        checker.check(link, EVENT)
        with pytest.raises(LinkError, match="revoked"):
            checker.verify(revoked, EVENT)


def test_links_of_one_place_are_equal_whenever_they_were_signed(checker: LinkChecker) -> None:
    """Rate limits are kept by link, and must not grow with the number of tokens."""
    first, second = (checker.verify(checker.issue(VENUE, lifetime), EVENT) for lifetime in (60, 3600))
    assert first.expires != second.expires
    assert len({first, second, VENUE}) == 1


# When a link expires -----------------------------------------------------------------------------------------------


def test_a_link_is_valid_until_one_day_after_the_events_end(checker: LinkChecker, clock: TestClock) -> None:
    code = checker.issue(VENUE)
    link = checker.verify(code, EVENT)
    clock.now = plus(END, Duration(DAY - 1))
    checker.check(link, EVENT)
    assert checker.issue(VENUE) == code
    clock.now = plus(END, DAY)
    for use in (lambda: checker.check(link, EVENT), lambda: checker.verify(code, EVENT)):
        with pytest.raises(LinkError, match="expired"):
            use()


def test_a_link_is_valid_for_24_hours_after_it_was_made(checker: LinkChecker, clock: TestClock) -> None:
    """Also when the event is long over, as in a rehearsal of an old file."""
    clock.now = made = plus(END, Duration(100 * DAY))
    code = checker.issue(VENUE)
    clock.now = plus(made, Duration(DAY - 1))
    assert checker.verify(code, EVENT) == VENUE
    clock.now = plus(made, DAY)
    with pytest.raises(LinkError, match="expired"):
        checker.verify(code, EVENT)
    (row,) = checker.links_for([VENUE], event=EVENT)
    assert checker.code(row) != code, "a new one is made"


def test_a_reload_that_moves_the_events_end_moves_the_end_of_its_links(
    checker: LinkChecker, clock: TestClock
) -> None:
    """They must not die in the middle of a show that was moved to the next week."""
    later = parse(SHORT.replace("2026-03-14", "2026-03-21"), "event.yaml")
    assert later.agenda[-1].planned.end > END
    code = checker.issue(VENUE)
    link = checker.verify(code, EVENT)
    clock.now = plus(END, Duration(2 * DAY))
    checker.check(link, later)
    assert checker.verify(code, later) == VENUE
    with pytest.raises(LinkError, match="expired"):
        checker.check(link, EVENT)


def test_a_link_with_an_expiry_of_its_own_is_valid_until_then(checker: LinkChecker, clock: TestClock) -> None:
    code, usual = checker.issue(VENUE, 3600), checker.issue(VENUE)
    link, start = checker.verify(code, EVENT), clock.now
    clock.now = plus(start, Duration(HOUR - 1))
    checker.check(link, EVENT)
    clock.now = plus(start, HOUR)
    for use in (lambda: checker.check(link, EVENT), lambda: checker.verify(code, EVENT)):
        with pytest.raises(LinkError, match="expired"):
            use()
    assert checker.verify(usual, EVENT) == VENUE


def test_a_link_is_valid_though_the_machines_clock_was_set_back_since(
    checker: LinkChecker, clock: TestClock
) -> None:
    code = checker.issue(MODERATOR)
    clock.now = plus(clock.now, Duration(-365 * DAY))
    assert checker.verify(code, EVENT) == MODERATOR


def test_a_link_made_while_the_clock_was_fast_can_be_revoked(checker: LinkChecker, clock: TestClock) -> None:
    clock.now = plus(clock.now, DAY)
    ahead = checker.issue(VENUE)
    clock.now = plus(clock.now, Duration(-DAY))
    checker.revoke("berlin")
    with pytest.raises(LinkError, match="revoked"):
        checker.verify(ahead, EVENT)


# Keys --------------------------------------------------------------------------------------------------------------


def test_a_link_made_at_the_desk_is_listed_until_its_key_ends(
    checker: LinkChecker, clock: TestClock, tmp_path: Path
) -> None:
    checker.random_link(VENUE)
    rotate(tmp_path, HOUR, clock.now)
    checker.refresh()
    (listed,) = checker.rows()
    assert checker.expiry(listed, EVENT) == plus(clock.now, HOUR)
    assert checker.status(listed, EVENT) == "valid"
    clock.now = plus(clock.now, HOUR)
    assert checker.status(listed, EVENT) == "expired"


def test_a_rotated_key_has_other_links_and_the_old_ones_are_valid_for_a_while(
    checker: LinkChecker, tmp_path: Path, clock: TestClock
) -> None:
    old, (_, desk) = checker.issue(VENUE), checker.random_link(VENUE)
    link = checker.verify(old, EVENT)
    rotate(tmp_path, HOUR, clock.now)
    new = checker.issue(VENUE)
    assert new != old
    for code in (old, desk, new):
        assert checker.verify(code, EVENT) == VENUE
    clock.now = plus(clock.now, HOUR)
    with pytest.raises(LinkError, match="expired"):
        checker.check(link, EVENT)
    for code in (old, desk):
        with pytest.raises(LinkError, match="expired"):
            checker.verify(code, EVENT)
    assert checker.verify(new, EVENT) == VENUE


def test_without_an_overlap_the_old_links_end_at_once(
    checker: LinkChecker, tmp_path: Path, clock: TestClock
) -> None:
    old = checker.issue(MODERATOR)
    rotate(tmp_path, seconds(0), clock.now)
    checker.refresh()
    with pytest.raises(LinkError, match="expired"):
        checker.verify(old, EVENT)
    assert checker.verify(checker.issue(MODERATOR), EVENT) == MODERATOR


def test_a_revoked_link_is_revoked_by_the_old_key_too(
    checker: LinkChecker, tmp_path: Path, clock: TestClock
) -> None:
    old = checker.issue(VENUE)
    rotate(tmp_path, HOUR, clock.now)
    new = checker.issue(VENUE)
    checker.revoke_code(old)
    for code in (old, new):
        with pytest.raises(LinkError, match="revoked"):
            checker.verify(code, EVENT)


# The metrics' token ----------------------------------------------------------------------------------------------


def test_the_token_of_the_metrics_opens_the_metrics_alone(checker: LinkChecker) -> None:
    token = checker.issue(SCRAPER)
    grant = checker.verify(token, EVENT)
    assert grant == SCRAPER
    assert not isinstance(grant, Link)
    assert [name for name, row in ENDPOINTS.items() if grant.holder in row and "stranger" not in row] == [
        "GET /metrics"
    ]
    assert not any(grant.holder in row for row in (*MESSAGES.values(), *COMMANDS.values()))


def test_the_token_of_the_metrics_can_be_revoked(checker: LinkChecker, tmp_path: Path) -> None:
    token = checker.issue(SCRAPER)
    grant = checker.verify(token, EVENT)
    checker.revoke(METRICS)
    with pytest.raises(LinkError, match="revoked"):
        checker.verify(token, EVENT)
    with pytest.raises(LinkError, match="revoked"):
        checker.check(grant, EVENT)


# Links of older versions -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["", "x", "a.b.c", "ä", "7KQ2MX9F4PT3VB", "7" * 5000, "\udcff"])
def test_a_code_that_there_is_not_says_so(checker: LinkChecker, code: str) -> None:
    with pytest.raises(LinkError, match="has a mistake"):
        checker.verify(code, EVENT)


def test_a_link_of_an_older_version_says_so(checker: LinkChecker) -> None:
    token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ0b2tpbyJ9.c2lnbmF0dXJl"
    for text in (token, token * 40, "eyJ"):
        with pytest.raises(LinkError, match="older version") as refused:
            checker.verify(text, EVENT)
        assert refused.value.reason == "link-version"
