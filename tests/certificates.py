"""Certificates that tests make: each is its own authority."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

LOCALHOST: Sequence[x509.GeneralName] = (
    x509.DNSName("localhost"),
    x509.IPAddress(ip_address("127.0.0.1")),
)
BEGINS = datetime(2018, 1, 1, tzinfo=UTC)


def certificate(
    folder: Path,
    serial: int = 1,
    *,
    names: Sequence[x509.GeneralName] = LOCALHOST,
    begins: datetime = BEGINS,
    days: int = 36_500,
    prefix: str = "",
) -> tuple[Path, Path]:
    """A certificate for these names and its key, in the files `cert.pem` and `key.pem` after the prefix."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    cert, private = folder / f"{prefix}cert.pem", folder / f"{prefix}key.pem"
    cert.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return cert, private
