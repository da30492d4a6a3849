"""Each page in each language loads little before it can be used."""

from __future__ import annotations

import pytest

from tests.firstload import LANGUAGES, MAX_FIRST_LOAD_BYTES, PAGES, first_load


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_the_first_load_is_small(page: str, language: str) -> None:
    files = first_load(page, language)
    assert sum(files.values()) <= MAX_FIRST_LOAD_BYTES, files
