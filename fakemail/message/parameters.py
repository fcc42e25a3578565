"""``value; attribute=value; ...``: Content-Type and Content-Disposition (RFC 2045 §5.1, RFC 2183).

Continuations are joined and keep their charset tag (RFC 2231 §3 and §4): from ``name*0*=utf-8''a;
name*1=b`` comes ``name*`` with ``utf-8''ab``, which a client can decode and we need not.
White space inside an unquoted value (``filename=two words.txt``) is kept, as its senders mean it.
"""

from __future__ import annotations

import re
from typing import TypeAlias

from fakemail.message.tokens import tokens

Parameters: TypeAlias = tuple[tuple[bytes, bytes], ...]
"""Attribute and value, in order, the attribute in the spelling of the sender."""

MAX_PARAMETERS = 1_000
"""Parameters past this number are not looked at."""

_SIMPLE = re.compile(
    rb"[ \t]*+;[ \t]*+(?:([A-Za-z0-9_.-]++)="
    rb'(?:"([^"\\]*+)"|([A-Za-z0-9!#$%&\'*+^_`{|}~./?:=-]++))[ \t]*+(?=;|\Z)|(?=\Z))'
)
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")
_CONTINUED = re.compile(rb"(.+?)\*([0-9]{1,4})(\*?)", re.DOTALL)


def parse_parameters(value: bytes, start: int = 0) -> Parameters:
    """The parameters of an unfolded value from its first ``;`` at or after `start`."""
    found: list[tuple[bytes, bytes]] = []
    at, end = start, len(value)
    match = _SIMPLE.match
    while at < end and (simple := match(value, at)):
        name, quoted, token = simple.groups()
        if name is not None:
            found.append((name, token if quoted is None else quoted))
        at = simple.end()
        if len(found) >= MAX_PARAMETERS:
            break
    else:
        if at < end:
            _read(value[at:], found)
    if any(b"*" in name for name, _ in found):
        return _join(found)
    return tuple(found)


def parse_disposition(value: bytes) -> tuple[bytes, Parameters]:
    """A word and its parameters: the word is empty when there is none."""
    word = b""
    for token in tokens(value):
        if token.kind == "special":
            break
        if token.kind != "comment":
            word += token.text
    return word, parse_parameters(value, max(value.find(b";"), 0))


def undo_percent(value: bytes) -> bytes:
    """The octets that ``%41`` and the like stand for (RFC 2231 §4)."""
    return _PERCENT.sub(lambda found: bytes([int(found[1], 16)]), value)


def _read(value: bytes, found: list[tuple[bytes, bytes]]) -> None:
    """The slow reader: comments, quoted pairs, white space anywhere, unquoted specials."""
    name, content = b"", b""
    has_name = quoted = started = False
    for token in tokens(value):
        if token.kind == "comment":
            continue
        text = token.text
        if token.kind == "special" and text == b";":
            if started and has_name and len(found) < MAX_PARAMETERS:
                found.append((name, content))
            name, content, has_name, quoted, started = b"", b"", False, False, True
        elif has_name:
            if not quoted:
                quoted = token.kind == "quoted" and not content
                content += b" " + text if content and token.spaced else text
        elif token.kind == "atom" and b"=" in text:
            before, _, content = text.partition(b"=")
            name, has_name = name + before, True
        else:
            name += text
    if started and has_name and len(found) < MAX_PARAMETERS:
        found.append((name, content))


def _join(found: list[tuple[bytes, bytes]]) -> Parameters:
    """Join continuations at the place of their first piece (RFC 2231 §3)."""
    pieces: dict[bytes, dict[int, tuple[bool, bytes]]] = {}
    order: list[tuple[bytes, bytes] | bytes] = []
    spelling: dict[bytes, bytes] = {}
    for name, value in found:
        continued = _CONTINUED.fullmatch(name)
        if continued is None:
            order.append((name, value))
            continue
        base = continued[1].lower()
        if base not in pieces:
            pieces[base] = {}
            spelling[base] = continued[1]
            order.append(base)
        pieces[base].setdefault(int(continued[2]), (bool(continued[3]), value))
    joined: list[tuple[bytes, bytes]] = []
    for entry in order:
        if isinstance(entry, tuple):
            joined.append(entry)
            continue
        parts = [pieces[entry][number] for number in sorted(pieces[entry])]
        if any(is_encoded for is_encoded, _ in parts):
            text = b"".join(
                value if is_encoded else value.replace(b"%", b"%25") for is_encoded, value in parts
            )
            tag = b"" if parts[0][0] else b"''"
            joined.append((spelling[entry] + b"*", tag + text))
        else:
            joined.append((spelling[entry], b"".join(value for _, value in parts)))
    return tuple(joined)
