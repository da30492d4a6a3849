"""What a text stream can print."""

from __future__ import annotations

import codecs
from typing import TextIO


def is_unicode(stream: TextIO) -> bool:
    """Whether a stream prints every character. One without an encoding, as in memory, does."""
    encoding: str | None = stream.encoding
    return encoding is None or codecs.lookup(encoding).name.startswith("utf")
