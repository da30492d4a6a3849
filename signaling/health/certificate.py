"""The TLS certificate in use, which is replaced while the server runs."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import structlog
from cryptography import x509

log = structlog.get_logger()

_Stamp = tuple[tuple[int, int, int], ...]
"""Of each file: when it was written (ns), its inode and its size."""


class CertificateUnusable(Exception):
    """The files are not a certificate with its key. The text says why."""


class ServedCertificate:
    """A certificate and its key in two files.

    A certificate that is renewed is used for every handshake from then on; a faulty one is reported, and the last good
    one stays.
    """

    def __init__(self, cert: Path, key: Path, load: Callable[[], ssl.SSLContext]) -> None:
        """`load` makes a context from the files.

        Raises:
            CertificateUnusable: by `load`.
        """
        self._files = (cert, key)
        self._load = load
        self._seen = self._tried = self._stamp()
        self._current = load()
        self.ends = _end_of(cert)
        """When the certificate in use ends; None if its form is not known."""
        self.fault: str | None = None
        """Why the present files are not used; None if they are."""
        self.context = load()
        """For the listener. Each handshake gets the current certificate."""
        # OpenSSL calls it for every ClientHello, also for one that names no server.
        self.context.sni_callback = self._choose

    def _choose(self, tls: ssl.SSLObject, name: str | None, context: ssl.SSLContext) -> None:
        tls.context = self._current

    def refresh(self) -> None:
        """Read the files again if they have changed; call it about once a second.

        A certificate and its key are written one after the other, so a change is read once it is a call old.
        """
        stamp = self._stamp()
        is_settled, self._seen = stamp == self._seen, stamp
        if is_settled and stamp != self._tried:
            self.reload()

    def reload(self) -> None:
        """Read the files now."""
        self._tried = self._stamp()
        try:
            self._current = self._load()
        except CertificateUnusable as fault:
            self.fault = str(fault)
            log.error("The new TLS certificate cannot be used, so the old one stays.", fault=self.fault)
            return
        self.fault = None
        self.ends = _end_of(self._files[0])
        log.info("TLS certificate read again", ends=None if self.ends is None else f"{self.ends:%Y-%m-%d}")

    def _stamp(self) -> _Stamp | None:
        """None while a file is missing."""
        try:
            found = [file.stat() for file in self._files]
        except OSError:
            return None
        return tuple((stat.st_mtime_ns, stat.st_ino, stat.st_size) for stat in found)


def _end_of(cert: Path) -> datetime | None:
    leaf = leaf_of(cert)
    return None if leaf is None else leaf.not_valid_after_utc


def leaf_of(cert: Path) -> x509.Certificate | None:
    """The server's own certificate in a file. None: it cannot be read, or `cryptography` does not read a form that
    OpenSSL reads."""
    try:
        leaf = x509.load_pem_x509_certificates(cert.read_bytes())[0]
        leaf.not_valid_after_utc, leaf.not_valid_before_utc  # noqa: B018 - parsed here: they may have a wrong form
        leaf.extensions  # noqa: B018 - and these may be there twice
    except (OSError, ValueError, x509.InvalidVersion, x509.DuplicateExtension):
        return None
    return leaf
