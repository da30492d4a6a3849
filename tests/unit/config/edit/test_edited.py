"""What an edited event file looks like."""

from __future__ import annotations

import difflib

import pytest

from config.edit.changes import AddItem, Change, MoveItem, RemoveItem, SetFields, UnknownItem
from config.edit.edited import edited, written
from config.yamltext.tree import Data

FILE = """\
# The day.
event: {title: Test, date: 2018-09-15, timezone: Europe/Berlin}
venues: {krefeld: {}, berlin: {}, tokio: {}}
agenda:
  # Arrival, with coffee.
  - id: arrival
    title: Arrival   # in the foyer
    start: 10:00
    duration: 10m
    type: break

  # --- Morning ---

  - id: talk
    title: "Talk: one"
    duration: 20m              # with questions
    source: krefeld
    with: [berlin, tokio]      # on screen
                               # beside it
    notes: >                   # for us
      A long note that goes on
      and on.

  # Berlin asks first.
  - {id: questions, title: Questions, duration: 10m, source: berlin}  # short
  - title: 乾杯
    duration: 5m
    source: tokio
    mics:
      - tokio    # first
      # and
      - krefeld
# The end.
"""


def changed(*changes: Change, text: str = FILE) -> list[str]:
    """The lines that changes take out and put in."""
    new = edited(text, changes).text
    lines = difflib.unified_diff(text.splitlines(), new.splitlines(), lineterm="", n=0)
    return [f"{line[0]} {line[1:]}" for line in list(lines)[2:] if line[0] in "+-"]


def test_a_value_is_replaced_where_it_stands() -> None:
    assert changed(SetFields("talk", {"title": "Talk: two", "duration": "25m"})) == [
        '-     title: "Talk: one"',
        "-     duration: 20m              # with questions",
        '+     title: "Talk: two"',
        "+     duration: 25m              # with questions",
    ]


def test_the_same_value_changes_nothing() -> None:
    same: dict[str, Data] = {"title": " Talk: one ", "with": ["berlin", "tokio"], "speaker": None}
    assert changed(SetFields("talk", {**same, "notes": "A long note that goes on and on."})) == []


def test_a_new_key_comes_where_it_usually_stands() -> None:
    assert changed(SetFields("talk", {"speaker": "Somebody", "start": "10:30", "layout": "pip"})) == [
        "+     start: 10:30",
        "+     layout: pip",
        "+     speaker: Somebody",
    ]
    lines = edited(FILE, [SetFields("talk", {"layout": "pip"})]).text.splitlines()
    assert lines[lines.index("    layout: pip") - 1].strip() == "# beside it"


def test_a_key_goes_and_its_comment_stays() -> None:
    assert changed(SetFields("talk", {"duration": None, "notes": None})) == [
        "-     duration: 20m              # with questions",
        "+     # with questions",
        "-     notes: >                   # for us",
        "-       A long note that goes on",
        "-       and on.",
        "+     # for us",
    ]


def test_lines_of_a_note_become_a_block() -> None:
    assert changed(SetFields("arrival", {"notes": "one\r\n\r\n  two  \n"})) == [
        "+     notes: |",
        "+       one",
        "+ ",
        "+         two",
    ]
    assert changed(SetFields("talk", {"notes": "Short: one"})) == [
        "-     notes: >                   # for us",
        "-       A long note that goes on",
        "-       and on.",
        "+     notes: 'Short: one'                   # for us",
    ]


def test_a_list_of_several_lines_becomes_one_and_keeps_its_comments() -> None:
    assert changed(SetFields("item-4", {"mics": ["tokio"]})) == [
        "-     mics:",
        "-       - tokio    # first",
        "-       # and",
        "-       - krefeld",
        "+     # first",
        "+     # and",
        "+     mics: [tokio]",
    ]


