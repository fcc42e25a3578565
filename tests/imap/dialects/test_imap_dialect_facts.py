"""Every IMAP reply of every dialect: the data's lines, and what the engine says when it happens.

One row of `SITUATIONS` brings a server to say each kind of thing. A fact that no row can bring
about is in `NOT_SAID`, with the reason.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable

import pytest

from fakemail.dialects.load import lineage, load
from fakemail.dialects.names import names
from fakemail.dialects.rate import Rate

NOT_SAID = {
    ("hotmail", "auth.authorization-refused"): "tokens are codes here, and have one mailbox each",
    (
        "exmail",
        "auth.password-not-code",
    ): "its web password logs in, until somebody forbids it there",
    ("icloud", "imap.capability-before-login"): "the greeting had the list; the engine repeats it",
}


def facts() -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Dialect (with the year that has the fact), slug, command, lines."""
    found = []
    for name in names():
        for fact in lineage(name)[0][1].facts["imap"]:
            for slug in fact.says:
                for command in fact.on or ("",):
                    found.append((_dated(name, slug, command, fact), slug, command, fact.reply))
    return found


def _dated(name: str, slug: str, command: str, fact) -> str:
    years = [fact.since, fact.until, 1990, *range(2012, 2027)]
    own = f"{name}@2026" if name == "generic" else name
    for wanted in (own, *(f"{name}@{year}" for year in years if year)):
        text = load(wanted).texts.get(("imap", slug, command))
        if text is not None and text.lines == fact.reply:
            return wanted
    raise AssertionError(f"{name}: {slug} {fact.reply} is never said")


# -- situations: each returns what the server says; its tag is always t


def greeting(connect, dialect, command, lines):
    return connect(dialect).greeting


def capability_before(connect, dialect, command, lines):
    return connect(dialect, tls="STARTTLS" not in lines[0]).say("t CAPABILITY")


def capability_after(connect, dialect, command, lines):
    return connect(dialect).log_in().say("t CAPABILITY")


def asked(line: str) -> Callable[..., bytes]:
    """After the login."""
    return lambda connect, dialect, command, lines: connect(dialect).log_in().say(f"t {line}")


def selected(line: str, **rules) -> Callable[..., bytes]:
    """In a mailbox with one message."""

    def situation(connect, dialect, command, lines):
        talk = connect(dialect, **rules)
        talk.deliver()
        return talk.select().say(f"t {line}")

    return situation


def logged_in(connect, dialect, command, lines):
    talk = connect(dialect)
    if command == "AUTHENTICATE":
        plain = b64encode(f"\0{talk.address}\0UMJLXEIFUZXKOEXK".encode()).decode()
        return talk.say(f"t AUTHENTICATE PLAIN {plain}")
    return talk.say(f"t LOGIN {talk.address} UMJLXEIFUZXKOEXK")


def too_many_logins(connect, dialect, command, lines):
    """The second of one account, where one in ten minutes may pass."""
    for _ in range(2):
        talk = connect(dialect, logins_limit=Rate(1, 600))
        said = talk.say(f"t LOGIN tom@{talk.domain} UMJLXEIFUZXKOEXK")
    return said


def refused(user: str, secret: str, **rules) -> Callable[..., bytes]:
    """A login that fails."""

    def situation(connect, dialect, command, lines):
        talk = connect(dialect, **rules)
        name = f"{user}@{talk.domain}"
        if command == "AUTHENTICATE":
            plain = b64encode(f"\0{name}\0{secret}".encode()).decode()
            return talk.say(f"t AUTHENTICATE PLAIN {plain}")
        return talk.say(f"t LOGIN {name} {secret}")

    return situation


def authorization_refused(connect, dialect, command, lines):
    talk = connect(dialect)
    plain = b64encode(f"{talk.address}\0{talk.address}\0UMJLXEIFUZXKOEXK".encode()).decode()
    return talk.say(f"t AUTHENTICATE PLAIN {plain}")


def basic_auth_disabled(connect, dialect, command, lines):
    talk = connect(dialect, basic_auth_disabled=True)
    return talk.say(f"t LOGIN {talk.address} UMJLXEIFUZXKOEXK")


def tls_required(connect, dialect, command, lines):
    talk = connect(dialect, tls=False)
    return talk.say(f"t LOGIN {talk.address} UMJLXEIFUZXKOEXK")


def auth_prompt(connect, dialect, command, lines):
    return connect(dialect).say("t AUTHENTICATE PLAIN")


def opened(command: str) -> Callable[..., bytes]:
    def situation(connect, dialect, _, lines):
        talk = connect(dialect).log_in()
        talk.deliver()
        talk.provider.clock.advance(60)
        talk.say("first SELECT INBOX")  # so that nothing is recent
        talk.say("then CLOSE")
        return talk.say(f"t {command} INBOX")

    return situation


def listed(command: str) -> Callable[..., bytes]:
    def situation(connect, dialect, _, lines):
        talk = connect(dialect, special_use="list", create_refused=False).log_in()
        if any(line.endswith('""') for line in lines):
            return talk.say(f't {command} "" ""')
        for line in lines[:-1]:
            name = line.partition(f'"{talk.dialect.delimiter}" ')[2]
            talk.say(f"make CREATE {name}")
        return talk.say(f't {command} "" "*"')

    return situation


