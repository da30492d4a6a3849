"""The code of a join link: how it looks, how it is read when somebody types it, and how it is computed. Pure."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import unicodedata
from typing import Final

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without 0, O, 1, I and L, which people take for each other."""
CODE_SYMBOLS: Final = 14
"""31^14 codes are 69 bits: at 25,000 guesses a second, half of them take 500 million years."""
GROUPS: Final = (5, 4, 5)
"""How a code is written on paper: 7KQ2M-X9F4-PT3VB."""
DIGEST_BYTES: Final = 16
"""Of a code, as it is looked up and stored."""
_MAX_TYPED_CHARS: Final = 64
"""A longer text is no code, however it is spaced."""
_SEPARATORS: Final = "-−ー_. \t\r\n"
"""Beside every dash and space of Unicode: the minus sign, and what a Japanese keyboard writes for the hyphen."""


def normalized(text: str) -> str | None:
    """The code that somebody typed or followed: case, width, spaces and hyphens do not matter. None: it is no code."""
    if len(text) > _MAX_TYPED_CHARS:
        return None
    folded = unicodedata.normalize("NFKC", text).upper()
    code = "".join(c for c in folded if c not in _SEPARATORS and unicodedata.category(c) not in ("Pd", "Zs"))
    return code if len(code) == CODE_SYMBOLS and all(c in ALPHABET for c in code) else None


def grouped(code: str) -> str:
    """A code in groups, for paper and for reading out."""
    parts, at = [], 0
    for size in GROUPS:
        parts.append(code[at : at + size])
        at += size
    return "-".join(parts)


def random_code() -> str:
    """A code that nobody can compute."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_SYMBOLS))


def derived_code(key: bytes, *facts: str | float | None) -> str:
    """The code that a key gives to facts: the same each time. It can be printed again, and is stored nowhere."""
    number = int.from_bytes(_hmac(key, "code", json.dumps(facts)))
    symbols = []
    for _ in range(CODE_SYMBOLS):
        number, n = divmod(number, len(ALPHABET))
        symbols.append(ALPHABET[n])
    return "".join(symbols)


def digest(key: bytes, code: str) -> bytes:
    """What a code is looked up by. Nothing can be concluded from it without the key, nor from the time of a look-up."""
    return _hmac(key, "digest", code)[:DIGEST_BYTES]


def _hmac(key: bytes, purpose: str, text: str) -> bytes:
    return hmac.digest(key, f"{purpose}\n{text}".encode("utf-8", "surrogatepass"), hashlib.sha256)
