"""Which fonts the slate is written in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.slate import card_fonts
from bridge.slate.card_fonts import NOTDEF, PILLOWS, Face, Letters, font, has_glyph, known_faces, region

KANJI = "東京は再接続中です"
CJK = Letters("ja", bold=True).writable(KANJI) == KANJI
needs_cjk = pytest.mark.skipif(
    not CJK, reason="no font with Japanese characters here: install fonts-noto-cjk"
)


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine without any font and without fontconfig."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(card_fonts, "FOLDERS", ())
    forget()
    yield
    forget()


def forget() -> None:
    card_fonts._fontconfig.cache_clear()
    card_fonts._files.cache_clear()


@pytest.mark.parametrize(
    ("language", "where"),
    [
        *(
            ("ja", "JP"),
            ("ja-JP", "JP"),
            ("zh", "SC"),
            ("zh-CN", "SC"),
            ("zh-Hant-TW", "TC"),
            ("ZH_tw", "TC"),
        ),
        *(("ko", "KR"), ("de", "JP"), ("", "JP")),
    ],
)
def test_the_language_says_whose_characters_are_meant(language: str, where: str) -> None:
    assert region(language) == where


@needs_cjk
def test_japanese_is_written_in_glyphs_and_not_in_boxes() -> None:
    letters = Letters("ja", bold=False)
    runs = letters.runs(KANJI, 40)
    assert "".join(text for text, _ in runs) == KANJI
    for text, face in runs:
        box = face.getmask(NOTDEF)
        masks = [face.getmask(character) for character in text]
        assert all((mask.size, bytes(mask)) != (box.size, bytes(box)) for mask in masks)
        assert len({bytes(mask) for mask in masks}) == len(set(text))
    assert not letters.missing


@needs_cjk
def test_a_chinese_event_gets_china_s_form_of_a_character() -> None:
    def mask(language: str) -> bytes:
        ((_, face),) = Letters(language, bold=True).runs("骨", 60)
        return bytes(face.getmask("骨"))

    if known_faces("JP", True)[0].path.endswith("NotoSansCJK-Bold.ttc"):
        assert mask("zh") != mask("ja")
    assert mask("de") == mask("ja")


def test_a_font_s_mark_of_what_is_missing_is_no_glyph() -> None:
    assert has_glyph(PILLOWS, "a")
    assert has_glyph(PILLOWS, " ")
    assert not has_glyph(PILLOWS, "東")
    assert not has_glyph(PILLOWS, NOTDEF)


@pytest.mark.usefixtures("bare")
def test_without_any_font_latin_letters_are_still_written_and_the_rest_is_named() -> None:
    letters = Letters("ja", bold=True)
    assert letters.writable("次は 10:45 から：Begrüßung in Tōkyō") == "10:45 :Begrussung in Tokyo"
    assert letters.missing == set("次はから：üßō")
    assert letters.writable(KANJI) == ""
    assert letters.width(KANJI, 40) == 0


@pytest.mark.usefixtures("bare")
def test_without_fontconfig_the_usual_folders_are_searched(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    original = next(Path("/usr/share/fonts").rglob("DejaVuSans-Bold.ttf"), None)
    if original is None:
        pytest.skip("no DejaVu Sans here to make a folder of")
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / original.name).write_bytes(original.read_bytes())
    (tmp_path / "YuGothB.ttc").write_bytes(b"not a font")
    monkeypatch.setattr(card_fonts, "FOLDERS", (str(tmp_path),))
    faces = known_faces("JP", True)
    assert [Path(face.path).name for face in faces] == ["YuGothB.ttc", original.name]
    assert Letters("de", bold=True).writable("Begrüßung – 10:45 Uhr") == "Begrüßung – 10:45 Uhr"


def test_of_a_collection_the_face_of_the_region_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        card_fonts, "_files", lambda: {"NotoSansCJK-Bold.ttc": "/n.ttc", "ipag.ttf": "/i.ttf"}
    )
    assert known_faces("SC", True) == (Face("/n.ttc", 2), Face("/i.ttf"))


def test_texts_are_put_on_one_line_without_control_characters() -> None:
    letters = Letters("en", bold=True)
    assert letters.writable("  two\n lines\tand \x00\x1b a\u00a0gap ") == "two lines and a gap"
    assert letters.writable("u\u0308ber") in ("über", "uber")
    assert letters.writable("– … !") == ""


def test_a_character_outside_the_first_font_is_drawn_in_another() -> None:
    """Arabic is in no font for Japanese."""
    letters = Letters("ja", bold=True)
    if not letters.writable("م"):
        pytest.skip("no font with Arabic letters here")
    assert len({face.getname() for _, face in letters.runs("Aم", 40)}) == 2


def test_a_font_is_loaded_once_for_each_size() -> None:
    assert font(PILLOWS, 40) is font(PILLOWS, 40)
