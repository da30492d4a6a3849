"""The choice of the slate's fonts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.slate import card_fonts
from bridge.slate.card_fonts import NOTDEF, PILLOW_FACE, Face, FontSet, font, has_glyph, known_faces, region

KANJI = "東京は再接続中です"
CJK = FontSet("ja", bold=True).writable(KANJI) == KANJI
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
def test_the_language_selects_the_region(language: str, where: str) -> None:
    assert region(language) == where


@needs_cjk
def test_japanese_is_drawn_with_glyphs() -> None:
    fonts = FontSet("ja", bold=False)
    runs = fonts.runs(KANJI, 40)
    assert "".join(text for text, _ in runs) == KANJI
    for text, face in runs:
        box = face.getmask(NOTDEF)
        masks = [face.getmask(character) for character in text]
        assert all((mask.size, bytes(mask)) != (box.size, bytes(box)) for mask in masks)
        assert len({bytes(mask) for mask in masks}) == len(set(text))
    assert not fonts.missing


@needs_cjk
def test_a_chinese_card_has_the_chinese_form_of_a_character() -> None:
    def mask(language: str) -> bytes:
        ((_, face),) = FontSet(language, bold=True).runs("骨", 60)
        return bytes(face.getmask("骨"))

    if known_faces("JP", True)[0].path.endswith("NotoSansCJK-Bold.ttc"):
        assert mask("zh") != mask("ja")
    assert mask("de") == mask("ja")


def test_the_glyph_for_missing_characters_does_not_count() -> None:
    assert has_glyph(PILLOW_FACE, "a")
    assert has_glyph(PILLOW_FACE, " ")
    assert not has_glyph(PILLOW_FACE, "東")
    assert not has_glyph(PILLOW_FACE, NOTDEF)


@pytest.mark.usefixtures("bare")
def test_without_any_font_latin_letters_are_written_and_the_rest_is_missing() -> None:
    fonts = FontSet("ja", bold=True)
    assert fonts.writable("次は 10:45 から：Begrüßung in Tōkyō") == "10:45 :Begrussung in Tokyo"
    assert fonts.missing == set("次はから：üßō")
    assert fonts.writable(KANJI) == ""
    assert fonts.width(KANJI, 40) == 0


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
    assert FontSet("de", bold=True).writable("Begrüßung – 10:45 Uhr") == "Begrüßung – 10:45 Uhr"


def test_the_region_selects_the_face_of_a_collection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        card_fonts, "_files", lambda: {"NotoSansCJK-Bold.ttc": "/n.ttc", "ipag.ttf": "/i.ttf"}
    )
    assert known_faces("SC", True) == (Face("/n.ttc", 2), Face("/i.ttf"))


def test_a_text_becomes_one_line_without_control_characters() -> None:
    fonts = FontSet("en", bold=True)
    assert fonts.writable("  two\n lines\tand \x00\x1b a\u00a0gap ") == "two lines and a gap"
    assert fonts.writable("u\u0308ber") in ("über", "uber")
    assert fonts.writable("– … !") == ""


def test_a_character_outside_the_first_font_is_drawn_in_another() -> None:
    """Arabic is in no font for Japanese."""
    fonts = FontSet("ja", bold=True)
    if not fonts.writable("م"):
        pytest.skip("no font with Arabic letters here")
    assert len({face.getname() for _, face in fonts.runs("Aم", 40)}) == 2


def test_a_font_is_loaded_once_for_each_size() -> None:
    assert font(PILLOW_FACE, 40) is font(PILLOW_FACE, 40)
