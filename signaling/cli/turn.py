"""The TURN server that `--turn` and `--turn-secret-file` name."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from signaling.access.turn import TurnServer, TurnUri
from signaling.cli.errors import InvalidInput, OptionConflict

MIN_SECRET_CHARS = 16
"""Anybody who guesses the secret can use the TURN server; `openssl rand -hex 32` has 64."""
_TURN_URI = re.compile(
    r"(turns?):(?:([\w.-]+)|\[([0-9A-Fa-f:.]+)\])(?::(\d{1,5}))?(?:\?transport=(udp|tcp))?"
)


def turn_uri(text: str) -> TurnUri:
    """A TURN URI (RFC 7065), such as `turns:turn.example.org:443`.

    Over TLS it gets `?transport=tcp`: browsers know no other, and Chromium asks for it.
    """
    found = _TURN_URI.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError(
            f"“{text}” is not a TURN address such as turns:turn.example.org:443 or turn:203.0.113.7:3478?transport=tcp"
        )
    is_tls, port = found[1] == "turns", None if found[4] is None else int(found[4])
    if port is not None and not 0 < port < 65536:
        raise argparse.ArgumentTypeError(
            f"“{text}” has no valid port: give one from 1 to 65535, or leave it out, such as turn:a.example"
        )
    transport: Literal["udp", "tcp"] | None = (
        None if found[5] is None else "tcp" if found[5] == "tcp" else "udp"
    )
    if is_tls and transport == "udp":
        raise argparse.ArgumentTypeError(
            f"“{text}” is TLS over UDP, which browsers do not speak; leave ?transport=udp out"
        )
    return TurnUri(is_tls, found[2] or found[3], port, "tcp" if is_tls else transport)


def turn_server(uris: Sequence[TurnUri], secret_file: Path | None) -> TurnServer | None:
    """The TURN server of the options; None without one.

    Raises:
        OptionConflict: only one of the two options is given.
        InvalidInput: the secret cannot be read, or is too short.
    """
    if not uris and secret_file is None:
        return None
    if not uris or secret_file is None:
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
    return TurnServer(tuple(uris), secret.encode())
