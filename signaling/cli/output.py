"""Standard output as it is found: a terminal in Latin-1, a pipe that somebody closes, a disk that is full, none."""

from __future__ import annotations

import codecs
import errno
import json
import os
import sys
from typing import Any, Final

from signaling.streams import is_unicode

STAND_INS: Final = {
    **dict.fromkeys("“”„‟", '"'),
    **dict.fromkeys("‘’‚‛", "'"),
    **dict.fromkeys("–—−", "-"),
    "…": "...",
    "\u00a0": " ",
}
"""For what an encoding does not have; other characters become a question mark."""


def _stand_in(fault: UnicodeError) -> tuple[str, int]:
    if not isinstance(fault, UnicodeEncodeError):
        raise fault
    return "".join(STAND_INS.get(c, "?") for c in fault.object[fault.start : fault.end]), fault.end


codecs.register_error("schalte", _stand_in)


def take_any_text() -> None:
    """Have standard output and error print every text, whatever their encoding, and also where they are closed."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - for as long as the process lasts
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="schalte")  # type: ignore[union-attr]


def print_json(document: Any, *, indent: int | None = None, flush: bool = False) -> None:
    """A document that says the same in every encoding: a question mark in a name would be another name."""
    print(json.dumps(document, ensure_ascii=not is_unicode(sys.stdout), indent=indent), flush=flush)


def drop_output() -> None:
    """Throw away what standard output still holds, which Python would try to write when the process ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def is_full(fault: OSError) -> bool:
    """Whether standard output could not be written for want of space: such a fault names no file."""
    return fault.filename is None and fault.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
