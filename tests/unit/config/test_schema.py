"""config.schema: the keys of the file, what their values may look like, and the same for editors."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from config.schema import (
    BoothPart,
    DefaultsPart,
    EventFile,
    EventPart,
    GuestPart,
    ItemPart,
    Part,
    VenuePart,
    json_schema,
)


def keys(part: type[Part]) -> set[str]:
    return {field.alias or name for name, field in part.model_fields.items()}


def test_the_file_has_the_keys_of_the_contract() -> None:
    assert keys(EventFile) == {
        *("event", "host", "venues", "guests", "languages", "interpreters", "defaults", "agenda"),
    }
    assert keys(EventPart) == {"title", "date", "timezone", "language", "presets", "contact"}
    assert keys(VenuePart) == {"name", "place", "timezone", "language", "inputs", "listen", "contact"}
    assert keys(GuestPart) == {"name", "note", "timezone", "language", "contact", "admission", "inputs"}
    assert keys(BoothPart) == {"name", "languages", "seats"}
    assert keys(DefaultsPart) == {"advance", "warn", "danger", "fallback"}
    assert keys(ItemPart) == {
        *("id", "title", "start", "duration", "end", "hard", "source", "with", "layout", "mics", "return"),
        *("speaker", "language", "type", "follow", "advance", "fallback", "skip", "notes", "warn", "danger"),
    }


def read(key: str, value: object) -> Any:
    """The value of an item's key as the schema reads it, or the sentence it is refused with."""
    try:
        part = ItemPart.model_validate({key: value})
    except ValidationError as error:
        return error.errors()[0]["msg"].removeprefix("Value error, ")
    return part.model_dump(by_alias=True)[key]


@pytest.mark.parametrize("word", ["true", "True", "TRUE"])
def test_a_flag_is_true_or_false_as_in_yaml_1_2(word: str) -> None:
    assert read("hard", word) is True
    assert read("hard", "false") is False


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("yes", "; did you mean `true`?"),
        ("Off", "; did you mean `false`?"),
        ("maybe", "; write `true` or `false`"),
    ],
)
def test_another_word_is_no_flag(word: str, meant: str) -> None:
    assert read("hard", word) == f"`{word}` is neither true nor false{meant}"


def test_a_choice_is_reported_with_the_nearest_or_with_all() -> None:
    assert read("layout", "sidebyside") == "unknown layout `sidebyside`; did you mean `side-by-side`?"
    assert read("type", "lunch") == "unknown type `lunch`; there are `talk`, `panel`, `qa`, `break`, `open`"
    assert read("advance", "automatic") == "unknown way to advance `automatic`; did you mean `auto`?"
    assert read("follow", "Voice") == "unknown way to follow `Voice`; did you mean `voice`?"


def test_a_title_is_one_line_and_keeps_every_script() -> None:
    assert read("title", "  東京\n から  Grüße 👩‍🔬 ") == "東京 から Grüße 👩‍🔬"
    assert read("title", "") == "this is empty; write something or leave the key out"
    assert read("title", "x" * 301) == "301 characters are too many; at most 300 fit"
    assert read("title", "a\x1b[2J") == "the character U+001B cannot be shown; leave it out"
    assert read("title", "a\ud800") == "the character U+D800 cannot be shown; leave it out"


def test_notes_keep_their_lines() -> None:
    assert read("notes", "one\n\ttwo\n") == "one\n two"


@pytest.mark.parametrize("tag", ["de", "ja", "pt-BR", "zh-Hans-TW", "gsw"])
def test_a_language_is_a_tag(tag: str) -> None:
    assert read("language", tag) == tag


@pytest.mark.parametrize("tag", ["deutsch", "DE", "d", "de_DE", "de-", "日本"])
def test_another_word_is_no_language(tag: str) -> None:
    assert read("language", tag) == f"`{tag}` is not a language; write a tag such as de, ja, en or pt-BR"


def test_a_value_of_another_shape_is_reported() -> None:
    assert read("title", ["a"]) == "a single value is expected here, not a list"
    assert read("title", {"a": "b"}) == "a single value is expected here, not keys with values"
    assert read("with", [None]) == "a single value is expected here, not nothing"


def test_a_length_is_positive_and_a_mark_may_be_zero() -> None:
    assert read("duration", "0s").startswith("a length of 0 is no length")
    assert read("warn", "0s") == 0


def zone_fault(zone: str) -> str:
    with pytest.raises(ValidationError) as caught:
        EventPart.model_validate({"timezone": zone})
    return caught.value.errors()[0]["msg"]


@pytest.mark.parametrize(
    ("zone", "near"),
    [
        ("Europe/Berln", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("Berlin", "Europe/Berlin"),
        ("Tokyo", "Asia/Tokyo"),
        ("Tokio", "Asia/Tokyo"),
        ("Asia/Tokio", "Asia/Tokyo"),
        ("JST", "Asia/Tokyo"),
        ("MESZ", "Europe/Berlin"),
    ],
)
def test_an_unknown_zone_is_reported_with_the_nearest(zone: str, near: str) -> None:
    assert zone_fault(zone).endswith(f"unknown time zone `{zone}`; did you mean `{near}`?")


@pytest.mark.parametrize(
    "zone", ["+09:00", "Europe", "../../etc/passwd", "/etc/localtime", "x" * 1000, "posix/UTC\x00"]
)
def test_what_is_no_zone_at_all_is_reported_with_an_example(zone: str) -> None:
    assert "unknown time zone `" in zone_fault(zone)


def test_a_key_without_a_value_is_as_good_as_absent() -> None:
    assert ItemPart.model_validate({"title": "A", "notes": None, "with": None}) == ItemPart.model_validate(
        {"title": "A"}
    )


def resolve(schema: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = schema["$defs"][node["$ref"].rpartition("/")[2]] if "$ref" in node else node
    return found


def test_the_json_schema_knows_the_same_keys_and_which_are_required() -> None:
    schema = json_schema()
    item = resolve(schema, schema["properties"]["agenda"]["items"])
    assert set(schema["properties"]) == keys(EventFile)
    assert set(schema["required"]) == {"event", "venues", "agenda"}
    assert set(item["properties"]) == keys(ItemPart)
    assert item["required"] == ["title"]
    assert item["additionalProperties"] is False
    assert item["properties"]["layout"]["enum"] == ["solo", "side-by-side", "pip", "grid"]
    assert set(resolve(schema, schema["properties"]["event"])["required"]) == {"title", "date", "timezone"}


def test_the_json_schema_offers_no_null() -> None:
    assert "null" not in str(json_schema())
