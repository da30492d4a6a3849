"""The TURN server that `--turn` and `--turn-secret-file` name."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path

from signaling.access.turn import TurnServer
from signaling.cli.errors import InvalidInput, OptionConflict

MIN_SECRET_CHARS = 16
"""Anybody who guesses the secret can use the TURN server; `openssl rand -hex 32` has 64."""
_TURN_URL = re.compile(r"(turns?):([\w.-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?(\?transport=(udp|tcp))?")


def turn_url(text: str) -> str:
    """A TURN URI (RFC 7065), such as `turns:turn.example.org:443`.

    Over TLS it gets `?transport=tcp`: browsers know no other, and Chromium asks for it.
    """
    found = _TURN_URL.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError(
            f"“{text}” is not a TURN address such as turns:turn.example.org:443 or turn:203.0.113.7:3478?transport=tcp"
        )
    if found[1] == "turns" and found[5] == "udp":
        raise argparse.ArgumentTypeError(
            f"“{text}” is TLS over UDP, which browsers do not speak; leave ?transport=udp out"
        )
    return text if found[4] or found[1] == "turn" else f"{text}?transport=tcp"


def turn_server(urls: Sequence[str], secret_file: Path | None) -> TurnServer | None:
    """The TURN server of the options; None without one.

    Raises:
        OptionConflict: only one of the two options is given.
        InvalidInput: the secret cannot be read, or is too short.
    """
    if not urls and secret_file is None:
        return None
    if not urls or secret_file is None:
        raise OptionConflict(
            "Give --turn and --turn-secret-file together, or neither: pages get credentials that are signed with it."
        )
    try:
        secret = secret_file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as fault:
        why = fault.strerror if isinstance(fault, OSError) else "it is not text"
        raise InvalidInput(
            f"{secret_file}: cannot be read ({why}). Give --turn-secret-file the file with the TURN server's "
            "static-auth-secret."
        ) from fault
    if len(secret) < MIN_SECRET_CHARS:
        raise InvalidInput(
            f"{secret_file}: a secret of {len(secret)} characters can be guessed. Write one of at least "
            f"{MIN_SECRET_CHARS} there and into the TURN server's configuration: openssl rand -hex 32"
        )
    return TurnServer(tuple(urls), secret.encode())
