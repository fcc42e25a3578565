"""Every POP3 reply of every dialect: the data's lines, and what the engine says when it happens.

One row of `SITUATIONS` brings a server to say each kind of thing. A fact that no row can bring
about is in `NOT_SAID`, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fakemail.dialects.load import lineage, load
from fakemail.dialects.names import names
from fakemail.dialects.rate import Rate

NOT_SAID: dict[str, str] = {}


def facts() -> list[tuple[str, str, str, tuple[str, ...], str]]:
    """Dialect (with the year that has the fact), slug, command, lines, encoding."""
    found = []
    for name in names():
        for fact in lineage(name)[0][1].facts["pop3"]:
            for slug in fact.says:
                for command in fact.on or ("",):
                    wanted = _dated(name, slug, command, fact)
                    found.append((wanted, slug, command, fact.reply, fact.encoding or "ascii"))
    return found


def _dated(name: str, slug: str, command: str, fact) -> str:
    years = [fact.since, fact.until, 1990, *range(2012, 2027)]
    own = f"{name}@2026" if name == "generic" else name
    for wanted in (own, *(f"{name}@{year}" for year in years if year)):
        text = load(wanted).texts.get(("pop3", slug, command))
        if text is not None and text.lines == fact.reply:
            return wanted
    raise AssertionError(f"{name}: {slug} {fact.reply} is never said")


def asked(*lines: str) -> Callable[..., bytes]:
    """After the login, with two messages."""

    def situation(connect, token, dialect, command):
        talk = connect(dialect)
        talk.deliver()
        talk.deliver()
        return talk.log_in().say(*lines)

    return situation


def before(*lines: str) -> Callable[..., bytes]:
    """Before the login."""
    return lambda connect, token, dialect, command: connect(dialect).say(*lines)


def logged_in(connect, token, dialect, command):
    talk = connect(dialect)
    if command == "AUTH":
        return talk.say("AUTH XOAUTH2", token(talk.address, "UMJLXEIFUZXKOEXK"))
    return talk.say(f"USER {talk.address}", "PASS UMJLXEIFUZXKOEXK")


def wrong_code(connect, token, dialect, command):
    talk = connect(dialect)
    if command == "AUTH" or talk.dialect.has("basic_auth_disabled"):
        return talk.say("AUTH XOAUTH2", token(talk.address, "WRONG"), "")
    return talk.say(f"USER {talk.address}", "PASS WRONG")


def refused(user: str, secret: str, **rules) -> Callable[..., bytes]:
    """A login that fails."""

    def situation(connect, token, dialect, command):
        talk = connect(dialect, **rules)
        return talk.say(f"USER {user}@{talk.domain}", f"PASS {secret}")

    return situation


def too_many_downloads(connect, token, dialect, command):
    talk = connect(dialect, downloads_limit=Rate(1, 3600))
    talk.deliver()
    talk.log_in().say("RETR 1")
    return talk.say("RETR 1")


def gone(connect, token, dialect, command):
    talk = connect(dialect)
    talk.deliver()
    talk.log_in()
    talk.take_away()
    return talk.say("RETR 1")


def bearer_error(connect, token, dialect, command):
    talk = connect(dialect)
    return talk.say("AUTH XOAUTH2", token(talk.address, "WRONG"))


def one_line(connect, token, dialect, command):
    talk = connect(dialect)
    return talk.say(f"AUTH XOAUTH2 {token(talk.address, 'UMJLXEIFUZXKOEXK')}")


SITUATIONS: dict[str, Callable[..., bytes]] = {
    "pop3.greeting": lambda connect, token, dialect, command: connect(dialect).greeting,
    "pop3.user-ok": before("USER tom"),
    "pop3.logged-in": logged_in,
    "pop3.capa-before-login": before("CAPA"),
    "pop3.capa-after-login": asked("CAPA"),
    "pop3.bearer-error": bearer_error,
    "pop3.stat": asked("STAT"),
    "pop3.list": asked("LIST"),
    "pop3.uidl": asked("UIDL"),
    "pop3.uidl-one": asked("UIDL 1"),
    "pop3.retr": asked("RETR 1"),
    "pop3.message-unreadable": gone,
    "pop3.download-limit": too_many_downloads,
    "pop3.top": asked("TOP 1 0"),
    "pop3.dele": asked("DELE 1"),
    "pop3.rset": asked("RSET"),
    "pop3.noop": asked("NOOP"),
    "pop3.bye": asked("QUIT"),
    "pop3.unknown-command": asked("NONSENSE"),
    "pop3.not-logged-in": before("STAT"),
    "pop3.already-logged-in": asked("USER tom"),
    "pop3.user-first": before("PASS secret"),
    "pop3.xoauth2-one-line": one_line,
    "auth.wrong-code": wrong_code,
    "auth.password-not-code": refused("tom", "webpass"),
    "auth.service-off": refused("off", "UMJLXEIFUZXKOEXK"),
    "auth.basic-auth-disabled": refused("tom", "UMJLXEIFUZXKOEXK"),
    "auth.tls-required": lambda connect, token, dialect, command: connect(dialect, tls=False).say(
        "USER tom"
    ),
}
STATUS_ONLY = {"pop3.list", "pop3.uidl", "pop3.retr", "pop3.top"}
"""Of these the data has the first line; what follows is the mail itself."""


@pytest.mark.parametrize(("dialect", "slug", "command", "lines", "encoding"), facts())
def test_what_was_seen_is_said(connect, token, fits, dialect, slug, command, lines, encoding):
    if slug in NOT_SAID:
        assert load(dialect).texts
        return
    said = SITUATIONS[slug](connect, token, dialect, command).decode(encoding).split("\r\n")
    assert said.pop() == ""
    if slug in STATUS_ONLY:
        assert said[-1] == "."
        said = said[:1]
    assert len(said) == len(lines), said
    for line, heard in zip(lines, said, strict=True):
        assert fits(line, heard), f"{line!r} is in the data, {heard!r} was said"


def test_every_fact_has_a_situation_or_a_reason():
    for dialect, slug, *_ in facts():
        assert (slug in SITUATIONS) != (slug in NOT_SAID), (dialect, slug)
    assert len(facts()) > 75
