"""The capabilities of text streams."""

from __future__ import annotations

import codecs
from typing import TextIO


def is_unicode(stream: TextIO) -> bool:
    """Whether a stream can print every character. A stream without an encoding, as in memory, can."""
    encoding: str | None = stream.encoding
    return encoding is None or codecs.lookup(encoding).name.startswith("utf")
