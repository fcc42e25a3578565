"""Certificates: made once, renewed when needed, fit for strict verifiers."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from fakemail.clock import SystemClock
from fakemail.services import certs, issue

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


def test_an_rsa_certificate_beside_the_other(tmp_path: Path) -> None:
    made = certs.ensure(tmp_path, NAMES, NOW)
    assert not made.rsa_server.exists()
    certs.ensure(tmp_path, NAMES, NOW, rsa_too=True)
    first = made.rsa_server.read_bytes()
    assert certs.ensure(tmp_path, NAMES, NOW, rsa_too=True).rsa_server.read_bytes() == first
    assert made.rsa_server_key.stat().st_mode & 0o777 == 0o600
    certs.ensure(tmp_path, (*NAMES, "more.test"), NOW)
    assert not made.rsa_server.exists(), "it lacks a name"
    certs.ensure(tmp_path, (*NAMES, "more.test"), NOW, rsa_too=True)
    assert verified(made, "more.test", made.rsa_server) == ""


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


OPENSSL = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl program")
PROVIDERS = certs.wanted_names("fakemail.test", ("smtp.qq.com", "imap.qq.com"))


def verified(made: certs.Certificates, name: str, certificate: Path | None = None) -> str:
    """What openssl's strict mode has against it; nothing if it is good."""
    command: list[str | Path] = ["openssl", "verify", "-x509_strict", "-purpose", "sslserver"]
    command += ["-attime", f"{NOW + 60:.0f}", "-CAfile", made.ca, "-verify_hostname", name]
    command.append(certificate or made.server)
    done = subprocess.run(command, capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@OPENSSL
def test_openssl_verifies_strictly(tmp_path: Path) -> None:
    made = certs.ensure(tmp_path, NAMES, NOW)
    assert verified(made, "localhost") == ""
    assert "hostname mismatch" in verified(made, "mail.test")


@OPENSSL
@pytest.mark.parametrize("name", ["smtp.qq.com", "imap.qq.com", "localhost", "fakemail.test"])
def test_every_impersonated_host_is_verified(tmp_path: Path, name: str) -> None:
    assert verified(certs.ensure(tmp_path, PROVIDERS, NOW), name) == ""


@OPENSSL
@pytest.mark.parametrize(
    ("names", "stolen"),
    [
        (NAMES, "smtp.qq.com"),
        (NAMES, "bank.example.edu"),
        (NAMES, "8.8.8.8"),
        (PROVIDERS, "mail.qq.com"),
        (PROVIDERS, "qq.com"),
        (PROVIDERS, "smtp.163.com"),
        (PROVIDERS, "other.test"),
        (PROVIDERS, "10.0.0.1"),
    ],
)
def test_a_stolen_key_signs_for_nobody_else(
    tmp_path: Path, names: tuple[str, ...], stolen: str
) -> None:
    made = certs.ensure(tmp_path / "certs", names, NOW)
    _, forged, _ = issue.server(
        made.ca.read_bytes(), made.ca_key.read_bytes(), (stolen, names[-1]), NOW, 30
    )
    (tmp_path / "forged.pem").write_bytes(forged)
    said = verified(made, names[-1], tmp_path / "forged.pem")
    assert "permitted subtree violation" in said


def test_python_verifies_an_impersonated_host_and_nothing_else(tmp_path: Path) -> None:
    made = certs.ensure(tmp_path, PROVIDERS, SystemClock().time())
    assert shake_hands(made, "smtp.qq.com") == "TLSv1.3"
    assert shake_hands(made, "127.0.0.1") == "TLSv1.3"
    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
        shake_hands(made, "pop.qq.com")
    ordinary = certs.ensure(tmp_path, NAMES, SystemClock().time())
    assert shake_hands(ordinary, "localhost") == "TLSv1.3"


def shake_hands(made: certs.Certificates, name: str) -> str | None:
    """A handshake in memory, the client trusting the CA and verifying strictly."""
    trusting = ssl.create_default_context(cafile=str(made.ca))
    trusting.verify_flags |= ssl.VERIFY_X509_STRICT
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(made.server, made.server_key)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trusting.wrap_bio(to_client, to_server, server_hostname=name)
    server = serving.wrap_bio(to_server, to_client, server_side=True)
    waiting = [client, server]
    for _ in range(6):
        for one in tuple(waiting):
            try:
                one.do_handshake()
            except ssl.SSLWantReadError:
                continue
            waiting.remove(one)
    assert not waiting
    return client.version()


def test_each_set_of_foreign_names_has_a_ca_of_its_own(tmp_path: Path) -> None:
    ordinary = certs.ensure(tmp_path, NAMES, NOW)
    qq = certs.ensure(tmp_path, PROVIDERS, NOW)
    both = certs.ensure(tmp_path, (*PROVIDERS, "smtp.163.com"), NOW)
    again = certs.ensure(tmp_path, (*NAMES, "imap.qq.com", "smtp.qq.com"), NOW)
    assert ordinary.ca == tmp_path / "ca.pem"
    assert again.ca == qq.ca, "the same names in another order"
    authorities = [
        x509.load_pem_x509_certificate(made.ca.read_bytes()) for made in (ordinary, qq, both)
    ]
    assert len({authority.subject for authority in authorities}) == 3
    permitted = [
        sorted(str(n.value) for n in tree)
        for authority in authorities
        if (
            tree := authority.extensions.get_extension_for_class(
                x509.NameConstraints
            ).value.permitted_subtrees
        )
    ]
    assert permitted[1] == sorted(
        ["localhost", "127.0.0.1/32", "::1/128", "fakemail.test", "smtp.qq.com", "imap.qq.com"]
    )
    assert set(permitted[2]) - set(permitted[1]) == {"smtp.163.com"}
    assert all(
        authority.extensions.get_extension_for_class(x509.NameConstraints).critical
        for authority in authorities
    )


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("localhost", True), ("a.b.test", True), ("*.mail.example", True), ("192.168.7.1", True),
        ("host.docker.internal", True), ("mail", True), ("fd00::1", True), ("127.9.9.9", True),
        ("mail.com", False), ("notest", False), ("8.8.8.8", False), ("2001:db8::1", False),
        ("smtp.gmail.com", False), ("*.corp.example.edu", False),
    ],
)  # fmt: skip
def test_what_is_ours_to_name(name: str, ours: bool) -> None:
    assert (certs.permitted_for((*NAMES, name)) == certs.OURS) == ours
