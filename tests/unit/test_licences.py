"""The licences of what an installed Schalte needs: all fit its own, Apache-2.0."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import pytest

REQUIREMENTS = Path(__file__).parent.parent.parent / "requirements.in"
PERMISSIVE = re.compile(r"\b(apache|bsd|mit|iscl?|psf|python software foundation)\b", re.IGNORECASE)
COPYLEFT = re.compile(r"\b(A?GPL|GNU (Affero )?General Public)", re.IGNORECASE)


def _needed() -> Iterator[Distribution]:
    """The runtime dependencies that are installed here, and theirs."""
    waiting = [line for line in REQUIREMENTS.read_text().splitlines() if not line.startswith("#")]
    seen: set[str] = set()
    while waiting:
        requirement = waiting.pop()
        name = re.split(r"[ ;\[<>=!~(]", requirement)[0].lower()
        if name in seen or "extra ==" in requirement:
            continue
        seen.add(name)
        try:
            found = distribution(name)
        except PackageNotFoundError:  # for another system or Python
            continue
        yield found
        waiting += found.requires or []


@pytest.mark.parametrize("found", list(_needed()), ids=lambda found: found.name)
def test_the_licence_of_each_dependency_is_permissive(found: Distribution) -> None:
    about = found.metadata
    names = ("License-Expression", "License", "Classifier")
    texts = [text for name in names for text in about.get_all(name, [])]
    heads = [
        text.splitlines()[0] for text in texts if text.strip() and ("::" not in text or "License" in text)
    ]
    assert any(map(PERMISSIVE.search, heads)), heads
    assert not any(map(COPYLEFT.search, heads)), heads
