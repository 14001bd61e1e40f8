"""Certificates: an authority of the server's own, its certificate, and the bundle that clients trust.

SnowflakeHook cannot be told to use plain HTTP, so the server speaks TLS like the real one.
"""

from __future__ import annotations

import datetime
import ipaddress
import os
from pathlib import Path

import certifi
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from embedded_snowflake.control import write_private

VALIDITY = datetime.timedelta(days=3650)


def ensure_certificates(state: Path, addresses: list[str]) -> tuple[Path, Path]:
    """Make the authority and the server's certificate when the state has none for these addresses.

    Writes ca.pem, ca-bundle.pem (the authority with the certificates this machine trusts already), server.pem and
    server.key into the state. The authority's own key is thrown away: nothing else can ever be signed with it.

    Args:
        state: State folder.
        addresses: Host names and IP addresses that the certificate must name, beside loopback.

    Returns:
        Paths of the server's certificate and of its key.
    """
    certificate, key = state / "server.pem", state / "server.key"
    names = ["localhost", "127.0.0.1", "::1", *addresses]
    if not (
        certificate.exists() and key.exists() and (state / "ca.pem").exists() and _names(certificate) >= set(names)
    ):
        _make(state, names, certificate, key)
    # Written at each start: the machine's own bundle may have changed.
    authority = (state / "ca.pem").read_text()
    (state / "ca-bundle.pem").write_text(authority + _machine_bundle(state / "ca-bundle.pem").read_text())
    return certificate, key


def _machine_bundle(own: Path) -> Path:
    """Find the certificates that Python's clients trust on this machine, whatever bundle the environment names."""
    for variable in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
        named = Path(os.environ.get(variable, ""))
        # A bundle of another embedded server would pile up in ours.
        if named.is_file() and named.resolve() != own.resolve() and named.name != own.name:
            return named
    return Path(certifi.where())


def _names(certificate: Path) -> set[str]:
    loaded = x509.load_pem_x509_certificate(certificate.read_bytes())
    alternatives = loaded.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    hosts = alternatives.get_values_for_type(x509.DNSName)
    return {*hosts, *(str(address) for address in alternatives.get_values_for_type(x509.IPAddress))}


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _make(state: Path, names: list[str], certificate: Path, key: Path) -> None:
    now = datetime.datetime.now(datetime.UTC) - datetime.timedelta(minutes=5)
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Embedded Snowflake authority")])
    authority = (
        x509.CertificateBuilder()
        .subject_name(authority_name)
        .issuer_name(authority_name)
        .public_key(authority_key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + VALIDITY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key()), critical=False)
        .add_extension(
            x509.KeyUsage(
                digital_signature=False,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=True,
                crl_sign=True,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .sign(authority_key, hashes.SHA256())
    )
    server_key = ec.generate_private_key(ec.SECP256R1())
    server = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]))
        .issuer_name(authority_name)
        .public_key(server_key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + VALIDITY)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
        .add_extension(
            x509.SubjectAlternativeName([_general_name(name) for name in dict.fromkeys(names)]), critical=False
        )
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = server_key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    write_private(key, private.decode())
    certificate.write_bytes(server.public_bytes(pem))
    (state / "ca.pem").write_bytes(authority.public_bytes(pem))
