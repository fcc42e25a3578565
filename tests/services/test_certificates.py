"""Certificates: made once, renewed when needed, fit for strict verifiers."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from fakemail.services import certs

NOW = 1_800_000_000.0
DAY = 86400
NAMES = certs.wanted_names("fakemail.test", ())


def leaf(made: certs.Certificates) -> x509.Certificate:
    return x509.load_pem_x509_certificate(made.server.read_bytes())


def names(made: certs.Certificates) -> list[str]:
    extension = leaf(made).extensions.get_extension_for_class(x509.SubjectAlternativeName)
    return [str(n.value) for n in extension.value]


def test_made_once(tmp_path: Path) -> None:
    first = certs.ensure(tmp_path / "certs", NAMES, NOW)
    before = [p.read_bytes() for p in (first.ca, first.ca_key, first.server, first.server_key)]
    second = certs.ensure(tmp_path / "certs", NAMES, NOW + 300 * DAY)
    after = [p.read_bytes() for p in (second.ca, second.ca_key, second.server, second.server_key)]
    assert before == after
    assert first.ca_key.stat().st_mode & 0o777 == 0o600
    assert first.server_key.stat().st_mode & 0o777 == 0o600


def test_new_names_and_old_age_renew_the_leaf_but_not_the_ca(tmp_path: Path) -> None:
    made = certs.ensure(tmp_path, NAMES, NOW)
    ca, first = made.ca.read_bytes(), leaf(made)
    assert names(made) == ["localhost", "127.0.0.1", "::1", "fakemail.test"]
    certs.ensure(tmp_path, certs.wanted_names("fakemail.test", ("Mail.Example", "10.1.2.3")), NOW)
    assert names(made)[-2:] == ["mail.example", "10.1.2.3"]
    second = leaf(made)
    certs.ensure(tmp_path, NAMES, NOW)
    assert leaf(made) == second, "fewer names need no new certificate"
    certs.ensure(tmp_path, NAMES, NOW + 390 * DAY)
    assert leaf(made).not_valid_before_utc > second.not_valid_before_utc
    assert len({first.serial_number, second.serial_number, leaf(made).serial_number}) == 3
    assert made.ca.read_bytes() == ca


def test_another_ca_renews_the_leaf(tmp_path: Path) -> None:
    ours = certs.ensure(tmp_path / "a", NAMES, NOW)
    other = certs.ensure(tmp_path / "b", NAMES, NOW)
    shutil.copy(other.ca, ours.ca)
    shutil.copy(other.ca_key, ours.ca_key)
    certs.ensure(tmp_path / "a", NAMES, NOW)
    authority = x509.load_pem_x509_certificate(ours.ca.read_bytes())
    leaf(ours).verify_directly_issued_by(authority)


@pytest.mark.parametrize("missing", ["server", "server_key", "note", "ca_key"])
def test_what_is_missing_is_made_again(tmp_path: Path, missing: str) -> None:
    made = certs.ensure(tmp_path, NAMES, NOW)
    getattr(made, missing).unlink()
    certs.ensure(tmp_path, NAMES, NOW)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.server, made.server_key)
    leaf(made).verify_directly_issued_by(x509.load_pem_x509_certificate(made.ca.read_bytes()))


def test_what_verifiers_want(tmp_path: Path) -> None:
    made = certs.ensure(tmp_path, NAMES, NOW)
    certificate = leaf(made)
    life = certificate.not_valid_after_utc - certificate.not_valid_before_utc
    assert life.days <= 398
    get = certificate.extensions.get_extension_for_class
    assert ExtendedKeyUsageOID.SERVER_AUTH in get(x509.ExtendedKeyUsage).value
    assert get(x509.KeyUsage).critical and get(x509.KeyUsage).value.digital_signature
    assert get(x509.BasicConstraints).critical and not get(x509.BasicConstraints).value.ca
    authority = x509.load_pem_x509_certificate(made.ca.read_bytes())
    of_ca = authority.extensions.get_extension_for_class
    assert of_ca(x509.BasicConstraints).value.ca and of_ca(x509.KeyUsage).value.key_cert_sign
    assert (
        get(x509.AuthorityKeyIdentifier).value.key_identifier
        == of_ca(x509.SubjectKeyIdentifier).value.digest
    )
    assert "fakemail" in authority.subject.rfc4514_string()
    assert authority.subject != certificate.subject


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl program")
def test_openssl_verifies_strictly(tmp_path: Path) -> None:
    made = certs.ensure(tmp_path, NAMES, NOW)
    done = subprocess.run(
        [
            "openssl",
            "verify",
            "-x509_strict",
            "-attime",
            f"{NOW + 60:.0f}",
            "-CAfile",
            made.ca,
            "-verify_hostname",
            "localhost",
            "-purpose",
            "sslserver",
            made.server,
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
