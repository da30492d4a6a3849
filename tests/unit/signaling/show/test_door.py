"""A guest with `admission: true` is used only after the desk has let them in."""

from __future__ import annotations

from config.times import Instant
from signaling.show.core import evolve
from signaling.show.door import let_in
from signaling.show.facts import Admitted, Cut
from signaling.show.routing import matrix, programme, return_picture
from tests.unit.signaling.show.build import HEAD, Desk

AT_DOOR = HEAD.replace("timezone: Asia/Tokyo}\n", "timezone: Asia/Tokyo, admission: true}\n")


def desk(item: str = "source: uchida") -> Desk:
    """A show whose first item is on air, with the guest live in the green room."""
    found = Desk(f"a start: 10:00, duration: 15m, {item}", "b duration: 15m, source: berlin", head=AT_DOOR)
    found.do("10:00", "start")
    return found


def test_a_guest_who_waits_is_not_on_air_and_is_at_once_when_let_in() -> None:
    show = desk().show
    assert show.sources["uchida"].state == "live"
    assert programme(show).source != "uchida"
    now = show.latest or Instant(0)
    facts = let_in(show, "uchida", now)
    assert isinstance(facts[0], Admitted)
    assert [fact.source for fact in facts if isinstance(fact, Cut)] == ["uchida"]
    for fact in facts:
        show = evolve(show, fact)
    assert programme(show).source == "uchida"
    assert let_in(show, "uchida", now) == ()


def test_a_guest_who_waits_is_heard_nowhere_and_is_nobodys_return_picture() -> None:
    show = desk("source: krefeld, mics: [krefeld, uchida], return: uchida").show
    assert return_picture(show, "krefeld") != "uchida"
    feeds = matrix(show, {"tokio": "venue", "uchida": "guest"})
    assert "uchida" not in feeds["tokio"].mics
    assert (
        feeds["uchida"].program == "krefeld"
    )  # sees and hears the programme, as any guest in the green room
    assert "krefeld" in feeds["uchida"].mics


def test_the_slides_of_a_guest_wait_with_the_guest() -> None:
    head = AT_DOOR.replace("admission: true", "admission: true, inputs: [main, slides]")
    show = Desk("a start: 10:00, duration: 15m, source: uchida/slides, with: [uchida]", head=head).show
    assert show.waits("uchida")
    assert show.waits("uchida/slides")
    for fact in let_in(show, "uchida", Instant(0)):
        show = evolve(show, fact)
    assert not show.waits("uchida/slides")


def test_other_guests_and_halls_do_not_wait() -> None:
    show = desk().show
    assert not show.waits("krefeld")
    assert let_in(show, "krefeld", Instant(0)) == ()
    assert not Desk("a start: 10:00, duration: 15m").show.waits("uchida")
