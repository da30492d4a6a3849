"""The certificate that browsers will see."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import datetime

from signaling.cli.address import Address
from signaling.cli.doctor.finding import Finding
from signaling.cli.reach import host_of
from signaling.cli.tls import certificate_warnings
from signaling.health.certificate import leaf_of
from signaling.health.conditions import EXPIRES_SOON_DAYS

SECONDS_A_DAY = 86_400


def file_findings(address: Address, now: datetime) -> Iterator[Finding]:
    """The files of `--tls-cert` and `--tls-key`, which the command line has loaded."""
    if address.tls_cert is None:
        return
    host = None if address.public_url is None else host_of(address.public_url)
    faults = [] if host is None else list(certificate_warnings(address.tls_cert, host, now))
    yield from (Finding("certificate", "fault", fault) for fault in faults)
    if not faults and (leaf := leaf_of(address.tls_cert)) is not None:
        left = leaf.not_valid_after_utc - now
        yield _expiry_finding(left.total_seconds() / SECONDS_A_DAY, str(address.tls_cert))


def served_finding(certificate: dict[str, object], now: float, host: str) -> Finding:
    """A certificate as a verified TLS connection to `host` returns it; `now` is in seconds since 1970."""
    ends = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
    return _expiry_finding((ends - now) / SECONDS_A_DAY, host)


def _expiry_finding(days: float, whose: str) -> Finding:
    """Whether a certificate that is valid for so many days ends soon."""
    if days < EXPIRES_SOON_DAYS:
        return Finding(
            "certificate",
            "warning",
            f"{whose}: valid for {days:.0f} more days. Renew it, and see why that was not done by itself.",
        )
    return Finding("certificate", "ok", f"{whose}: valid for {days:.0f} days.")
