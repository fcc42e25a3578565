"""SEARCH where the provider knows only some of its keys, has not the extension that brought them,
or does not look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from fakemail.dialects.dialect import Dialect
from fakemail.imap.capabilities import require
from fakemail.imap.grammar.sequence import set_of
from fakemail.imap.labels import Labels
from fakemail.imap.search.evaluate import SearchProgram
from fakemail.imap.search.keys import (
    EXTENSIONS,
    All,
    And,
    Arrived,
    EmailNumber,
    HasFlag,
    InBody,
    InHeader,
    InSet,
    InText,
    Key,
    Labelled,
    Larger,
    Not,
    Or,
    Raw,
    Recent,
    Sent,
    ThreadNumber,
    Within,
    leaves,
)
from fakemail.imap.search.raw import raw
from fakemail.imap.session import Session
from fakemail.reasons.provider import SEARCH_UNSUPPORTED
from fakemail.reasons.reason import Refusal
from fakemail.reasons.utf8 import CHARSET_IN_UTF8

RULES = (
    "search_keys",
    "search_non_ascii_finds_nothing",
    "search_text_finds_nothing",
    "search_ignores_headers",
)
NOTHING = Not(All())
IGNORED = frozenset({b"subject", b"cc", b"bcc"})
"""Fields whose keys count where FROM, TO and HEADER do not."""


def understood(program: SearchProgram, session: Session) -> SearchProgram:
    """The program as this provider understands it.

    Raises Refusal(imap.search-unsupported, imap.not-offered).
    """
    dialect = session.desk.dialect
    if session.utf8:
        _check_utf8(program, dialect)
    for key in leaves(program.key):
        if (capability := _extension(key)) is not None:
            require(session, capability, _name(key))
    if any(isinstance(key, Labelled | Raw) for key in leaves(program.key)):
        program = replace(program, key=_resolved(program.key, session))
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


def _resolved(key: Key, session: Session) -> Key:
    """X-GM-RAW as other keys, and labels as the messages that have them now."""
    known = Labels(session)

    def labelled(leaf: Key) -> Key:
        if isinstance(leaf, Labelled):
            return InSet(set_of(known.uids(session.view.mailbox, leaf.label)), uids=True)
        return leaf

    key = _mapped(key, lambda leaf: raw(leaf.text) if isinstance(leaf, Raw) else leaf)
    return _mapped(key, labelled)


def _check_utf8(program: SearchProgram, dialect: Dialect) -> None:
    """After ENABLE UTF8=ACCEPT there is no CHARSET any more (RFC 6855 §3), or still one."""
    if not dialect.has("search_utf8_refused"):
        if program.charset is not None:
            raise Refusal(CHARSET_IN_UTF8)
        return
    texts = (key.text for key in leaves(program.key) if isinstance(key, InHeader | InBody | InText))
    if program.charset is None and not all(map(str.isascii, texts)):
        raise Refusal(SEARCH_UNSUPPORTED, key="UTF-8 text without CHARSET")


def _extension(key: Key) -> str | None:
    if isinstance(key, InSet):
        return "SEARCHRES" if key.numbers.last_result else None
    return EXTENSIONS.get(type(key))


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
        case InSet(numbers, _) if numbers.last_result:
            return "$"
        case InSet(_, uids):
            return "UID" if uids else "a sequence set"
        case Within(relation, _):
            return relation.upper()
        case InBody() | InText():
            return "BODY" if isinstance(key, InBody) else "TEXT"
        case Larger():
            return "LARGER"
        case EmailNumber() | ThreadNumber() | Labelled() | Raw():
            return "X-GM-EXT-1"
        case _:
            return type(key).__name__.upper()
