"""Keys are private, whole, and replaced without a gap."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from config.times import HOUR, Duration, Instant, plus
from signaling.access.followed import KeyFileError
from signaling.access.keys import FILE_NAME, MAX_KEYS, SigningKey, load_keys, rotate

NOW = Instant(1_537_000_000_000)


def test_the_key_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    load_keys(tmp_path)
    rotate(tmp_path, HOUR, NOW)
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600


def test_a_key_is_there_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, theirs = tmp_path / FILE_NAME, b"\x01" * 32

    def another_makes_it(handle: int) -> None:
        assert not path.exists(), "a process that starts now would read half a key"
        assert stat.S_IMODE(os.fstat(handle).st_mode) == 0o600
        path.write_text(theirs.hex())

    monkeypatch.setattr(os, "fsync", another_makes_it)
    assert load_keys(tmp_path) == (SigningKey(theirs),)
    assert list(tmp_path.iterdir()) == [path]


def test_a_key_file_of_an_older_version_is_read(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("ab" * 32 + "\n")
    assert load_keys(tmp_path) == (SigningKey(b"\xab" * 32),)


def test_a_new_key_comes_first_and_the_one_before_ends(tmp_path: Path) -> None:
    (old,) = load_keys(tmp_path)
    assert rotate(tmp_path, HOUR, NOW) == plus(NOW, HOUR)
    new, before = load_keys(tmp_path)
    assert (new.until, before) == (None, SigningKey(old.secret, plus(NOW, HOUR)))
    rotate(tmp_path, Duration(24 * HOUR), NOW)
    assert [key.until for key in load_keys(tmp_path)] == [
        None,
        plus(NOW, Duration(24 * HOUR)),
        plus(NOW, HOUR),
    ]
    rotate(tmp_path, HOUR, plus(NOW, Duration(2 * HOUR)))
    assert old.secret not in [key.secret for key in load_keys(tmp_path)], "it has ended"


def test_the_number_of_keys_is_bounded(tmp_path: Path) -> None:
    for _ in range(2 * MAX_KEYS):
        rotate(tmp_path, HOUR, NOW)
    assert len(load_keys(tmp_path)) == MAX_KEYS


KEY = "ab" * 32


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "abc\n",
            "ab" * 31,
            "zz" * 32,
            f"{KEY} until",
            f"{KEY} until soon",
            f"{KEY} since 1",
            "\n",
            "ä",
        ),
        *(
            f"{KEY} until 2026-01-01T00:00:00+00:00\n",
            f"{KEY}\n{KEY} until 2026-01-01T00:00:00\n",
            f"{KEY}\n" * 17,
        ),
    ],
    ids=ascii,
)
def test_a_damaged_key_is_not_silently_replaced(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE_NAME).write_text(text)
    for use in (load_keys, lambda data: rotate(data, HOUR, NOW)):
        with pytest.raises(KeyFileError, match="not a signing key"):
            use(tmp_path)
    assert (tmp_path / FILE_NAME).read_text() == text


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KeyFileError, match="--data"):
        load_keys(tmp_path / "file" / "data")
