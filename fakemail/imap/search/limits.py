"""SEARCH where the provider knows only some of its keys, or does not look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from fakemail.dialects.dialect import Dialect
from fakemail.imap.search.evaluate import SearchProgram
from fakemail.imap.search.keys import (
    All,
    And,
    Arrived,
    HasFlag,
    InBody,
    InHeader,
    InSet,
    InText,
    Key,
    Larger,
    Not,
    Or,
    Recent,
    Sent,
)
from fakemail.reasons.provider import SEARCH_UNSUPPORTED
from fakemail.reasons.reason import Refusal

RULES = (
    "search_keys",
    "search_non_ascii_finds_nothing",
    "search_text_finds_nothing",
    "search_ignores_headers",
)
NOTHING = Not(All())
IGNORED = frozenset({b"subject", b"cc", b"bcc"})
"""Fields whose keys count where FROM, TO and HEADER do not."""


def limited(program: SearchProgram, dialect: Dialect) -> SearchProgram:
    """The program as this provider understands it; Refusal(imap.search-unsupported)."""
    if not dialect.rules or not any(map(dialect.has, RULES)):
        return program
    known = dialect.words("search_keys")
    if known:
        if program.charset is not None and "CHARSET" not in known:
            raise Refusal(SEARCH_UNSUPPORTED, key="CHARSET")
        _check(program.key, frozenset(known))

    def seen(key: Key) -> Key:
        if not isinstance(key, InHeader | InBody | InText):
            return key
        if dialect.has("search_text_finds_nothing"):
            return NOTHING
        if dialect.has("search_non_ascii_finds_nothing") and not key.text.isascii():
            return NOTHING
        header = isinstance(key, InHeader) and key.field not in IGNORED
        return All() if header and dialect.has("search_ignores_headers") else key

    return replace(program, key=_mapped(program.key, seen))


def _mapped(key: Key, change: Callable[[Key], Key]) -> Key:
    """The tree with every leaf changed; never deeper than the grammar lets it be."""
    match key:
        case Not(inner):
            return Not(_mapped(inner, change))
        case And(keys):
            return And(tuple(_mapped(each, change) for each in keys))
        case Or(keys):
            return Or(tuple(_mapped(each, change) for each in keys))
        case _:
            return change(key)


def _check(key: Key, known: frozenset[str]) -> None:
    """Refuse what is not known; keys about flags always are."""
    match key:
        case HasFlag() | Recent() | Not(HasFlag() | Recent()):
            return
        case And(keys):
            inside: tuple[Key, ...] = keys
        case Not(inner):
            inside = (inner,)
        case Or(keys):
            inside = keys
        case _:
            inside = ()
    name = _name(key)
    if name and name not in known:
        raise Refusal(SEARCH_UNSUPPORTED, key=name)
    for each in inside:
        _check(each, known)


def _name(key: Key) -> str:
    """What the client wrote, as far as the value tells; nothing for keys in a row."""
    match key:
        case And():
            return ""
        case Arrived(relation, _):
            return relation.upper()
        case Sent(relation, _):
            return f"SENT{relation.upper()}"
        case InHeader(field, _):
            name = field.decode("ascii", "replace").upper()
            return name if name in {"BCC", "CC", "FROM", "SUBJECT", "TO"} else "HEADER"
        case InSet(_, uids):
            return "UID" if uids else "a sequence set"
        case InBody() | InText():
            return "BODY" if isinstance(key, InBody) else "TEXT"
        case Larger():
            return "LARGER"
        case _:
            return type(key).__name__.upper()
