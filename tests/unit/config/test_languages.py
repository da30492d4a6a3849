"""config.languages: channels, booths and texts in several languages."""

from __future__ import annotations

import pytest

from bridge.engine import PICTURES
from config.languages import channel_of, same_language
from config.model import MAX_PICTURES, Booth, Event
from config.yamlfile import parse
from tests.unit.config.build import faults

HEAD = "event: {title: T, date: 2018-09-15, timezone: Europe/Berlin, language: de}\n"
VENUES = "venues: {krefeld: , tokio: {language: ja}}\n"
ITEM = "agenda: [{title: A, start: 10:00, duration: 1m, source: slate}]\n"


def event(keys: str = "", venues: str = VENUES, head: str = HEAD) -> Event:
    return parse(f"{head}{venues}{keys}\n{ITEM}", "e")


def told(keys: str, venues: str = VENUES, head: str = HEAD) -> list[str]:
    """The faults of a file. `keys` begin in line 3."""
    return faults(f"{head}{venues}{keys}\n{ITEM}")


# Languages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("de", "de", True),
        ("de-DE", "de", True),
        ("de-AT", "de-CH", True),
        ("DE", "de", True),
        ("de", "den", False),
        ("de", "en", False),
        ("zh-Hans", "ja", False),
    ],
)
def test_languages_are_compared_by_their_primary_subtags(one: str, other: str, same: bool) -> None:
    assert same_language(one, other) is same
    assert same_language(other, one) is same


def test_the_channel_of_a_language_is_the_one_as_the_file_writes_it() -> None:
    assert channel_of(("ja", "pt-BR"), "pt") == "pt-BR"
    assert channel_of(("ja", "pt-BR"), "fr") is None


def test_an_event_without_languages_has_no_channel_and_no_booth() -> None:
    found = event()
    assert (found.languages, dict(found.booths), dict(found.presets)) == ((), {}, {})
    assert event("languages: []\ninterpreters: {}").languages == ()


def test_the_channels_are_in_the_order_of_the_file() -> None:
    assert event("languages: [ja, de-DE, en]").languages == ("ja", "de-DE", "en")


@pytest.mark.parametrize(
    ("keys", "what"),
    [
        ("languages: [de, ja, de]", "3:21: languages: `de` is named twice; keep one of them"),
        ("languages: [de, de-AT]", "3:17: languages: `de-AT` and `de` are the same language here; keep one of them"),
        (
            "languages: [de, jp_JP]",
            "3:17: languages: `jp_JP` is not a language; write a tag such as de, ja, en or pt-BR",
        ),
        ("languages: de", "3:12: languages: a list is expected here, in [brackets] or with a - before each entry"),
        (
            "languages: [" + ", ".join(f"a{chr(97 + n)}" for n in range(26)) + ", ba, bb, bc, bd, be, bf, bg]",
            "3:141: languages: at most 32 languages fit; leave some out",
        ),
    ],
)  # fmt: skip
def test_a_wrong_list_of_languages_is_reported(keys: str, what: str) -> None:
    assert told(keys) == [what]


# Venues ---------------------------------------------------------------------------------------------------------------


def test_the_interpretation_output_of_a_venue_carries_its_own_language_where_that_is_a_channel() -> None:
    venues = "venues: {krefeld: , tokio: {language: ja-JP}, berlin: {listen: ja-JP}, paris: {language: fr}}\n"
    found = event("languages: [de, ja]", venues).venues
    assert {id: venue.listen for id, venue in found.items()} == {
        "krefeld": "de",
        "tokio": "ja",
        "berlin": "ja",
        "paris": None,
    }


@pytest.mark.parametrize(
    ("keys", "what"),
    [
        ("languages: [de, ja]", "2:24: venue tokio: listen: unknown channel `fr`; there are `de`, `ja`"),
        ("", "2:24: venue tokio: listen: the event has no channels; add `languages: [fr]` to the file"),
        ("languages: {de: , ja: }", "3:12: languages: a list is expected here, in [brackets] or with a - before "
         "each entry"),
    ],
)  # fmt: skip
def test_a_venue_listens_to_a_channel_of_the_event(keys: str, what: str) -> None:
    assert told(keys, "venues: {tokio: {listen: fr}}\n") == [what.replace("2:24", "2:26")]


def test_the_desk_has_a_contact() -> None:
    head = HEAD.replace("event: {", "event: {contact: Regie +49 2151 9, ")
    assert event(head=head).contact == "Regie +49 2151 9"
    assert event().contact == ""


