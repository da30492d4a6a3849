"""config.yamltext.tree: YAML to plain texts with their places, and none of YAML 1.1's surprises."""

from __future__ import annotations

import pytest

from config.yamltext.tree import MAX_DEPTH, InvalidYaml, load_tree


@pytest.mark.parametrize(
    "text", ["10:30", "09:30", "off", "no", "yes", "2018-09-15", "0x10", "1_000", "9.50", "1e3", ".inf", "="]
)
def test_a_plain_word_stays_what_was_written(text: str) -> None:
    """YAML 1.1 would make a number, a truth value or a timestamp of each of these."""
    assert load_tree(f"start: {text}").data == {"start": text}


@pytest.mark.parametrize("text", ["", "~", "null"])
def test_nothing_is_nothing_and_in_quotes_a_text(text: str) -> None:
    assert load_tree(f"start: {text}").data == {"start": None}
    assert load_tree(f"start: '{text}'").data == {"start": text}


def test_every_key_and_value_has_its_line_and_column() -> None:
    tree = load_tree("agenda:\n  - title: Begrüßung\n    with: [ä, b]\n")
    assert tree.keys["agenda",] == (1, 1)
    assert tree.values["agenda", 0] == (2, 5)
    assert tree.keys["agenda", 0, "title"] == (2, 5)
    assert tree.values["agenda", 0, "title"] == (2, 12)
    assert tree.values["agenda", 0, "with", 1] == (3, 15)


def test_a_duplicate_key_is_reported_and_the_first_one_stays() -> None:
    tree = load_tree("a: 1\nb: 2\na: 3\n")
    assert tree.data == {"a": "1", "b": "2"}
    assert tree.faults == [((), (3, 1), "duplicate key `a`: it is in line 1 already; keep one of them")]


def test_a_key_that_is_no_word_is_reported() -> None:
    assert [what for _, _, what in load_tree("? [a]\n: b\n").faults] == [
        "a key is a plain word; a text that begins with [ or { needs quotes"
    ]


@pytest.mark.parametrize("text", [r'"\ud800": 1', r'venues: {"a\udfff": }'])
def test_half_a_character_in_a_key_is_reported(text: str) -> None:
    """What is told of a key is sent to pages, and half a character cannot be."""
    ((_, _, what),) = load_tree(text).faults
    assert "is half a character" in what
    assert what.isprintable()


def test_a_tag_is_reported() -> None:
    assert [(mark, what) for _, mark, what in load_tree("a: !python/object:os.system x\n").faults] == [
        ((1, 4), "the tag !python/object:os.system has no meaning here; leave it out")
    ]


def test_an_alias_has_the_value_of_its_anchor() -> None:
    assert load_tree("a: &x [1, 2]\nb: *x\n").data == {"a": ["1", "2"], "b": ["1", "2"]}


def test_an_empty_text_has_no_data() -> None:
    assert load_tree("").data is None
    assert load_tree("# nothing but a comment\n").data is None


SYNTAX = [
    (
        "a: b: c",
        (1, 5),
        "a colon is not allowed here; put a text with a colon in quotes, or correct the indentation",
    ),
    ("a:\n\tb: 1", (2, 1), "a tab cannot indent; use spaces"),
    ("a: [1,", (1, 7), "the bracket opened in line 1 is never closed, or a comma is missing"),
    ("a: {b: c\nd: e", (2, 2), "the bracket opened in line 1 is never closed, or a comma is missing"),
    ('a: 1\nb: "c\nd: e', (2, 4), "this quotation mark is never closed"),
    ("a: @b", (1, 4), "a text cannot begin with '@'; put it in quotes"),
    ("a: *b", (1, 4), "there is no anchor of this name; put a text that begins with * in quotes"),
    ("a: 'b' c", (1, 8), "this does not fit what begins in line 1; correct the indentation or the quotes"),
    ("a: 1\n---\nb: 2", (2, 1), "a second document begins here; one file is one document"),
    ("ä: \x07", (1, 4), "the character U+0007 is not allowed in a file; remove it"),
    ("a: 1\nbc: \x00", (2, 5), "the character U+0000 is not allowed in a file; remove it"),
    ('a: "\\UFFFFFFFF"', (1, 7), "this escape in quotes is no character; write the character itself"),
    ("[" * 50, (1, MAX_DEPTH + 1), f"nested more than {MAX_DEPTH} levels deep; 5 are enough"),
]


@pytest.mark.parametrize(("text", "mark", "what"), SYNTAX, ids=[text[:12] for text, _, _ in SYNTAX])
def test_invalid_yaml_is_reported_in_plain_words_at_its_place(
    text: str, mark: tuple[int, int], what: str
) -> None:
    with pytest.raises(InvalidYaml) as caught:
        load_tree(text)
    assert (caught.value.mark, caught.value.what) == (mark, what)


def test_aliases_cannot_blow_a_file_up() -> None:
    levels = [f"{b}: &{b} [{', '.join([f'*{a}'] * 10)}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True)]
    with pytest.raises(InvalidYaml, match="with its aliases written out this file is too large"):
        load_tree("\n".join(["a: &a [x]", *levels]))


def test_an_alias_inside_itself_ends() -> None:
    with pytest.raises(InvalidYaml, match="with its aliases written out this file is too large"):
        load_tree("a: &a [*a]")