def test_an_item_in_braces_stays_in_braces() -> None:
    line = "  - {id: questions, title: Questions, duration: 10m, source: berlin}  # short"
    new: dict[str, Data] = {
        "title": "a, b",
        "hard": "true",
        "start": "11:00",
        "duration": None,
        "notes": "x\ny",
        "with": ["tokio"],
    }
    assert changed(SetFields("questions", new)) == [
        "- " + line,
        "+   - {id: questions, title: 'a, b', start: 11:00, hard: true, source: berlin, with: [tokio], "
        'notes: "x\\ny"}  # short',
    ]


def test_an_item_moves_with_the_comments_directly_above_it() -> None:
    assert edited(FILE, [MoveItem("questions", "talk")]).text == FILE.replace(
        """\
  # Berlin asks first.
  - {id: questions, title: Questions, duration: 10m, source: berlin}  # short
""",
        "",
    ).replace(
        "  - id: talk\n",
        """\
  # Berlin asks first.
  - {id: questions, title: Questions, duration: 10m, source: berlin}  # short

  - id: talk
""",
    )


def test_a_comment_that_stands_alone_stays_where_it_is() -> None:
    lines = edited(FILE, [MoveItem("talk", None)]).text.splitlines()
    assert lines[lines.index("  # --- Morning ---") + 2] == "  # Berlin asks first."
    assert lines[-1] == "# The end."
    assert lines[-2] == "      and on."


def test_an_item_goes_with_its_comments() -> None:
    assert changed(RemoveItem("questions")) == [
        "-   # Berlin asks first.",
        "-   - {id: questions, title: Questions, duration: 10m, source: berlin}  # short",
        "-   - title: 乾杯",
        "+   - id: item-4",
        "+     title: 乾杯",
    ]


def test_a_new_item_has_the_form_of_the_one_above_it() -> None:
    new = {"title": "Talk: one", "duration": "5m", "source": "berlin", "notes": "a\nb"}
    text = edited(FILE, [AddItem("questions", new)]).text
    block = """\
  - id: talk-one
    title: 'Talk: one'
    duration: 5m
    source: berlin
    notes: |
      a
      b

  # Berlin asks first.
"""
    assert block in text
    in_braces = "  - {id: talk-one, title: 'Talk: one', duration: 5m, source: berlin, notes: \"a\\nb\"}\n"
    assert in_braces in edited(FILE, [AddItem("item-4", new)]).text


def test_an_id_is_written_where_it_would_become_another() -> None:
    assert changed(SetFields("item-4", {"title": "Kanpai"})) == [
        "-   - title: 乾杯",
        "+   - id: item-4",
        "+     title: Kanpai",
    ]
    ids = [entry.id for entry in edited(FILE, [MoveItem("item-4", "arrival")]).entries]
    assert ids == ["item-4", "arrival", "talk", "questions"]


def test_a_new_item_does_not_take_the_id_of_one_that_has_been() -> None:
    new = {"title": "Arrival", "duration": "5m", "source": "berlin"}
    found = edited(FILE, [AddItem(None, new), RemoveItem("arrival")], frozenset({"arrival-2"}))
    assert found.entries[-1].id == "arrival-3"


def test_changes_come_one_after_the_other() -> None:
    found = edited(
        FILE,
        [
            AddItem("talk", {"id": "new", "title": "New", "duration": "5m", "source": "berlin"}),
            SetFields("new", {"title": "Newer"}),
            MoveItem("new", None),
            MoveItem("arrival", "new"),
        ],
    )
    assert [entry.id for entry in found.entries] == ["talk", "questions", "item-4", "arrival", "new"]
    assert "title: Newer" in found.text


def test_an_unknown_item_is_named() -> None:
    with pytest.raises(UnknownItem) as unknown:
        edited(FILE, [MoveItem("talk", "nothing")])
    assert unknown.value.item == "nothing"


def test_a_file_says_what_it_says() -> None:
    found = written(FILE.replace("agenda:", "defaults: {warn: 3m}\nagenda:"))
    assert [entry.id for entry in found.items] == ["arrival", "talk", "questions", "item-4"]
    assert found.items[1].fields["with"] == ["berlin", "tokio"]
    assert found.defaults == {"warn": "3m"}
