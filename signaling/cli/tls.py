"""The TLS certificate and its key, `--tls-cert` and `--tls-key`."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from cryptography import x509

from signaling.cli.errors import InvalidInput, OptionConflict, reported
from signaling.health.certificate import CertificateUnusable, ServedCertificate, leaf_of


def tls_context(cert: Path | None, key: Path | None) -> ssl.SSLContext | None:
    """The TLS context of `--tls-cert` and `--tls-key`; None without them.

    Raises:
        OptionConflict: only one of them is given.
        InvalidInput: they cannot be read, or are not a certificate with its key.
    """
    if cert is None and key is None:
        return None
    if cert is None or key is None:
        raise OptionConflict("Give --tls-cert and --tls-key together, or neither.")
    for file in (cert, key):
        _check_readable(file)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(cert, key, _no_pass_phrase)
    except _KeyEncrypted as fault:
        raise InvalidInput(
            f"{key}: this key has a pass phrase, and nobody can type it when the server starts. "
            f"Give --tls-key the key without one: openssl pkey -in {key} -out KEY.pem"
        ) from fault
    except (OSError, ssl.SSLError) as fault:
        raise InvalidInput(
            f"{cert}, {key}: not a certificate with its private key in PEM form ({fault})."
        ) from fault
    return context


def served_certificate(cert: Path | None, key: Path | None) -> ServedCertificate | None:
    """The certificate of `--tls-cert` and `--tls-key`, which may be renewed meanwhile. None, and raises, as
    `tls_context`."""
    if cert is None or key is None:
        tls_context(cert, key)
        return None

    def load() -> ssl.SSLContext:
        try:
            context = tls_context(cert, key)
        except InvalidInput as fault:
            raise CertificateUnusable(str(fault)) from fault
        assert context is not None
        return context

    with reported(CertificateUnusable):
        return ServedCertificate(cert, key, load)


def certificate_warnings(cert: Path, host: str, now: datetime) -> Iterator[str]:
    """Why browsers that open `host` at `now` would reject a certificate that `tls_context` has loaded."""
    if (leaf := leaf_of(cert)) is None:
        return
    if leaf.not_valid_after_utc <= now:
        ended = f"{leaf.not_valid_after_utc:%Y-%m-%d}"
        yield f"{cert}: expired on {ended}, so browsers refuse it. Renew it, then start again."
    elif leaf.not_valid_before_utc > now:
        yield (
            f"{cert}: is valid from {leaf.not_valid_before_utc:%Y-%m-%d %H:%M} UTC, so browsers refuse it until then. "
            "Check this machine's clock."
        )
    names = _names(leaf)
    if not any(_matches(name, host.lower()) for name in names):
        listed = ", ".join(names) or "no host at all"
        yield f"{cert}: is for {listed}, not for {host}, so browsers refuse it. Give one that names {host}."


def _names(leaf: x509.Certificate) -> list[str]:
    """The hosts of a certificate. Browsers ignore its common name (RFC 9525)."""
    try:
        found = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    addresses = [str(address) for address in found.get_values_for_type(x509.IPAddress)]
    return [*found.get_values_for_type(x509.DNSName), *addresses]


def _matches(name: str, host: str) -> bool:
    """A wildcard matches one label."""
    wanted = name.lower()
    return host == wanted or (wanted.startswith("*.") and host.partition(".")[2] == wanted[2:])


class _KeyEncrypted(Exception):
    """The key has a pass phrase."""


def _no_pass_phrase() -> str:
    # Without this, OpenSSL asks at the terminal, and under systemd waits without end.
    raise _KeyEncrypted


def _check_readable(file: Path) -> None:
    try:
        file.open("rb").close()
    except FileNotFoundError as fault:
        raise InvalidInput(
            f"{file}: no such file. Give --tls-cert and --tls-key PEM files that are there."
        ) from fault
    except OSError as fault:
        raise InvalidInput(
            f"{file}: cannot be read ({fault.strerror}). Give --tls-cert and --tls-key PEM files that the user who "
            "runs the server may read."
        ) from fault
