"""The house rules of CONTRIBUTING.md that a machine can hold."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

from tests.deadlines import deadlines

ROOT = Path(__file__).parents[2]
MAX_LINES = 450
MAX_FILES, SMALL_LINES = 14, 40
"""Files of more than `SMALL_LINES` lines in a folder."""
CATALOGUES = re.compile(r"web/src/(wire\.ts|texts/.*)")
WIDE_FOLDERS = {"bridge/rtp", "signaling/show", "signaling/cli", "web/src/parts", "web/src/texts"}
"""Each of their files is one small idea of the same kind."""
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")

SOURCES = {
    str(path.relative_to(ROOT)): path.read_text("utf-8")
    for folder, pattern in (
        ("bridge", "*.py"),
        ("config", "*.py"),
        ("signaling", "*.py"),
        ("web/src", "*.ts*"),
    )
    for path in sorted((ROOT / folder).rglob(pattern))
}


def test_no_file_is_too_long_to_read_in_one_sitting() -> None:
    lengths = {path: text.count("\n") for path, text in SOURCES.items() if not CATALOGUES.match(path)}
    assert {path: lines for path, lines in lengths.items() if lines > MAX_LINES} == {}


def test_no_folder_holds_more_files_than_one_can_keep_in_mind() -> None:
    folders: defaultdict[str, int] = defaultdict(int)
    for path, text in SOURCES.items():
        folders[str(Path(path).parent)] += text.count("\n") > SMALL_LINES
    assert {f: n for f, n in folders.items() if n > MAX_FILES and f not in WIDE_FOLDERS} == {}


def test_a_class_name_has_one_meaning() -> None:
    places: defaultdict[str, list[str]] = defaultdict(list)
    for path, text in SOURCES.items():
        if path.endswith(".py"):
            for node in ast.parse(text).body:
                if isinstance(node, ast.ClassDef):
                    places[node.name].append(path)
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


@pytest.mark.parametrize(
    "path", sorted(set(re.findall(r"`((?:bridge|config|docs|signaling|tests|web)/[\w/.-]*)`", CONTRIBUTING)))
)
def test_every_path_in_contributing_exists(path: str) -> None:
    assert (ROOT / path).exists()


def test_every_deadline_has_a_reason() -> None:
    assert [(row.name, row.path) for row in deadlines() if not row.why] == []