def test_places_have_a_contact_and_a_guest_may_have_to_wait() -> None:
    venues = "venues: {krefeld: {contact: Julia +49 2151 1}}\n"
    guests = "guests: {uchida: {contact: +81 3 1, admission: true}, saito: }"
    found = event(guests, venues)
    assert found.venues["krefeld"].contact == "Julia +49 2151 1"
    assert [(g.contact, g.admission) for g in found.guests.values()] == [("+81 3 1", True), ("", False)]
    assert told("guests: {uchida: {admission: yes}}") == [
        "3:30: guest uchida: admission: `yes` is neither true nor false; did you mean `true`?"
    ]


# Booths ---------------------------------------------------------------------------------------------------------------


def test_a_booth_has_a_name_and_two_seats_unless_the_file_says_otherwise() -> None:
    found = event(
        "languages: [de, ja, en]\n"
        "interpreters: {kabine-1: {languages: [ja, de-DE]}, en: {name: Kabine 2, languages: [en, de], seats: 1}}"
    )
    assert dict(found.booths) == {
        "kabine-1": Booth("kabine-1", "Kabine 1", ("ja", "de"), 2),
        "en": Booth("en", "Kabine 2", ("en", "de"), 1),
    }


def booth(keys: str, id: str = "k", languages: str = "languages: [de, ja, en]") -> list[str]:
    """The faults of a file with this booth in line 4, its keys in column 21."""
    return told(f"{languages}\ninterpreters: {{{id}: {{{keys}}}}}")


@pytest.mark.parametrize(
    ("keys", "what"),
    [
        ("", "4:16: booth k: `languages` is missing"),
        ("languages: []", "4:31: booth k: languages: a booth has two languages and interprets either way; name both"),
        ("languages: [de]", "4:31: booth k: languages: a booth has two languages and interprets either way; write for "
         "example `[de, ja]`"),
        ("languages: [de, ja, en]", "4:31: booth k: languages: a booth has two languages, not 3; make another booth "
         "for the others"),
        ("languages: [de, de]", "4:36: booth k: languages: a booth has two different languages; write for example "
         "`[de, ja]`"),
        ("languages: [ja, ja-JP]", "4:36: booth k: languages: a booth has two different languages; write for example "
         "`[ja, de]`"),
        ("languages: [de, fr]", "4:36: booth k: languages: unknown channel `fr`; there are `de`, `ja`, `en`"),
        ("languages: [jam, de]", "4:32: booth k: languages: unknown channel `jam`; did you mean `ja`?"),
        ("languages: [de, ja], seats: 0", "4:48: booth k: seats: `0` is no number of seats; a booth has 1 to 4"),
        ("languages: [de, ja], seats: 5", "4:48: booth k: seats: `5` is no number of seats; a booth has 1 to 4"),
        ("languages: [de, ja], seats: two", "4:48: booth k: seats: `two` is no number of seats; a booth has 1 to 4"),
        ("languages: [de, ja], seat: 2", "4:41: booth k: unknown key `seat`; did you mean `seats`?"),
        ("language: [de, ja]", "4:20: booth k: unknown key `language`; did you mean `languages`?"),
    ],
)  # fmt: skip
def test_a_wrong_booth_is_reported(keys: str, what: str) -> None:
    assert what in booth(keys)


@pytest.mark.parametrize(
    ("id", "what"),
    [
        ("krefeld", "there is a venue `krefeld` already; choose another id"),
        ("uchida", "there is a guest `uchida` already; choose another id"),
        ("desk", "`desk` is reserved for the moderators; choose another id"),
        ("stage", "`stage` is reserved for a role of links; choose another id"),
        ("Kabine 1", "an id is made of a–z, 0–9 and -, at most 63 of them; did you mean `kabine-1`?"),
    ],
)
def test_the_id_of_a_booth_is_no_place_and_not_reserved(id: str, what: str) -> None:
    found = told(
        f"languages: [de, ja]\ninterpreters: {{{id}: {{languages: [de, ja]}}}}",
        VENUES + "guests: {uchida: }\n",
    )
    assert found == [f"5:16: booth {id}: {what}"]


def test_a_booth_given_twice_is_reported() -> None:
    one = "k: {languages: [de, ja]}"
    assert told(f"languages: [de, ja]\ninterpreters: {{{one}, {one}}}") == [
        "4:42: interpreters: duplicate key `k`: it is in line 4 already; keep one of them"
    ]