def idle(connect, dialect, command, lines):
    talk = connect(dialect).log_in()
    return talk.say("t IDLE") + talk.say("DONE")


def without_id(connect, dialect, command, lines):
    talk = connect(dialect)
    talk.say(f"in LOGIN {talk.address} UMJLXEIFUZXKOEXK")
    return talk.say(f"t {command} INBOX")


def malformed(connect, dialect, command, lines):
    talk = connect(dialect)
    if command == "LOGIN":
        return talk.say('t LOGIN "tom')
    if command == "ID":
        return talk.log_in().say('t ID ( "name" "aioimaplib")')
    talk.deliver()
    return talk.select().say(f"t {command} !")


def too_large(connect, dialect, command, lines):
    talk = connect(dialect, append_limit=10).log_in()
    return talk.say("t APPEND INBOX {310}")


def too_many_bad(connect, dialect, command, lines):
    talk = connect(dialect)
    return [talk.say("t NONSENSE") for _ in range(10)][-1].partition(b"\r\n")[2]


SITUATIONS: dict[str, Callable[..., bytes]] = {
    "imap.greeting": greeting,
    "imap.capability-before-login": capability_before,
    "imap.capability-after-login": capability_after,
    "imap.id": asked('ID ("name" "test")'),
    "imap.auth-prompt": auth_prompt,
    "imap.logged-in": logged_in,
    "imap.select": opened("SELECT"),
    "imap.examine": opened("EXAMINE"),
    "imap.list": listed("LIST"),
    "imap.xlist": listed("XLIST"),
    "imap.namespace": asked("NAMESPACE"),
    "imap.status": asked("STATUS INBOX (UNSEEN MESSAGES RECENT)"),
    "imap.search": selected("SEARCH ALL"),
    "imap.fetch": selected("FETCH 1 FLAGS"),
    "imap.uid-fetch": selected("UID FETCH 1:* FLAGS"),
    "imap.idle": idle,
    "imap.enable": asked("ENABLE QRESYNC CONDSTORE"),
    "imap.noop": asked("NOOP"),
    "imap.logout": asked("LOGOUT"),
    "imap.id-required": without_id,
    "imap.syntax": malformed,
    "imap.no-such-mailbox": asked("STATUS nowhere (MESSAGES)"),
    "imap.message-too-large": too_large,
    "imap.search-unsupported": selected("UID SEARCH SUBJECT x", search_keys=("ALL", "SINCE")),
    "imap.unknown-command": asked("NONSENSE"),
    "imap.too-many-bad": too_many_bad,
    "auth.wrong-code": refused("tom", "WRONG"),
    "auth.password-not-code": refused("tom", "webpass"),
    "auth.service-off": refused("off", "UMJLXEIFUZXKOEXK"),
    "auth.code-out-of-scope": refused("tom", "SMTPONLYSMTPONLY"),
    "auth.authorization-refused": authorization_refused,
    "auth.basic-auth-disabled": basic_auth_disabled,
    "auth.tls-required": tls_required,
    "auth.too-many-attempts": too_many_logins,
    "auth.web-login-required": refused("web-login", "UMJLXEIFUZXKOEXK"),
}


def not_said(dialect: str, slug: str) -> bool:
    return (dialect.partition("@")[0], slug) in NOT_SAID


@pytest.mark.parametrize(("dialect", "slug", "command", "lines"), facts())
def test_what_was_seen_is_said(connect, fits, dialect, slug, command, lines):
    if not_said(dialect, slug):
        assert load(dialect).texts
        return
    said = SITUATIONS[slug](connect, dialect, command, lines).decode("ascii").split("\r\n")
    assert said.pop() == ""
    left = list(said)
    for line in lines:
        line = line.replace("{tag}", "t")
        while left and not fits(line, left[0]):
            extra = left.pop(0)
            assert may_stand_between(slug, extra, lines), f"{extra!r} in {said}"
        assert left, f"{line!r} is not in {said}"
        left.pop(0)
    for extra in left:
        assert may_stand_between(slug, extra, lines), f"{extra!r} in {said}"


def may_stand_between(slug: str, extra: str, lines: tuple[str, ...]) -> bool:
    """What the engine says besides: lists are longer, and where one half of a reply was not seen
    (the untagged or the tagged one), it is the engine's."""
    if slug in {"imap.list", "imap.xlist"}:
        return extra.startswith("* ")
    if extra.startswith("* "):
        untagged = [line for line in lines if line.startswith("* ")]
        return not untagged or (slug == "imap.select" and extra.endswith(" EXISTS"))
    return not any(line.startswith("{tag} ") for line in lines)


def test_every_fact_has_a_situation_and_every_excuse_a_fact():
    for dialect, slug, _, _ in facts():
        assert slug in SITUATIONS, (dialect, slug)
    known = {(dialect.partition("@")[0], slug) for dialect, slug, _, _ in facts()}
    assert known >= NOT_SAID.keys(), "an excuse that nobody needs"
    assert len(facts()) > 130
