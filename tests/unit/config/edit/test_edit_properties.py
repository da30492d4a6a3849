"""Any changes of any event file: it says what was asked for, and every comment and every other line stays."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.edit.changes import (
    AddItem,
    Change,
    MoveItem,
    NotEditable,
    RemoveItem,
    SetFields,
    entries_of,
)
from config.edit.edited import edited
from config.edit.scalars import normalized
from config.yamlfile import EventFileError, parse
from config.yamltext.tree import load_tree

ROOT = Path(__file__).parents[4]
SAMPLES = [(ROOT / "config" / name).read_text("utf-8") for name in ("djw-2018.yaml", "demo.yaml")]
HEAD = """\
event: {title: Test, date: 2018-09-15, timezone: Europe/Berlin}  # head
venues: {krefeld: {}, berlin: {}, tokio: {}}
"""
ITEMS = (
    "- {title: %s, duration: 5m, source: krefeld}  # flow",
    "- {duration: 5m, 'title': %s, source: krefeld, with: [berlin,\n     tokio], notes: 'a, b'}",
    "- title: %s  # title\n  duration: 5m\n  source: krefeld",
    "-  title: %s\n   duration: 5m   # length\n   # about the source\n   source: krefeld\n"
    "   notes: |  # notes\n     a # text\n\n     b\n",
    "-\n  # first\n  title: %s\n  duration: 5m\n  source: krefeld\n  speaker:\n  # last",
    "- duration: 5m\n  source: krefeld\n  with:  # beside\n  - berlin  # b\n  # and\n  - tokio\n  title: %s",
    "- title: %s\n  notes: >-\n    a\n    b\n  source: krefeld\n  duration: 5m\n  speaker: a\n    b",
    '- "title": "%s"\n  duration: 5m\n  source: krefeld\n  notes: "a\\\n    b"',
)
"""Items in every form, each with a place for its title."""
TITLES = ("A", "B", "B", "東京", "京都", "Begrüßung")
GAPS = ("", "\n", "# above\n", "\n# above\n", "\n# section\n\n", "\n\n# section\n\n# above\n# it\n")
VALUES: dict[str, Any] = {
    "title": (
        "C",
        "a: b",
        "# no comment",
        "null",
        "[x]",
        "{y}",
        "'q'",
        '"',
        "東京: 夜",
        "x" * 200,
        "- a",
        "B",
    ),
    "duration": ("7m", "1h30m", "00:05:00"),
    "source": ("berlin", "tokio", "slate"),
    "with": (["tokio"], [], ["tokio", "berlin"], None),
    "hard": ("true", "false", None),
    "speaker": ("Somebody", "a, b", "x # y", "x: y", None),
    "notes": (
        "one",
        "one\ntwo",
        "  one\n\n    two\n",
        "# one\n- two: {",
        "word " * 60,
        "a\tb\r\nc ",
        "…",
        None,
    ),
    "skip": ("true", None),
}


@st.composite
def files(draw: st.DrawFn) -> str:
    """A file with an agenda in any mixture of forms, or a sample."""
    if draw(st.sampled_from((False, False, False, True))):
        text = draw(st.sampled_from(SAMPLES))
    else:
        column = " " * draw(st.sampled_from((0, 2, 3)))
        agenda = ""
        for n in range(draw(st.integers(1, 6))):
            item = draw(st.sampled_from(ITEMS)) % draw(st.sampled_from(TITLES))
            if n == 0:
                item = item.replace(
                    "duration: 5m", "start: 10:00, duration: 5m" if "{" in item else "duration: 5m"
                )
                if "start" not in item:
                    item += f"\n{'   ' if item.startswith('-  ') else '  '}start: 10:00"
            agenda += f"{draw(st.sampled_from(GAPS))}{item}\n"
        agenda = "".join(column + line if line.strip() else line for line in agenda.splitlines(keepends=True))
        text = (
            HEAD + "agenda:  # all\n" + agenda + draw(st.sampled_from(("", "\n# end\n", "\nhost: krefeld\n")))
        )
    if draw(st.booleans()):
        text = text.rstrip("\n")
    return draw(st.sampled_from(("", "\ufeff"))) + text.replace("\n", draw(st.sampled_from(("\n", "\r\n"))))


@st.composite
def edits(draw: st.DrawFn) -> tuple[str, list[Change]]:
    text = draw(files())
    ids = [entry.id for entry in entries_of(agenda(text))]
    changes: list[Change] = []
    for _ in range(draw(st.integers(1, 4))):
        here = draw(st.sampled_from(ids))
        before = draw(st.sampled_from([*ids, None]))
        match draw(st.sampled_from(("set", "move", "add", "remove"))):
            case "set":
                changes.append(SetFields(here, fields(draw)))
            case "move":
                changes.append(MoveItem(here, before))
            case "add":
                changes.append(
                    AddItem(before, {"title": "B", "duration": "5m", "source": "tokio"} | fields(draw))
                )
            case _ if len(ids) > 1:
                changes.append(RemoveItem(here))
                ids.remove(here)
    return text, changes


def fields(draw: st.DrawFn) -> dict[str, Any]:
    keys = draw(st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=4, unique=True))
    return {key: draw(st.sampled_from(VALUES[key])) for key in keys}


def agenda(text: str) -> Any:
    document: Any = load_tree(text).data
    return document["agenda"]


def intended(text: str, changes: list[Change]) -> list[tuple[str | None, dict[str, Any]]]:
    """The items by their ids, and without their ids; None: a new one."""
    items: list[tuple[str | None, dict[str, Any]]] = [
        (entry.id, dict(entry.fields)) for entry in entries_of(agenda(text))
    ]

    def at(item: str | None) -> int:
        return next((n for n, (id, _) in enumerate(items) if item is not None and id == item), len(items))

    for change in changes:
        match change:
            case SetFields(item, values):
                items[at(item)][1].update(values)
            case MoveItem(item, before):
                moved = at(item)
                if item != before:
                    items.insert(at(before) - (at(before) > moved), items.pop(moved))
            case AddItem(before, values):
                items.insert(at(before), (None, dict(values)))
            case RemoveItem(item):
                del items[at(item)]
    return [
        (id, {key: said(value) for key, value in item.items() if value is not None and key != "id"})
        for id, item in items
    ]


def said(value: Any) -> Any:
    value = normalized(value)
    return value.replace("\n", " ") if isinstance(value, str) and value.startswith("word") else value


def comments(text: str) -> Counter[str]:
    """Everything behind a # that stands at the beginning of a line or behind a space, but for texts that have one."""
    found = (re.search(r"(?:^|\s)(#[^#]*)$", line) for line in text.splitlines())
    return Counter(m[1].rstrip() for m in found if m and m[1] != "# text")


