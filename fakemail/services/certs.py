"""The local certificate authority and the server's certificate.

A CA is made once and never replaced: a client that was told to trust it goes on trusting it. The
server's certificate is issued anew when a name is missing in it, when it is about to expire, or
when it does not belong to the CA.

Who is told to trust our CA must not thereby trust whoever steals its key. So a CA is constrained
(RFC 5280 §4.2.1.10, critical), and there are two kinds:

* The ordinary one, ``ca.pem``, may name what nobody on the internet owns: names that are reserved
  for tests and for networks at home, and private addresses (`OURS`). New names among them need no
  new trust.
* Any other name, of a provider (`--provider`) or of one's own domain, belongs to somebody. Each set
  of names that has one gets a CA of its own, constrained to exactly these names beside localhost
  and its addresses, in a folder called by the set: ``2f9c04d81be6/ca.pem``. It has to be trusted of
  its own; a CA that could be widened later would be no constraint.

What verifiers want, and what is therefore in them: the strict mode of OpenSSL (Python 3.13's
default context) wants SubjectKeyIdentifier, AuthorityKeyIdentifier, critical BasicConstraints and
KeyUsage; Go, Node, Java and Apple want subjectAltName (names and addresses), ExtendedKeyUsage
serverAuth and a leaf of at most 825 days (398 from public CAs).
"""

from __future__ import annotations

import fcntl
import ipaddress
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from fakemail.services.files import write_atomically

NAMES = ("localhost", "127.0.0.1", "::1")
"""In every certificate, beside the host name and `--tls-name`."""

OURS = (
    *("localhost", "test", "example", "invalid", "local", "internal", "lan", "home.arpa"),
    *("example.com", "example.net", "example.org"),
    *("fakemail", "mail", "mailserver", "smtp", "imap", "pop3"),
    *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"),
    *("::1/128", "fc00::/7", "fe80::/10"),
)
"""What the ordinary CA may name, and everything below: reserved names (RFC 2606, 6761, 6762, 8375,
ICANN's ``internal``), what services are usually called in a container network (none of them is a
top-level domain), loopback and private addresses (RFC 1918, 3927, 4193, 4291)."""

LEAF_DAYS = 397
CA_DAYS = 3650
RENEW_BEFORE_DAYS = 14


@dataclass(frozen=True, slots=True)
class Certificates:
    """Where they are."""

    folder: Path

    @property
    def ca(self) -> Path:
        """What clients are told to trust."""
        return self.folder / "ca.pem"

    @property
    def ca_key(self) -> Path:
        """Never leaves the folder."""
        return self.folder / "ca.key"

    @property
    def server(self) -> Path:
        """The server's certificate, followed by the CA's."""
        return self.folder / "server.pem"

    @property
    def server_key(self) -> Path:
        """Its key."""
        return self.folder / "server.key"

    @property
    def rsa_server(self) -> Path:
        """The same with an RSA key, where one is wanted (the rule rsa_key_exchange_only)."""
        return self.folder / "server-rsa.pem"

    @property
    def rsa_server_key(self) -> Path:
        """Its key."""
        return self.folder / "server-rsa.key"

    @property
    def note(self) -> Path:
        """For whom the certificate was issued and until when, so that a start needs no parser."""
        return self.folder / "server.names"


def wanted_names(host_name: str, more: tuple[str, ...]) -> tuple[str, ...]:
    """Everything the certificate must name, in order, once each."""
    return tuple(dict.fromkeys((*NAMES, host_name.lower(), *(n.lower() for n in more))))


def ensure(
    folder: Path, names: tuple[str, ...], now: float, *, rsa_too: bool = False
) -> Certificates:
    """The certificates in `folder`, made or renewed where needed; `now` in seconds since 1970.

    Names that are not ours to name have a folder of their own in it. Raises OSError when it cannot
    be written.
    """
    permitted = permitted_for(names)
    if permitted != OURS:
        folder = folder / sha256(" ".join(permitted).encode()).hexdigest()[:12]
    certificates = Certificates(folder)
    if _good(certificates, names, now, rsa_too):
        return certificates
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    with _alone(folder):  # `fakemail serve` and `fakemail certs` may both be at it
        if not _good(certificates, names, now, rsa_too):
            _issue(certificates, names, permitted, now, rsa_too)
    return certificates


def permitted_for(names: tuple[str, ...]) -> tuple[str, ...]:
    """What the CA that signs for `names` may name: names, addresses, and networks."""
    if all(_is_ours(name) for name in names):
        return OURS
    return tuple(sorted({name.removeprefix("*.") for name in (*NAMES, *names)}))


def _is_ours(name: str) -> bool:
    for ours in OURS:
        if "/" not in ours:
            if f".{name}".endswith(f".{ours}"):
                return True
            continue
        try:
            if ipaddress.ip_address(name) in ipaddress.ip_network(ours):
                return True
        except ValueError:
            continue
    return False


def _issue(
    certificates: Certificates,
    names: tuple[str, ...],
    permitted: tuple[str, ...],
    now: float,
    rsa_too: bool,
) -> None:
    # cryptography takes 40 ms to import: only those who need a new certificate pay for it.
    from fakemail.services import issue

    certificates.note.unlink(missing_ok=True)  # a kill from here on leaves no half-valid state
    if not (certificates.ca.exists() and certificates.ca_key.exists()):
        key, pem = issue.authority(
            now, CA_DAYS, permitted, "" if permitted == OURS else certificates.folder.name
        )
        write_atomically(certificates.ca_key, key, 0o600)
        write_atomically(certificates.ca, pem, 0o644)
    ca_pem, ca_key = certificates.ca.read_bytes(), certificates.ca_key.read_bytes()
    key, pem, until = issue.server(ca_pem, ca_key, names, now, LEAF_DAYS)
    write_atomically(certificates.server_key, key, 0o600)
    write_atomically(certificates.server, pem + ca_pem, 0o644)
    # One of an earlier start may have other names, or another CA.
    certificates.rsa_server.unlink(missing_ok=True)
    if rsa_too:
        key, pem, _ = issue.server(ca_pem, ca_key, names, now, LEAF_DAYS, rsa=True)
        write_atomically(certificates.rsa_server_key, key, 0o600)
        write_atomically(certificates.rsa_server, pem + ca_pem, 0o644)
    note = f"{until:.0f} {os.stat(certificates.ca).st_mtime_ns} {' '.join(names)}\n"
    write_atomically(certificates.note, note.encode(), 0o644)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    fd = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


def _good(certificates: Certificates, names: tuple[str, ...], now: float, rsa_too: bool) -> bool:
    """Whether the server's certificate can stay."""
    try:
        until, ca_time, *named = certificates.note.read_text().split()
        same_ca = int(ca_time) == certificates.ca.stat().st_mtime_ns
        fresh = float(until) - now > RENEW_BEFORE_DAYS * 86400
        files = [certificates.server, certificates.server_key]
        files += [certificates.rsa_server, certificates.rsa_server_key] if rsa_too else []
        present = all(file.exists() for file in files)
        return (
            same_ca and fresh and present and certificates.ca_key.exists() and _covers(named, names)
        )
    except (OSError, ValueError):
        return False


def _covers(named: list[str], names: tuple[str, ...]) -> bool:
    return set(names) <= set(named)
