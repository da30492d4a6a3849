"""Chooses the slate's fonts: for each character the first installed font that has it.

The product ships no font, since one with Chinese and Japanese characters has 15 MB. Fontconfig finds the installed
ones; on a machine without it the usual folders are searched for known file names. Japan and China draw some characters
differently, so the card's language decides which font comes first.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import unicodedata
from collections.abc import Iterator
from functools import cached_property, lru_cache
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from PIL import ImageFont
from PIL.ImageFont import FreeTypeFont

REMEDY = "install a font that has them: fonts-noto-cjk (Debian, Ubuntu), google-noto-sans-cjk-fonts (Fedora)"
"""For characters that no font has."""

FONTCONFIG_TIMEOUT_S = 5.0
"""Its first call after an installation reads every font."""
MAX_FONTCONFIG_QUERIES = 8
"""Characters for which fontconfig is asked for another font."""
MAX_SEARCHED_FILES = 20_000
MAX_TEXT_CHARS = 400
"""Of a text; more does not fit on a slate."""
PROBE_SIZE_PX = 24
"""The size at which glyphs are compared."""
NOTDEF = "\uffff"
"""A noncharacter, which no font has: it is drawn as the font's glyph for missing characters."""

FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "C:/Windows/Fonts",
)
REGIONS = {"ja": "JP", "ko": "KR", "zh": "SC", "zh-tw": "TC", "zh-hk": "TC", "zh-hant": "TC"}
"""The region's forms of characters, by language. Other languages get Japan's, where this product's halls are."""
COLLECTION_INDEX = {"JP": 0, "KR": 1, "SC": 2, "TC": 3}
"""Index of the region's face in the collections of Noto Sans CJK."""
FAMILIES = "Noto Sans CJK {0},Noto Sans {0},Source Han Sans {0},Hiragino Sans,Yu Gothic,IPAexGothic,Noto Sans"
"""The fonts of the pages (theme.css)."""
KNOWN_FILES = {
    True: (
        *("NotoSansCJK-Bold.ttc", "NotoSansCJKjp-Bold.otf", "NotoSansJP-Bold.otf", "NotoSansJP-Bold.ttf"),
        *("ヒラギノ角ゴシック W6.ttc", "YuGothB.ttc", "meiryob.ttc", "msyhbd.ttc", "ipaexg.ttf", "ipag.ttf"),
        *("DroidSansFallbackFull.ttf", "wqy-zenhei.ttc", "NotoSans-Bold.ttf", "DejaVuSans-Bold.ttf"),
        *("LiberationSans-Bold.ttf", "Arial Bold.ttf", "arialbd.ttf"),
    ),
    False: (
        *("NotoSansCJK-Regular.ttc", "NotoSansCJKjp-Regular.otf", "NotoSansJP-Regular.otf"),
        *("NotoSansJP-Regular.ttf", "ヒラギノ角ゴシック W3.ttc", "YuGothR.ttc", "meiryo.ttc", "msyh.ttc"),
        *("ipaexg.ttf", "ipag.ttf", "DroidSansFallbackFull.ttf", "wqy-zenhei.ttc", "NotoSans-Regular.ttf"),
        *("DejaVuSans.ttf", "LiberationSans-Regular.ttf", "Arial.ttf", "arial.ttf"),
    ),
}
"""By whether they are bold, best first. A font of one weight is in both."""


class Face(NamedTuple):
    """A font file, and the index of a face in it. An empty path is Pillow's own font, of little more than ASCII."""

    path: str
    face_index: int = 0


PILLOW_FACE = Face("")


def region(language: str) -> str:
    """The region whose character forms a BCP 47 language has."""
    parts = language.lower().replace("_", "-").split("-")
    return next(
        (REGIONS[key] for n in range(len(parts), 0, -1) if (key := "-".join(parts[:n])) in REGIONS), "JP"
    )