@settings(max_examples=100, deadline=None)
@given(edits())
def test_the_file_says_what_was_asked_for_and_items_keep_their_ids(edit: tuple[str, list[Change]]) -> None:
    text, changes = edit
    found = edited(text, changes)
    wanted = intended(text, changes)
    items = [
        {key: said(value) for key, value in item.items() if value is not None and key != "id"}
        for item in agenda(found.text)
    ]
    assert items == [item for _, item in wanted]
    ids = [entry.id for entry in entries_of(agenda(found.text))]
    assert all(id == was for id, (was, _) in zip(ids, wanted, strict=True) if was is not None)
    assert len({*ids}) == len(ids)


@settings(max_examples=100, deadline=None)
@given(edits())
def test_comments_line_ends_and_other_lines_stay(edit: tuple[str, list[Change]]) -> None:
    text, changes = edit
    changes = [change for change in changes if not isinstance(change, RemoveItem)]
    new = edited(text, changes).text
    assert comments(text) - comments(new) == Counter()
    assert ("\r\n" in new) == ("\r\n" in text)
    assert not re.search("(?<!\r)\n", new) or "\r\n" not in text
    assert new.startswith("\ufeff") == text.startswith("\ufeff")
    head, below = text.split("agenda:", 1)[0], new.split("agenda:", 1)[0]
    assert head == below
    if all(isinstance(change, MoveItem) for change in changes):
        added = Counter(map(bare, new.splitlines())) - Counter(map(bare, text.splitlines()))
        assert all(re.search(r"\bid: ", line) or not line for line in added), added
    if all(isinstance(change, SetFields) for change in changes):
        touched = {change.item for change in changes if isinstance(change, SetFields)}
        for id, lines in lines_by_item(text).items():
            if id not in touched:
                assert lines in new or " id: " in new


def bare(line: str) -> str:
    """A line without its dash, which goes to the id that is written above it."""
    return line.strip().removeprefix("-").strip()


def lines_by_item(text: str) -> dict[str, str]:
    """The lines of items that have their id on their first line, as the samples do."""
    return {m[1]: m[0] for m in re.finditer(r"^ *- id: ([\w-]+)(?:.*\n)+?(?=\r?\n|\Z)", text, re.MULTILINE)}


@settings(max_examples=60, deadline=None)
@given(edits())
def test_an_edit_and_its_faults_are_those_of_the_new_file(edit: tuple[str, list[Change]]) -> None:
    """Whatever the values are, the text can be read, and the event has the items or faults with their places."""
    found = edited(*edit)
    try:
        ids = [item.id for item in parse(found.text, "event.yaml").agenda]
    except EventFileError as error:
        faults = error.faults
    else:
        faults = ()
        assert ids == [entry.id for entry in found.entries]
    assert all(fault.path for fault in faults)


ANCHORS = HEAD + (
    "agenda:\n"
    "  - {id: a, title: A, start: 10:00, duration: 5m, source: krefeld, fallback: &chain [tokio, slate]}\n"
    "  - id: b\n    title: B\n    duration: 5m\n    source: krefeld\n    fallback: *chain\n"
)


@pytest.mark.parametrize(
    "change",
    [
        RemoveItem("a"),
        MoveItem("a", None),
        SetFields("a", {"fallback": ["slate"]}),
        SetFields("a", {"fallback": None}),
    ],
)
def test_an_anchor_that_is_used_elsewhere_is_not_torn_away(change: Change) -> None:
    with pytest.raises(NotEditable, match="anchor"):
        edited(ANCHORS, [change])


@pytest.mark.parametrize(
    "change", [SetFields("b", {"fallback": ["slate"]}), SetFields("a", {"title": "New"}), RemoveItem("b")]
)
def test_a_file_with_anchors_is_edited_where_that_loses_nothing(change: Change) -> None:
    assert edited(ANCHORS, [change]).text


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("agenda: [{title: A, start: 10:00, duration: 5m, source: krefeld}]\n", "dash"),
        ("agenda:\n  - &a {title: A, start: 10:00, duration: 5m, source: krefeld}\n  - *a\n", "alias"),
        (
            "agenda:\n  - ? title\n    : A\n    start: 10:00\n    duration: 5m\n    source: krefeld\n",
            "question mark",
        ),
        (
            "agenda:\n  - {title: A, source: krefeld, with: [berlin, # b\n    tokio], start: 10:00, duration: 5m}\n",
            "comment",
        ),
    ],
)
def test_other_forms_are_left_alone(written: str, why: str) -> None:
    items = entries_of(agenda(HEAD + written))
    with pytest.raises(NotEditable, match=why):
        edited(HEAD + written, [SetFields(items[-1].id, {"with": ["berlin"]})])
