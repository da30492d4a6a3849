"""Standard output in every condition: a terminal in Latin-1, a closed pipe, a full disk, or none at all."""

from __future__ import annotations

import codecs
import errno
import json
import os
import sys
from typing import Any, Final

from signaling.streams import is_unicode

REPLACEMENTS: Final = {
    **dict.fromkeys("“”„‟", '"'),
    **dict.fromkeys("‘’‚‛", "'"),
    **dict.fromkeys("–—−", "-"),
    "…": "...",
    "\u00a0": " ",
}
"""For characters that an encoding lacks; all others become a question mark."""


def _replacement(fault: UnicodeError) -> tuple[str, int]:
    if not isinstance(fault, UnicodeEncodeError):
        raise fault
    return "".join(REPLACEMENTS.get(c, "?") for c in fault.object[fault.start : fault.end]), fault.end


codecs.register_error("schalte", _replacement)


def prepare_streams() -> None:
    """Let standard output and error accept every text, in any encoding, also if they are closed."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - until the process ends
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="schalte")  # type: ignore[union-attr]


def print_json(document: Any, *, indent: int | None = None, flush: bool = False) -> None:
    """Print a document as JSON that is equal in every encoding: a question mark would change a name."""
    print(json.dumps(document, ensure_ascii=not is_unicode(sys.stdout), indent=indent), flush=flush)


def drop_output() -> None:
    """Discard buffered output, which Python would try to write when the process ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def is_disk_full(fault: OSError) -> bool:
    """Whether standard output could not be written because the disk is full. Such an error names no file."""
    return fault.filename is None and fault.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
