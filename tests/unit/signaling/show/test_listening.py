"""What one peer hears besides the programme."""

from __future__ import annotations

from dataclasses import replace

from bridge.engine import Feed
from signaling.show.listening import Decodable, Listening, feed
from tests.unit.signaling.show.build import Desk
from tests.unit.signaling.show.test_languages import ENGLISCH, KABINE, ZWEI, close, on_air

FLOOR = Feed("krefeld", ("tokio",), ("krefeld", "tokio"))


def heard(desk: Desk, channel: str | None = None, seat: str | None = None) -> tuple[str, ...]:
    return feed(desk.show, FLOOR, Listening(channel, seat)).interpretation


def partner(desk: Desk, seat: str) -> str | None:
    return feed(desk.show, FLOOR, Listening(seat=seat)).partner


def test_without_a_choice_a_peer_is_sent_the_programme() -> None:
    desk = on_air(KABINE)
    desk.interpret("10:01", "kabine/anna")
    assert feed(desk.show, FLOOR, Listening()) == FLOOR


def test_a_listener_hears_the_seat_that_feeds_the_channel_and_the_floor_under_it() -> None:
    desk = on_air(KABINE)
    desk.interpret("10:01", "kabine/anna")
    assert feed(desk.show, FLOOR, Listening("ja")) == replace(FLOOR, interpretation=("kabine/anna",))
    desk.interpret("10:02", "kabine/ben")
    assert heard(desk, channel="ja") == ("kabine/anna", "kabine/ben")


def test_a_listener_hears_the_floor_where_it_speaks_that_language_and_where_nobody_interprets() -> None:
    desk = on_air(KABINE)
    desk.interpret("10:01", "kabine/anna")
    assert feed(desk.show, FLOOR, Listening("de")) == FLOOR
    assert feed(desk.show, FLOOR, Listening("en")) == FLOOR
    desk.report("10:02", "kabine/anna", "absent")
    assert feed(desk.show, FLOOR, Listening("ja")) == FLOOR


def test_an_interpreter_hears_the_floor_or_its_relay_by_itself() -> None:
    desk = on_air(KABINE, ENGLISCH, item="b")
    desk.interpret("10:01", "kabine/anna")
    assert heard(desk, seat="kabine/anna") == ()
    assert heard(desk, seat="englisch/eve") == ("kabine/anna",)
    desk.interpret("10:02", "englisch/eve")
    assert heard(desk, seat="englisch/eve") == ("kabine/anna",)


def test_an_interpreter_may_choose_any_channel_but_that_of_its_own_booth() -> None:
    desk = on_air(KABINE, ZWEI, ENGLISCH)
    desk.interpret("10:01", "kabine/anna")
    desk.interpret("10:02", "englisch/eve")
    assert heard(desk, seat="kabine/ben", channel="ja") == ()
    assert heard(desk, seat="zwei/cleo", channel="ja") == ()  # it would speak into that one, too
    assert heard(desk, seat="kabine/ben", channel="en") == ("englisch/eve",)


def test_a_seat_that_is_off_hears_its_partner() -> None:
    desk = on_air(KABINE)
    assert partner(desk, "kabine/ben") is None
    desk.interpret("10:01", "kabine/anna")
    assert (partner(desk, "kabine/ben"), partner(desk, "kabine/anna")) == ("kabine/anna", None)
    desk.interpret("10:02", "kabine/ben")
    assert [partner(desk, f"kabine/{seat}") for seat in ("anna", "ben", "cleo")] == [None, None, "kabine/ben"]
    desk.wait("10:03")
    assert partner(desk, "kabine/anna") == "kabine/ben"
    close(desk, "10:04", "kabine/ben")
    assert partner(desk, "kabine/anna") is None


def test_a_closed_seat_hears_its_partner_also_while_another_booth_feeds_the_channel() -> None:
    desk = on_air(KABINE, ZWEI)
    desk.interpret("10:01", "zwei/cleo")
    desk.interpret("10:02", "kabine/anna")
    assert partner(desk, "kabine/ben") == "kabine/anna"


def test_talkback_is_as_given() -> None:
    desk = on_air(KABINE)
    for seat in (None, "kabine/anna"):
        assert feed(desk.show, FLOOR, Listening(seat=seat, talkback="talk:7")).talkback == "talk:7"


def test_a_seat_of_a_booth_that_is_gone_hears_the_programme() -> None:
    desk = on_air()
    assert feed(desk.show, FLOOR, Listening(seat="kabine/anna")) == FLOOR


def test_a_peer_that_cannot_decode_all_is_sent_small_pictures_and_no_previews() -> None:
    found = feed(on_air(KABINE).show, FLOOR, Listening(pictures=Decodable(previews=False, small=True)))
    assert found == replace(FLOOR, previews=False, is_small=True)
