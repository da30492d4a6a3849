"""config.names: ids from titles, and the one name behind each way to write a source."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import names
from config.names import id_fault, is_person_name, is_seat_name, item_ids, slug, source_names


@pytest.mark.parametrize(
    ("title", "made"),
    [
        ("Begrüßung", "begruessung"),
        ("Ä Ö Ü ß", "ae-oe-ue-ss"),
        ("Begru\u0308ßung", "begruessung"),
        ("Q&A: fünf Fragen!", "q-a-fuenf-fragen"),
        ("Café crème", "cafe-creme"),
        ("東京からのご挨拶", ""),
        ("東京 Tokyo 2018", "tokyo-2018"),
        ("---", ""),
        ("x" * 80, "x" * 48),
    ],
)
def test_a_title_becomes_an_id_that_a_person_recognises(title: str, made: str) -> None:
    assert slug(title) == made


def test_a_title_without_latin_letters_is_named_by_its_number() -> None:
    assert item_ids(["Begrüßung", "Pause", "東京"], [None] * 3) == ["begruessung", "pause", "item-3"]


def test_ids_from_equal_titles_are_numbered() -> None:
    assert item_ids(["Pause", "Pause", "Pause"], [None] * 3) == ["pause", "pause-2", "pause-3"]


def test_an_id_that_the_file_gives_is_never_taken_by_a_title_above() -> None:
    assert item_ids(["Pause", "Kaffee"], [None, "pause"]) == ["pause-2", "pause"]


@given(st.lists(st.text(max_size=10) | st.sampled_from(["Pause", "pause-2", "東京", "item-1"]), max_size=20))
def test_ids_are_always_right_and_all_different(titles: list[str]) -> None:
    ids = item_ids(titles, [None] * len(titles))
    assert len(set(ids)) == len(titles)
    assert all(id_fault(id) is None for id in ids)


@pytest.mark.parametrize("id", ["tokio", "a", "0-9", "x" * 63])
def test_a_right_id_has_no_fault(id: str) -> None:
    assert id_fault(id) is None


@pytest.mark.parametrize("id", ["", "Tokio", "to kio", "tōkyō", "a/b", "a_b", "x" * 64, "tokio\n"])
def test_a_wrong_id_is_reported(id: str) -> None:
    assert "a–z, 0–9 and -" in (id_fault(id) or "")


def test_a_wrong_id_is_reported_with_the_nearest_right_one() -> None:
    assert (id_fault("Köln Süd") or "").endswith("did you mean `koeln-sued`?")


def test_the_first_input_of_a_place_is_the_place_itself() -> None:
    assert source_names([("tokio", ("main", "lectern")), ("uchida", ("main",))]) == {
        "tokio": "tokio",
        "tokio/main": "tokio",
        "tokio/lectern": "tokio/lectern",
        "uchida": "uchida",
        "uchida/main": "uchida",
    }


def test_many_items_of_one_title_try_each_number_once() -> None:
    looked = 0

    class Taken(set[str]):
        def __contains__(self, id: object) -> bool:
            nonlocal looked
            looked += 1
            return super().__contains__(id)

    taken, tried = Taken({f"talk-{n}" for n in range(2, 100)}), dict[str, int]()
    for _ in range(900):
        taken.add(names.free_id("talk", taken, tried))
    assert "talk-998" in taken
    assert looked <= 3 * 900


@pytest.mark.parametrize(
    "name", ["1", "Anna", "Anna B.", "山田 太郎", "山田　太郎", "Jos\u00e9", "x" * 40, "🎧"]
)
def test_a_seat_may_have_a_name_that_is_seen_as_it_is(name: str) -> None:
    assert is_seat_name(name)
    assert is_person_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *("", " ", "Anna ", " Anna", "\u3000Anna", "Anna  B.", "Anna \u00a0B."),
        *("An\x00na", "Anna\n", "An\x85na", "An\u2028na", "\ud800"),
        *("\u202eannA", "Anna\u200b", "\u2066Anna\u2069", "Anna\u200f", "An\u00adna"),
        *("a/b", "x" * 41, "Jose\u0301"),
    ],
)
def test_a_seat_has_no_name_that_looks_like_another_or_is_not_seen(name: str) -> None:
    assert not is_seat_name(name)
    assert is_person_name(name) == (name == "a/b")
