"""Encoding a card in VP8, in another process."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from bridge.engine import Card
from bridge.slate import slate_coder
from bridge.slate.slate_coder import MAX_KEYFRAME_BYTES, CardEncodingError, encode, encode_in_process
from tests.unit.bridge.pictures import BREAK, LOST, decoded, drawn, is_keyframe, likeness, still

FULL = Card(
    "Internationale Hauptversammlung der Deutsch-Japanischen Wirtschaftsvereinigung und ihrer Freunde",
    tuple(
        "Über alles, was danach noch kommt, und wer es sagt, 東京からのご挨拶 von Ort zu Ort"
        for _ in range(5)
    ),
    "Die Verbindung zu Tokio wird wiederhergestellt, bitte haben Sie noch einen Augenblick Geduld",
    "de",
)


@pytest.mark.parametrize("card", [BREAK, LOST])
def test_the_keyframe_shows_what_was_drawn(card: Card) -> None:
    frame = still(card).keyframe
    assert is_keyframe(frame)
    (picture,) = decoded([frame])
    assert picture.size == (1280, 720)
    assert likeness(picture, drawn(card)) > 40


@pytest.mark.parametrize("card", [BREAK, FULL])
def test_the_repetition_is_small_and_changes_nothing(card: Card) -> None:
    made = still(card)
    assert not is_keyframe(made.repeat)
    assert len(made.repeat) < 1000
    first, *others = decoded([made.keyframe, *[made.repeat] * 20])
    assert len(others) == 20
    assert min(likeness(first, other) for other in others) > 55


def test_a_card_full_of_text_has_a_lower_quality_and_the_same_size_limit() -> None:
    assert len(still(BREAK).keyframe) < MAX_KEYFRAME_BYTES
    assert len(still(FULL).keyframe) < MAX_KEYFRAME_BYTES
    (picture,) = decoded([still(FULL).keyframe])
    assert likeness(picture, drawn(FULL)) > 34


async def test_another_process_gives_the_same_result() -> None:
    assert await encode_in_process(LOST) == still(LOST) == encode(LOST)


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("import sys; print('warming up', file=sys.stderr); sys.exit('out of memory')", "^out of memory$"),
        ("import os; os.kill(os.getpid(), 9)", "^ended with status -9$"),
    ],
)
async def test_a_process_that_dies_is_an_error_with_its_last_line(script: str, words: str) -> None:
    with pytest.raises(CardEncodingError, match=words):
        await encode_in_process(BREAK, (sys.executable, "-c", script))


async def test_a_missing_program_is_an_os_error() -> None:
    with pytest.raises(OSError, match="nowhere"):
        await encode_in_process(BREAK, ("/nowhere/python",))


async def test_a_hanging_process_is_killed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(slate_coder, "ENCODING_TIMEOUT_S", 0.5)
    with pytest.raises(CardEncodingError, match="no picture within"):
        await encode_in_process(BREAK, hanging(tmp_path / "pid"))


async def test_cancelling_kills_the_process(tmp_path: Path) -> None:
    written = tmp_path / "pid"
    waiting = asyncio.create_task(encode_in_process(BREAK, hanging(written)))
    while not (written.exists() and written.read_text()):  # noqa: ASYNC110 - another process writes it
        await asyncio.sleep(0.01)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    with pytest.raises(ProcessLookupError):
        os.kill(int(written.read_text()), 0)


def hanging(written: Path) -> tuple[str, ...]:
    """A process that writes its id to that file and then hangs."""
    script = f"import os, time; open({str(written)!r}, 'w').write(str(os.getpid())); time.sleep(100)"
    return sys.executable, "-c", script
