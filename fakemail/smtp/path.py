"""Reverse-path and forward-path (RFC 5321 §4.1.2, RFC 6531 §3.3).

    Path = "<" [ A-d-l ":" ] Mailbox ">"

One regular expression knows the spelling of nearly all mail, ``<dot-string@domain>`` in ASCII.
Whatever it does not know goes to `_slowly`, which knows the whole grammar, says where and why a
path is malformed, and lets three widespread mistakes pass with a note for the transcript: white
space between the colon and the path, no angle brackets, no domain.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from typing import NamedTuple

ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]"
_LABEL = r"[A-Za-z0-9]++(?:-++[A-Za-z0-9]++)*+"
_FAST = re.compile(rf"<({ATEXT}++(?:\.{ATEXT}++)*+@{_LABEL}(?:\.{_LABEL})*+)>(?: +(.*))?")
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*+")

_ATEXT8 = r"(?:" + ATEXT + r"|[^\x00-\x9f])"
_DOT_STRING = re.compile(rf"{_ATEXT8}++(?:\.{_ATEXT8}++)*+")
_DOMAIN = re.compile(r"(?:[\w]++(?:-++[\w]++)*+)(?:\.[\w]++(?:-++[\w]++)*+)*+")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*+)"')
_BRACKETED = re.compile(r'<((?:"(?:[^"\\]|\\.)*+"|[^">])*+)>')
_BARE = re.compile(r'(?:"(?:[^"\\]|\\.)*+"|[^" ])++')
_ROUTE = re.compile(r"@[^@,:]+(?:,@[^@,:]+)*:")

LOCAL_PART = 256
"""RFC 5321 §4.5.3.1.1 promises 64; senders such as mailing lists need more (VERP, SRS)."""

DOMAIN = 255
"""RFC 5321 §4.5.3.1.2."""


class PathError(ValueError):
    """The path is malformed; the text says what is wrong with it."""


class Path(NamedTuple):
    """A path that was read; `address` is empty for the null path ``<>``."""

    address: str
    notes: tuple[str, ...] = ()
    """What was let pass, in words for the transcript."""


@lru_cache(maxsize=512)
def read(text: str) -> tuple[Path, str]:
    """The path at the start of `text` (what follows the colon) and the parameters after it.

    Raises PathError.
    """
    match = _FAST.fullmatch(text)
    if match is not None and len(text) <= LOCAL_PART:
        return Path(match[1]), match[2] or ""
    return _slowly(text)


def is_domain(text: str) -> bool:
    """Whether this is a domain or an address literal, in ASCII: what EHLO wants (RFC 5321
    §4.1.1.1)."""
    if not text.startswith("["):
        return _HOST.fullmatch(text) is not None and len(text) <= DOMAIN
    try:
        _literal(text)
    except PathError:
        return False
    return True


def _slowly(text: str) -> tuple[Path, str]:
    notes = []
    if text[:1] == " ":
        text = text.lstrip(" ")
        notes.append("a space before the path, which RFC 5321 §3.3 does not allow")
    if text.startswith("<"):
        match = _BRACKETED.match(text)
        if match is None:
            raise PathError("no '>' ends it")
        inner = match[1]
    else:
        match = _BARE.match(text)
        if match is None:
            raise PathError("there is no address")
        inner = match[0]
        notes.append("no angle brackets around the path (RFC 5321 §4.1.2 wants them)")
    rest = text[match.end() :]
    if rest and not rest.startswith(" "):
        raise PathError(f"something follows it without a space: '{rest[:20]}'")
    if not inner:
        return Path("", tuple(notes)), rest.lstrip(" ")
    if route := _ROUTE.match(inner):
        for hop in route[0][:-1].split(","):
            _domain(hop[1:])
        inner = inner[route.end() :]
        if not inner:
            raise PathError("nothing follows the source route")
        notes.append(f"source route {route[0]} ignored (RFC 5321 appendix C)")
    return Path(_mailbox(inner, notes), tuple(notes)), rest.lstrip(" ")


def _mailbox(text: str, notes: list[str]) -> str:
    """``Mailbox = Local-part "@" ( Domain / address-literal )``, in its simplest spelling."""
    if text.startswith('"'):
        match = _QUOTED.match(text)
        if match is None:
            raise PathError("no '\"' ends the quoted local part")
        local, at = _unquoted(match[1]), match.end()
    else:
        match = _DOT_STRING.match(text)
        if match is None:
            raise PathError(_wrong_at(text, 0))
        local, at = match[0], match.end()
    if len(local.encode()) > LOCAL_PART:
        raise PathError(f"its local part is longer than {LOCAL_PART} octets")
    if at == len(text):
        notes.append("no domain in the address; it is taken as one of this server's")
        return local
    if text[at] != "@":
        raise PathError(_wrong_at(text, at))
    domain = text[at + 1 :]
    if domain.startswith("["):
        return f"{local}@{_literal(domain)}"
    return f"{local}@{_domain(domain, notes)}"


def _unquoted(inner: str) -> str:
    """The simplest spelling of a quoted local part: without quotes wherever that is possible."""
    content = re.sub(r"\\(.)", r"\1", inner)
    if _DOT_STRING.fullmatch(content):
        return content
    return '"' + re.sub(r'(["\\])', r"\\\1", content) + '"'


def _domain(text: str, notes: list[str] | None = None) -> str:
    """``Domain = sub-domain *("." sub-domain)``; U-labels by RFC 6531; underscores pass."""
    if not text:
        raise PathError("nothing follows the '@'")
    match = _DOMAIN.match(text)
    if match is None or match.end() != len(text):
        at = match.end() if match else 0
        found = f"'{text[at]}'" if at < len(text) else "its end"
        raise PathError(f"its domain '{text[:60]}' is malformed at {found}")
    if len(text.encode()) > DOMAIN:
        raise PathError(f"its domain is longer than {DOMAIN} octets")
    if "_" in text and notes is not None:
        notes.append("an underscore in the domain, which RFC 5321 §4.1.2 does not allow")
    return text


def _literal(text: str) -> str:
    """``address-literal = "[" ( IPv4-address-literal / IPv6-address-literal ) "]"``."""
    if not text.endswith("]"):
        raise PathError("no ']' ends the address literal")
    inner = text[1:-1]
    try:
        if inner[:5].lower() == "ipv6:":
            return f"[IPv6:{ipaddress.IPv6Address(inner[5:])}]"
        return f"[{ipaddress.IPv4Address(inner)}]"
    except ValueError:
        raise PathError(f"'{text[:60]}' is no address literal") from None


def _wrong_at(text: str, at: int) -> str:
    found = text[at]
    if found == "@" and at == 0:
        return "nothing stands before the '@'"
    name = {" ": "a space", ".": "a dot", '"': "a quote"}.get(found, f"'{found}'")
    return f"{name} may not stand at position {at + 1} of '{text[:60]}'"
