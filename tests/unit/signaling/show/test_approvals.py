"""A moderator has seen and heard a place: its pages say so with the time, until that is taken back."""

from __future__ import annotations

import pytest

from signaling.show.actions import Asked
from signaling.show.facts import Approved
from signaling.show.permissions import check_command
from signaling.show.reasons import ProblemError
from signaling.show.show import Show
from signaling.show.terms import BY_DESK, Author
from tests.unit.signaling.show.build import HEAD, Desk, clock, published, text
from tests.unit.signaling.show.test_cues import Hall


@pytest.fixture
def hall() -> Hall:
    return Hall()


def approved(show: Show, at: str = "10:00") -> dict[str, str | None]:
    """When each source was approved, as hours and minutes."""
    docs = published(show, clock(at)).sources
    return {source: doc.approved_at and doc.approved_at[11:16] for source, doc in docs.items()}


def test_a_place_is_approved_with_the_time_and_all_its_sources_say_so(hall: Hall) -> None:
    assert not any(approved(hall.show).values())
    assert hall.do("09:47", BY_DESK, "approve", place="uchida") == (
        Approved(place="uchida", ok=True, at=clock("09:47")),
    )
    hall.do("09:48", BY_DESK, "approve", place="tokio")
    found = approved(hall.show)
    assert found["uchida"] == "09:47"
    assert {found[source] for source in hall.show.event.venues["tokio"].sources} == {"09:48"}
    assert found["krefeld"] is None


def test_a_second_approval_has_a_later_time(hall: Hall) -> None:
    hall.do("09:47", BY_DESK, "approve", place="uchida")
    hall.do("09:55", BY_DESK, "approve", place="uchida", ok=True)
    assert approved(hall.show)["uchida"] == "09:55"


def test_it_is_taken_back_once(hall: Hall) -> None:
    assert hall.do("09:46", BY_DESK, "approve", place="uchida", ok=False) == ()
    hall.do("09:47", BY_DESK, "approve", place="uchida")
    assert len(hall.do("09:48", BY_DESK, "approve", place="uchida", ok=False)) == 1
    assert approved(hall.show)["uchida"] is None


def test_it_outlasts_a_lost_source_items_and_the_show(hall: Hall) -> None:
    hall.do("09:47", BY_DESK, "approve", place="uchida")
    for at in ("10:00", "10:01", "10:02"):
        hall.do(at, BY_DESK, "start" if at == "10:00" else "next", **({} if at == "10:00" else _from(hall)))
    assert approved(hall.show, "10:03")["uchida"] == "09:47"


def test_undo_takes_back_the_programme_and_no_approval(hall: Hall) -> None:
    """A moderator who has just heard a guest must not lose that to another who takes back a wrong Next."""
    hall.do("10:00", BY_DESK, "start")
    hall.do("10:01", BY_DESK, "next", **_from(hall))
    facts = hall.do("10:02", BY_DESK, "approve", place="uchida")
    assert not any(isinstance(fact, Asked) for fact in facts)
    hall.do("10:03", BY_DESK, "undo")
    assert hall.show.last == hall.show.event.agenda[0].id
    assert approved(hall.show)["uchida"] == "10:02"


def test_a_file_without_the_place_ends_it_and_another_file_keeps_it() -> None:
    desk = Desk("a start: 10:00, duration: 10m")
    desk.do("09:47", "approve", place="uchida")
    desk.do("09:47", "approve", place="tokio")
    desk.do("09:50", "reload", yaml=text("a start: 10:00, duration: 20m", head=HEAD))
    assert approved(desk.show)["uchida"] == "09:47"
    without = HEAD[: HEAD.index("guests:")]
    desk.do("09:51", "reload", yaml=text("a start: 10:00, duration: 20m", head=without))
    desk.do("09:52", "reload", yaml=text("a start: 10:00, duration: 20m", head=HEAD))
    assert (approved(desk.show)["uchida"], approved(desk.show)["tokio"]) == (None, "09:47")


@pytest.mark.parametrize("place", ["kabine", "desk", "tokyo", "stage"])
def test_only_what_can_be_seen_and_heard_is_approved(hall: Hall, place: str) -> None:
    reason, _ = hall.refusal("09:47", BY_DESK, "approve", place=place)
    assert reason == "unknown-place"


def test_a_guest_cannot_approve_itself() -> None:
    with pytest.raises(ProblemError):
        check_command(Author("guest", "uchida"), "approve")
    check_command(BY_DESK, "approve")


def _from(hall: Hall) -> dict[str, str]:
    assert hall.show.last is not None
    return {"from": hall.show.last}
