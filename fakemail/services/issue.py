"""Makes keys and certificates (package cryptography; imported only when one must be made)."""

from __future__ import annotations

import datetime
import getpass
import ipaddress
import socket
from typing import TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PrivateKey: TypeAlias = ec.EllipticCurvePrivateKey | RSAPrivateKey

BACKDATED = datetime.timedelta(hours=1)
"""A client whose clock is a little behind must not find a certificate from the future."""


def authority(
    now: float, days: int, permitted: tuple[str, ...], only_for: str = ""
) -> tuple[bytes, bytes]:
    """A new CA: key and certificate, both PEM, that can sign for nothing but what is `permitted`:
    names and all below them, addresses, networks.

    Its name tells a person in a list of authorities whose it is and of when, and `only_for` which
    one of several.
    """
    moment = datetime.datetime.fromtimestamp(now, datetime.UTC)
    key = ec.generate_private_key(ec.SECP256R1())
    label = f"fakemail local CA {_user()}@{socket.gethostname()} {moment:%Y-%m-%d}"[:64]
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, label),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "fakemail (for tests only)"),
            *([x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, only_for)] if only_for else []),
        ]
    )
    certificate = (
        _builder(name, name, key, moment, days)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(sign=False, certify=True), critical=True)
        .add_extension(
            x509.NameConstraints([_subtree(each) for each in permitted], None), critical=True
        )
        .sign(key, hashes.SHA256())
    )
    return _pem(key), certificate.public_bytes(Encoding.PEM)


def server(
    ca_pem: bytes,
    ca_key_pem: bytes,
    names: tuple[str, ...],
    now: float,
    days: int,
    *,
    rsa: bool = False,
) -> tuple[bytes, bytes, float]:
    """A certificate for `names` by the given CA: key, certificate (PEM), end of validity.

    With an RSA key it is fit for RSA key exchange too (RFC 5246 §7.4.2).
    """
    moment = datetime.datetime.fromtimestamp(now, datetime.UTC)
    ca = x509.load_pem_x509_certificate(ca_pem)
    ca_key = load_pem_private_key(ca_key_pem, None)
    if not isinstance(ca_key, ec.EllipticCurvePrivateKey):
        raise ValueError("the key of the CA is not an EC key")
    key: PrivateKey = (
        generate_rsa_key(65537, 2048) if rsa else ec.generate_private_key(ec.SECP256R1())
    )
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "fakemail server")])
    certificate = (
        _builder(subject, ca.subject, key, moment, days)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(sign=True, certify=False, encipher=rsa), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_general(n) for n in names]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False
        )
        .sign(ca_key, hashes.SHA256())
    )
    until = certificate.not_valid_after_utc.timestamp()
    return _pem(key), certificate.public_bytes(Encoding.PEM), until


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: PrivateKey,
    moment: datetime.datetime,
    days: int,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - BACKDATED)
        .not_valid_after(moment - BACKDATED + datetime.timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, sign: bool, certify: bool, encipher: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=sign,
        content_commitment=False,
        key_encipherment=encipher,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certify,
        crl_sign=certify,
        encipher_only=False,
        decipher_only=False,
    )


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _subtree(permitted: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_network(permitted))
    except ValueError:
        return x509.DNSName(permitted)


def _pem(key: PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "nobody"
