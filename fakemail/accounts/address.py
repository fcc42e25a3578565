"""One spelling for every address: what two spellings of the same mailbox have in common.

Whatever a client sends as user name or recipient passes here before it is compared, kept, or
made part of a path. The canonical form is ``local-part@domain`` in lower case and Unicode NFC,
the local part without quotes where it does not need them (RFC 5321 §4.1.2 says that the two
spellings mean the same, and that a receiver may treat case as it likes, §2.4), and the domain in
letters rather than ``xn--``.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LOCAL_PART_OCTETS = 255
"""RFC 5321 §4.5.3.1.1 demands 64 and advises against limits; real addresses go beyond it."""

DOMAIN_OCTETS = 255
"""RFC 5321 §4.5.3.1.2."""

_PLAIN = re.compile(
    r"(?P<local>[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*)"
    r"@(?P<domain>[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*)"
)
_DOT_ATOM = re.compile(r"[^\s\"(),:;<>@\[\\\]]+")
_DOMAIN = re.compile(r"[^\s\"(),:;<>@\[\\\]./]+(?:\.[^\s\"(),:;<>@\[\\\]./]+)*")
_ACE = "xn--"
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_LITERAL = re.compile(r"\[[0-9a-z:.-]+\]")


class NotAnAddress(ValueError):
    """Why this text cannot be the address of a mailbox."""


@lru_cache(maxsize=1024)
def canonical(text: str, default_domain: str) -> str:
    """The one spelling of an address; a bare local part belongs to `default_domain`.

    Raises NotAnAddress, whatever the text: it may hold NULs, lone surrogates or a megabyte.
    """
    if not text:
        raise NotAnAddress("empty")
    if len(text) > LOCAL_PART_OCTETS + 1 + DOMAIN_OCTETS:
        raise NotAnAddress(f"{len(text)} characters long")
    small = text.lower()
    plain = _PLAIN.fullmatch(small)
    if plain is not None and _ACE not in small:
        return small
    for character in text:
        if not character.isprintable():
            raise NotAnAddress(f"it contains U+{ord(character):04X}")
    small = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).lower())
    local, at, domain = small.rpartition("@")
    if not at:
        local, domain = small, default_domain
    domain = domain.removesuffix(".")
    if _ACE in domain:
        domain = _unicode(domain)
    if not _DOMAIN.fullmatch(domain) and not _LITERAL.fullmatch(domain):
        raise NotAnAddress("what follows the @ is not a domain")
    if len(domain.encode()) > DOMAIN_OCTETS:
        raise NotAnAddress(f"domain longer than {DOMAIN_OCTETS} octets")
    if not local:
        raise NotAnAddress("nothing stands before the @")
    local = _unquoted(local)
    if len(local.encode()) > LOCAL_PART_OCTETS:
        raise NotAnAddress(f"local part longer than {LOCAL_PART_OCTETS} octets")
    return f"{local}@{domain}"


def _unicode(domain: str) -> str:
    """A domain with U-labels for A-labels (IDNA), where it has them."""
    try:
        found = unicodedata.normalize("NFC", domain.encode("ascii").decode("idna").lower())
    except UnicodeError:
        return domain
    return found if found.isprintable() else domain


def _unquoted(local: str) -> str:
    """Without quotes where they are not needed; with them where they are (RFC 5321 §4.1.2)."""
    if _DOT_ATOM.fullmatch(local):
        return local
    quoted = _QUOTED.fullmatch(local)
    if quoted is None:
        raise NotAnAddress("what stands before the @ would need quotes")
    inner = re.sub(r"\\(.)", r"\1", quoted[1])
    return inner if _DOT_ATOM.fullmatch(inner) else local


def without_tag(address: str) -> str:
    """``alice+tag@x`` is ``alice@x`` (RFC 5233 calls the part after the plus "detail")."""
    local, _, domain = address.rpartition("@")
    base = local.partition("+")[0]
    return f"{base}@{domain}" if base else address


def shown(text: str, most: int = 100) -> str:
    """The same text, safe to put into a reply or a transcript: printable, and not too long."""
    cut = text[:most]
    safe = "".join(
        c if c.isprintable() else f"\\u{ord(c):04x}" if ord(c) > 255 else f"\\x{ord(c):02x}"
        for c in cut
    )
    return safe if len(text) <= most else f"{safe}... ({len(text)} characters)"
