"""A certificate that browsers would reject causes a warning when the server starts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509

from signaling.cli.tls import certificate_warnings
from tests import certificates

BEGINS = datetime(2026, 1, 1, tzinfo=UTC)
GOOD = BEGINS + timedelta(days=10)
NAMES = [
    x509.DNSName("schalte.example.org"),
    x509.DNSName("*.halls.example.org"),
    x509.IPAddress(ip_address("192.0.2.7")),
]


def certificate(folder: Path, names: list[x509.GeneralName]) -> Path:
    """A certificate for these names, for 30 days from `BEGINS`."""
    return certificates.certificate(folder, names=names, begins=BEGINS, days=30)[0]


@pytest.mark.parametrize(
    ("host", "now", "expected"),
    [
        ("schalte.example.org", GOOD, []),
        ("Schalte.Example.org", GOOD, []),
        ("tokio.halls.example.org", GOOD, []),
        ("192.0.2.7", GOOD, []),
        ("halls.example.org", GOOD, ["not for halls.example.org"]),
        ("a.tokio.halls.example.org", GOOD, ["not for a.tokio.halls.example.org"]),
        (
            "192.0.2.8",
            GOOD,
            ["is for schalte.example.org, *.halls.example.org, 192.0.2.7, not for 192.0.2.8"],
        ),
        ("schalte.example.org", BEGINS + timedelta(days=31), ["expired on 2026-01-31"]),
        ("schalte.example.org", BEGINS - timedelta(hours=1), ["is valid from 2026-01-01 00:00 UTC"]),
    ],
)
def test_a_certificate_that_browsers_reject_causes_a_warning(
    tmp_path: Path, host: str, now: datetime, expected: list[str]
) -> None:
    found = list(certificate_warnings(certificate(tmp_path, NAMES), host, now))
    assert len(found) == len(expected)
    for line, part in zip(found, expected, strict=True):
        assert part in line


def test_a_common_name_alone_names_no_host(tmp_path: Path) -> None:
    (line,) = certificate_warnings(certificate(tmp_path, []), "schalte.example.org", GOOD)
    assert "is for no host at all" in line
