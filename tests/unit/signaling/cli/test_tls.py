"""A certificate that browsers would reject causes a warning when the server starts."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509

from signaling.cli.address import Address
from signaling.cli.doctor.certificate import file_findings
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


def test_a_form_that_only_openssl_reads_causes_no_warning_and_no_fault(tmp_path: Path) -> None:
    cert = certificate(tmp_path, NAMES)
    der = ssl.PEM_cert_to_DER_cert(cert.read_text())
    # The version, `[0] INTEGER`: 9 stands for X.509 version 10.
    cert.write_text(
        ssl.DER_cert_to_PEM_cert(der.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x09", 1))
    )
    with pytest.raises(x509.InvalidVersion):
        x509.load_pem_x509_certificates(cert.read_bytes())
    assert list(certificate_warnings(cert, "schalte.example.org", GOOD)) == []
    address = Address("127.0.0.1", 0, 0, public_url="https://schalte.example.org", tls_cert=cert)
    assert list(file_findings(address, GOOD)) == []