def test_booths_need_channels() -> None:
    assert booth("languages: [de, ja]", languages="") == [
        "4:1: interpreters: a booth needs channels to speak into; add `languages: [de, ja]` to the file"
    ]


def test_a_booth_is_not_reported_when_the_list_of_languages_is_faulty() -> None:
    assert len(booth("languages: [de, fr]", languages="languages: de")) == 1


def test_at_most_32_booths_fit() -> None:
    booths = ", ".join(f"k{n}: {{languages: [de, ja]}}" for n in range(33))
    assert told(f"languages: [de, ja]\ninterpreters: {{{booths}}}") == [
        "4:15: interpreters: at most 32 booths fit; leave some out"
    ]


# Presets --------------------------------------------------------------------------------------------------------------


def head(presets: str) -> str:
    """The presets are in line 1, in column 85."""
    return HEAD.replace("}\n", f", presets: {presets}}}\n")


def test_a_preset_is_a_text_by_language() -> None:
    found = event(head=head("{camera: {de: Bitte in die Kamera, ja: カメラを見てください, en: Camera}}"))
    assert {id: dict(texts) for id, texts in found.presets.items()} == {
        "camera": {"de": "Bitte in die Kamera", "ja": "カメラを見てください", "en": "Camera"}
    }
    french = event("guests: {marie: {language: fr}}", head=head("{camera: {fr: Caméra}}"))
    assert french.presets["camera"] == {"fr": "Caméra"}


def test_a_preset_replaces_the_words_of_a_built_in_cue() -> None:
    found = event("", head=head("{louder: {de: Näher ans Mikrofon}}"))
    assert found.presets["louder"] == {"de": "Näher ans Mikrofon"}


@pytest.mark.parametrize(
    ("presets", "what"),
    [
        ("{a: {fr: b}}", "1:90: event: presets: a: fr: unknown language `fr`; there are `de`, `ja`, `en`"),
        ("{a: {jap: b}}", "1:90: event: presets: a: jap: unknown language `jap`; did you mean `ja`?"),
        ("{a: {DE: b}}", "1:90: event: presets: a: DE: unknown language `DE`; did you mean `de`?"),
        ("{a: {}}", "1:89: event: presets: a: this preset has no text; write it in at least one language, as in "
         "`a: {de: …}`"),
        ("{a: }", "1:88: event: presets: a: this preset has no text; write it in at least one language, as in "
         "`a: {de: …}`"),
        ("{a: {de: }}", "1:93: event: presets: a: de: a single value is expected here, not nothing"),
        ('{a: {de: ""}}', "1:94: event: presets: a: de: this is empty; write something or leave the key out"),
        ("{a: b}", "1:89: event: presets: a: keys with values are expected here, as in `{key: value}`"),
        ("{A b: {de: c}}", "1:86: event: presets: A b: an id is made of a–z, 0–9 and -, at most 63 of them; "
         "did you mean `a-b`?"),
        (f"{{a: {{de: {'x' * 501}}}}}", "1:94: event: presets: a: de: 501 characters are too many; at most 500 fit"),
        ("{" + ", ".join(f"p{n}: {{de: a}}" for n in range(101)) + "}",
         "1:85: event: presets: at most 100 presets fit; leave some out"),
    ],
)  # fmt: skip
def test_a_wrong_preset_is_reported(presets: str, what: str) -> None:
    assert told("", head=head(presets)) == [what]


# Pictures -------------------------------------------------------------------------------------------------------------


def grid(beside: int) -> str:
    """A file with an item of one picture and this many beside it."""
    halls = ", ".join(f"h{n}: " for n in range(beside + 1))
    names = ", ".join(f"h{n + 1}" for n in range(beside))
    item = f"  - title: A\n    start: 10:00\n    duration: 1m\n    source: h0\n    with: [{names}]\n"
    return f"{HEAD}venues: {{{halls}}}\nagenda:\n{item}"


def test_nine_pictures_fit_as_many_as_the_bridge_has() -> None:
    assert len(PICTURES) == MAX_PICTURES
    assert len(parse(grid(8), "e").agenda[0].beside) == 8


def test_a_tenth_picture_is_reported_at_its_place() -> None:
    assert faults(grid(10)) == [
        '8:44: agenda item 1 "A": with: at most 9 pictures fit on screen, `source` and 8 beside it; leave out 2'
    ]
