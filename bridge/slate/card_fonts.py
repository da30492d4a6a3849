"""Which fonts the slate is written in: of what is installed here, per character the first that has it.

No font comes with the product, since one with Chinese and Japanese characters has 15 MB. Fontconfig knows what is
installed where it is there; elsewhere the usual folders are searched for the names of fonts known to be good. The
same characters are drawn differently in Japan and in China, so the language of the card decides which comes first.
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
"""What to do about characters that no font has."""

PATIENCE = 5.0
"""Seconds that fontconfig may take: its first call after an installation reads every font."""
ASKED = 8
"""Characters at most for which fontconfig is asked for a font of their own."""
SEARCHED = 20_000
"""Files at most that a search of the folders looks at."""
LONGEST = 400
"""Characters of a text that are looked at: more than fit on a slate."""
PROBE = 24
"""Size in pixels at which glyphs are compared."""
NOTDEF = "\uffff"
"""A character that no font has (a noncharacter): its glyph is the font's mark of what is missing."""

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
"""Whose glyphs by language. All others get Japan's: that is where this product's halls are."""
PLACES = {"JP": 0, "KR": 1, "SC": 2, "TC": 3}
"""Where a region's face is in the collections of Noto Sans CJK."""
FAMILIES = "Noto Sans CJK {0},Noto Sans {0},Source Han Sans {0},Hiragino Sans,Yu Gothic,IPAexGothic,Noto Sans"
"""The faces of the pages, as far as they are there (theme.css)."""
KNOWN = {
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
"""Files by whether they are bold, best first. Where there is one weight only it does for both."""


class Face(NamedTuple):
    """A font file, and which of the faces in it. An empty path is the one that Pillow brings along: ASCII and little
    more, but always there."""

    path: str
    number: int = 0


PILLOWS = Face("")


def region(language: str) -> str:
    """Whose glyphs a BCP 47 language is written in."""
    parts = language.lower().replace("_", "-").split("-")
    return next(
        (REGIONS[key] for n in range(len(parts), 0, -1) if (key := "-".join(parts[:n])) in REGIONS), "JP"
    )


class Letters:
    """The fonts of one weight for one language."""

    def __init__(self, language: str, *, bold: bool) -> None:
        self.missing: set[str] = set()
        """Characters asked for that no font has."""
        self._language = language
        self._bold = bold
        self._asked = 0
        self._faces = [face for face in self._found if _loads(face)]
        self._by_character: dict[str, Face | None] = {}

    @cached_property
    def _found(self) -> tuple[Face, ...]:
        matched = _fontconfig(self._pattern(FAMILIES.format(region(self._language))))
        return (matched,) if matched else known_faces(region(self._language), self._bold)

    def runs(self, text: str, size: int) -> list[tuple[str, FreeTypeFont]]:
        """`text` in pieces, each with its font at `size` pixels. What no font has is left out."""
        pieces: list[tuple[str, Face]] = []
        for character in text:
            face = self._face(character)
            if face is None:
                continue
            # A space is as wide in one font as in another.
            if pieces and (face == pieces[-1][1] or character == " "):
                pieces[-1] = (pieces[-1][0] + character, pieces[-1][1])
            else:
                pieces.append((character, face))
        return [(piece, font(face, size)) for piece, face in pieces]

    def width(self, text: str, size: int) -> float:
        """In pixels."""
        return sum(face.getlength(piece) for piece, face in self.runs(text, size))

    def writable(self, text: str) -> str:
        """`text` on one line as far as there are glyphs for it: letters without their accents where need be; empty if
        neither a letter nor a digit is left."""
        text = " ".join(unicodedata.normalize("NFC", text[:LONGEST]).split())
        kept = "".join(self._nearest(c) for c in text if unicodedata.category(c) not in ("Cc", "Cs"))
        return " ".join(kept.split()) if any(c.isalnum() for c in kept) else ""

    def _nearest(self, character: str) -> str:
        if self._face(character) is not None:
            return character
        if unicodedata.category(character) != "Cf":  # a mark for layout, which is not seen
            self.missing.add(character)
        plain = unicodedata.normalize("NFKD", character.replace("ß", "ss"))
        return "".join(c for c in plain if c != character and self._face(c) is not None)

    def _face(self, character: str) -> Face | None:
        if character not in self._by_character:
            self._by_character[character] = self._search(character)
        return self._by_character[character]

    def _search(self, character: str) -> Face | None:
        for face in (*self._faces, PILLOWS):
            if has_glyph(face, character):
                return face
        if self._asked < ASKED:
            self._asked += 1
            other = _fontconfig(self._pattern(f"sans-serif:charset={ord(character):x}"))
            if other and _loads(other) and has_glyph(other, character):
                self._faces.append(other)
                return other
        return None

    def _pattern(self, wanted: str) -> str:
        # A language with a mark of fontconfig's own grammar in it would be another pattern.
        language = self._language if self._language.replace("-", "").isalnum() else "en"
        return f"{wanted}:lang={language}:weight={200 if self._bold else 80}"


def has_glyph(face: Face, character: str) -> bool:
    """Whether `face` has more than its mark of what is missing for it."""
    if character.isspace():
        return True
    drawn = font(face, PROBE).getmask(character)
    nothing = font(face, PROBE).getmask(NOTDEF)
    return (drawn.size, bytes(drawn)) != (nothing.size, bytes(nothing))


def known_faces(where: str, bold: bool) -> tuple[Face, ...]:
    """What the usual folders hold of the fonts that we know, best first."""
    files = _files()
    return tuple(
        Face(files[name], PLACES[where] if name.startswith("NotoSansCJK-") else 0)
        for name in KNOWN[bold]
        if name in files
    )


@lru_cache(maxsize=256)
def font(face: Face, size: int) -> FreeTypeFont:
    """A face at `size` pixels.

    Raises:
        OSError: its file cannot be read, or has no outlines of that size.
    """
    if face == PILLOWS:
        own = ImageFont.load_default(size)
        assert isinstance(own, FreeTypeFont)
        return own
    # The plain layout is the same wherever we run; the other depends on a library that is there or not.
    return ImageFont.truetype(face.path, size, index=face.number, layout_engine=ImageFont.Layout.BASIC)


def _loads(face: Face) -> bool:
    """Fonts of coloured bitmaps, and files that are broken, do not."""
    try:
        font(face, PROBE).getmask("x")
    except OSError:
        return False
    return True


@lru_cache(maxsize=64)
def _fontconfig(pattern: str) -> Face | None:
    """The font that fontconfig would take; None where there is no fontconfig or no font."""
    program = shutil.which("fc-match")
    if program is None:
        return None
    try:
        said = subprocess.run(
            [program, "--format=%{file}\t%{index}", pattern],
            capture_output=True,
            timeout=PATIENCE,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    path, _, index = os.fsdecode(said.stdout).partition("\t")
    return Face(path, int(index)) if path and index.isdecimal() else None


@lru_cache(maxsize=1)
def _files() -> dict[str, str]:
    """Paths by file name in the usual folders."""
    return {path.name: str(path) for path in islice(_walk(), SEARCHED)}


def _walk() -> Iterator[Path]:
    for folder in FOLDERS:
        for here, folders, files in os.walk(Path(folder).expanduser()):
            folders.sort()
            for name in sorted(files):
                # macOS keeps the marks of kana apart from their letters in file names.
                yield Path(here) / unicodedata.normalize("NFC", name)
