"""The certificate of `--tls-cert` and its key."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from cryptography import x509

from signaling.cli.options import Invalid
from signaling.cli.reach import Contradiction


def tls_context(cert: Path | None, key: Path | None) -> ssl.SSLContext | None:
    """The TLS context of `--tls-cert` and `--tls-key`; None without them.

    Raises:
        Contradiction: only one of them is given.
        Invalid: they are no certificate with its key, or cannot be read.
    """
    if cert is None and key is None:
        return None
    if cert is None or key is None:
        raise Contradiction("Give --tls-cert and --tls-key together, or neither.")
    for file in (cert, key):
        _check_readable(file)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(cert, key, _no_pass_phrase)
    except _Locked as fault:
        raise Invalid(
            f"{key}: this key has a pass phrase, and nobody is there to type it when the server starts. "
            f"Give --tls-key the key without it: openssl pkey -in {key} -out KEY.pem"
        ) from fault
    except (OSError, ssl.SSLError) as fault:
        raise Invalid(
            f"{cert}, {key}: not a certificate with its private key in PEM form ({fault})."
        ) from fault
    return context


def certificate_doubts(cert: Path, host: str, now: datetime) -> Iterator[str]:
    """Why browsers that open `host` at `now` would warn of a certificate that `tls_context` has taken."""
    try:
        leaf = x509.load_pem_x509_certificates(cert.read_bytes())[0]
    except ValueError:
        return  # a form that OpenSSL reads and this library does not; nothing is known of it
    if leaf.not_valid_after_utc <= now:
        ended = f"{leaf.not_valid_after_utc:%Y-%m-%d}"
        yield f"{cert}: expired on {ended}, so browsers refuse it. Renew it, then start again."
    elif leaf.not_valid_before_utc > now:
        yield (
            f"{cert}: counts from {leaf.not_valid_before_utc:%Y-%m-%d %H:%M} UTC, so browsers refuse it until then. "
            "Check this machine's clock."
        )
    names = _names(leaf)
    if not any(_stands_for(name, host.lower()) for name in names):
        said = ", ".join(names) or "no host at all"
        yield f"{cert}: is for {said}, not for {host}, so browsers refuse it. Give one that names {host}."


def _names(leaf: x509.Certificate) -> list[str]:
    """The hosts that it names. Browsers do not look at its common name (RFC 9525)."""
    try:
        found = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    addresses = [str(address) for address in found.get_values_for_type(x509.IPAddress)]
    return [*found.get_values_for_type(x509.DNSName), *addresses]


def _stands_for(name: str, host: str) -> bool:
    """A star stands for one label."""
    wanted = name.lower()
    return host == wanted or (wanted.startswith("*.") and host.partition(".")[2] == wanted[2:])


class _Locked(Exception):
    """The key has a pass phrase."""


def _no_pass_phrase() -> str:
    # Without this OpenSSL asks at the terminal, and under systemd waits for ever.
    raise _Locked


def _check_readable(file: Path) -> None:
    try:
        file.open("rb").close()
    except FileNotFoundError as fault:
        raise Invalid(
            f"{file}: no such file. Give --tls-cert and --tls-key PEM files that are there."
        ) from fault
    except OSError as fault:
        raise Invalid(
            f"{file}: cannot be read ({fault.strerror}). Give --tls-cert and --tls-key PEM files that the user who "
            "runs the server may read."
        ) from fault