class FontSet:
    """The fonts of one weight for one language."""

    def __init__(self, language: str, *, bold: bool) -> None:
        self.missing: set[str] = set()
        """Requested characters that no font has."""
        self._language = language
        self._bold = bold
        self._queries = 0
        self._faces = [face for face in self._found if _loads(face)]
        self._by_character: dict[str, Face | None] = {}

    @cached_property
    def _found(self) -> tuple[Face, ...]:
        matched = _fontconfig(self._pattern(FAMILIES.format(region(self._language))))
        return (matched,) if matched else known_faces(region(self._language), self._bold)

    def runs(self, text: str, size: int) -> list[tuple[str, FreeTypeFont]]:
        """`text` in pieces, each with its font at `size` pixels. Characters that no font has are left out."""
        pieces: list[tuple[str, Face]] = []
        for character in text:
            face = self._face(character)
            if face is None:
                continue
            # A space has about the same width in every font.
            if pieces and (face == pieces[-1][1] or character == " "):
                pieces[-1] = (pieces[-1][0] + character, pieces[-1][1])
            else:
                pieces.append((character, face))
        return [(piece, font(face, size)) for piece, face in pieces]

    def width(self, text: str, size: int) -> float:
        """In pixels."""
        return sum(face.getlength(piece) for piece, face in self.runs(text, size))

    def writable(self, text: str) -> str:
        """`text` on one line without characters that have no glyph; a letter may lose its accent. Empty if no letter or
        digit is left."""
        text = " ".join(unicodedata.normalize("NFC", text[:MAX_TEXT_CHARS]).split())
        kept = "".join(self._nearest(c) for c in text if unicodedata.category(c) not in ("Cc", "Cs"))
        return " ".join(kept.split()) if any(c.isalnum() for c in kept) else ""

    def _nearest(self, character: str) -> str:
        if self._face(character) is not None:
            return character
        if unicodedata.category(character) != "Cf":  # an invisible format character
            self.missing.add(character)
        plain = unicodedata.normalize("NFKD", character.replace("ß", "ss"))
        return "".join(c for c in plain if c != character and self._face(c) is not None)

    def _face(self, character: str) -> Face | None:
        if character not in self._by_character:
            self._by_character[character] = self._search(character)
        return self._by_character[character]

    def _search(self, character: str) -> Face | None:
        for face in (*self._faces, PILLOW_FACE):
            if has_glyph(face, character):
                return face
        if self._queries < MAX_FONTCONFIG_QUERIES:
            self._queries += 1
            other = _fontconfig(self._pattern(f"sans-serif:charset={ord(character):x}"))
            if other and _loads(other) and has_glyph(other, character):
                self._faces.append(other)
                return other
        return None

    def _pattern(self, wanted: str) -> str:
        # A language with a character of fontconfig's syntax would change the pattern.
        language = self._language if self._language.replace("-", "").isalnum() else "en"
        return f"{wanted}:lang={language}:weight={200 if self._bold else 80}"


def has_glyph(face: Face, character: str) -> bool:
    """Whether `face` draws `character` as something else than a missing one."""
    if character.isspace():
        return True
    drawn = font(face, PROBE_SIZE_PX).getmask(character)
    missing = font(face, PROBE_SIZE_PX).getmask(NOTDEF)
    return (drawn.size, bytes(drawn)) != (missing.size, bytes(missing))


def known_faces(region_code: str, bold: bool) -> tuple[Face, ...]:
    """The known fonts in the usual folders, best first."""
    files = _files()
    return tuple(
        Face(files[name], COLLECTION_INDEX[region_code] if name.startswith("NotoSansCJK-") else 0)
        for name in KNOWN_FILES[bold]
        if name in files
    )


@lru_cache(maxsize=256)
def font(face: Face, size: int) -> FreeTypeFont:
    """A face at `size` pixels.

    Raises:
        OSError: its file cannot be read, or has no outlines.
    """
    if face == PILLOW_FACE:
        default = ImageFont.load_default(size)
        assert isinstance(default, FreeTypeFont)
        return default
    # The basic layout is the same on every machine; the other needs an optional library.
    return ImageFont.truetype(face.path, size, index=face.face_index, layout_engine=ImageFont.Layout.BASIC)


def _loads(face: Face) -> bool:
    """Broken files and fonts of coloured bitmaps do not load."""
    try:
        font(face, PROBE_SIZE_PX).getmask("x")
    except OSError:
        return False
    return True


@lru_cache(maxsize=64)
def _fontconfig(pattern: str) -> Face | None:
    """The font that fontconfig chooses. None: there is no fontconfig, or no font."""
    program = shutil.which("fc-match")
    if program is None:
        return None
    try:
        result = subprocess.run(
            [program, "--format=%{file}\t%{index}", pattern],
            capture_output=True,
            timeout=FONTCONFIG_TIMEOUT_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    path, _, index = os.fsdecode(result.stdout).partition("\t")
    return Face(path, int(index)) if path and index.isdecimal() else None


@lru_cache(maxsize=1)
def _files() -> dict[str, str]:
    """Paths by file name in the usual folders."""
    return {path.name: str(path) for path in islice(_walk(), MAX_SEARCHED_FILES)}


def _walk() -> Iterator[Path]:
    for folder in FOLDERS:
        for here, folders, files in os.walk(Path(folder).expanduser()):
            folders.sort()
            for name in sorted(files):
                # macOS decomposes kana with marks in file names.
                yield Path(here) / unicodedata.normalize("NFC", name)
