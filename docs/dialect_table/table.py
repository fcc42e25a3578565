"""The whole table: every text of today, its situation played on a socket, both sides of it."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from dialect_table.compare import everything, pairs
from dialect_table.smtp import LAPTOP, impossible, situation
from dialect_table.sockets import ImapTalk, PopTalk, Served, Servers, SmtpTalk, servers
from dialect_table.talk import rules_by_hand
from fakemail.dialects.load import load
from fakemail.dialects.names import GENERIC_NAME, names

TESTS = Path(__file__).parents[2] / "tests"


@dataclass(frozen=True)
class Row:
    """One text, line by line."""

    dialect: str
    protocol: str
    what: str
    lines: tuple[tuple[str, str, bool], ...]
    """What the data says, what the server said, whether it is the same."""

    unsaid: str = ""
    """Why the server does not say it, where it does not."""

    by_hand: tuple[str, ...] = ()
    """Rules that had to be set for it."""


def rows() -> Iterator[Row]:
    """All of them, dialect by dialect; so many servers at once would be too many open files."""
    for name in names():
        today = "generic@2026" if name == GENERIC_NAME else name
        with servers() as running:
            for protocol in (smtp, pop3, imap):
                yield from protocol(running, today)


def smtp(running: Servers, today: str) -> Iterator[Row]:
    """What SMTP says."""
    for wanted in everything("smtp", older=False):
        if wanted.dialect != today:
            continue
        dialect = load(wanted.dialect)
        how = situation(wanted.slug, wanted.command)
        why = impossible(dialect, wanted.slug)
        if how is not None and how.in_engines_only:
            why = "it takes a hand inside the server; tests/smtp/dialects has one"
        if why or how is None:
            lines = tuple((line, "", True) for line in wanted.text.lines)
            yield Row(wanted.dialect, "smtp", wanted.title, lines, why)
            continue
        by_hand = rules_by_hand(how, dialect)
        talk = SmtpTalk(running.speaking(wanted.dialect, by_hand))
        try:
            reply = how.run(talk, wanted.command)
        finally:
            talk.close()
        facts = {"client_ip": "127.0.0.1", "client_name": LAPTOP, "user": talk.me}
        compared = tuple(pairs(wanted.text, reply, facts))
        yield Row(wanted.dialect, "smtp", wanted.title, compared, "", by_hand)


def pop3(running: Servers, today: str) -> Iterator[Row]:
    """What POP3 says."""
    theirs = _module("pop3/dialects/test_pop3_dialect_facts.py")
    token = _module("pop3/dialects/conftest.py").bearer
    for name, slug, command, lines, encoding in theirs.facts():
        if name != today:
            continue
        title = f"{slug} {command}".rstrip()
        if slug in theirs.NOT_SAID:
            unsaid = tuple((line, "", True) for line in lines)
            yield Row(name, "pop3", title, unsaid, theirs.NOT_SAID[slug])
            continue
        connect = _Connect(running, PopTalk)
        try:
            said = theirs.SITUATIONS[slug](connect, token, name, command)
        finally:
            connect.close()
        heard = said.decode(encoding).removesuffix("\r\n").split("\r\n")
        if slug in theirs.STATUS_ONLY:
            heard = heard[:1]
        yield Row(name, "pop3", title, _compared(lines, heard), "", connect.by_hand)


def imap(running: Servers, today: str) -> Iterator[Row]:
    """What IMAP says: the lines of the data, in their order; where it lists more, that is left
    out."""
    theirs = _module("imap/dialects/test_imap_dialect_facts.py")
    for name, slug, command, lines in theirs.facts():
        if name != today:
            continue
        title = f"{slug} {command}".rstrip()
        if theirs.not_said(name, slug):
            why = theirs.NOT_SAID[name.partition("@")[0], slug]
            yield Row(name, "imap", title, tuple((line, "", True) for line in lines), why)
            continue
        connect = _Connect(running, ImapTalk)
        try:
            said = theirs.SITUATIONS[slug](connect, name, command, lines)
        finally:
            connect.close()
        heard = said.decode("ascii").removesuffix("\r\n").split("\r\n")
        wanted = tuple(line.replace("{tag}", "t") for line in lines)
        yield Row(name, "imap", title, _in_order(theirs, slug, wanted, heard), "", connect.by_hand)


class _Connect:
    """The `connect` of those tests, on sockets."""

    def __init__(self, running: Servers, kind: type[Any]) -> None:
        self._running = running
        self._kind = kind
        self._talks: list[Any] = []
        self.by_hand: tuple[str, ...] = ()

    def __call__(self, dialect: str, *, tls: bool = True, **rules: Any) -> Any:
        self.by_hand = tuple(_by_hand(name, value) for name, value in rules.items())
        served: Served = self._running.speaking(dialect, self.by_hand)
        self._talks.append(self._kind(served, tls))
        return self._talks[-1]

    def close(self) -> None:
        for talk in self._talks:
            talk.wire.close()


def _by_hand(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return name if value else f"no-{name}"
    return f"{name}={','.join(value) if isinstance(value, tuple) else value}"


def _compared(lines: tuple[str, ...], heard: list[str]) -> tuple[tuple[str, str, bool], ...]:
    from fakemail.dialects.text import Text

    return tuple(pairs(Text(lines, "utf-8"), "\r\n".join([*heard, ""]).encode(), {}))


def _in_order(
    theirs: ModuleType, slug: str, lines: tuple[str, ...], heard: list[str]
) -> tuple[tuple[str, str, bool], ...]:
    """Each line of the data beside the next one that was said and is it."""
    found = []
    left = list(heard)
    for line in lines:
        skipped = []
        while left and not _compared((line,), left[:1])[0][2]:
            skipped.append(left.pop(0))
        if not left:
            found.append((line, skipped[0] if skipped else "", False))
            left = skipped[1:]
            continue
        found += [("", extra, False) for extra in skipped if not _may(theirs, slug, extra, lines)]
        found.append((line, left.pop(0), True))
    found += [("", extra, False) for extra in left if not _may(theirs, slug, extra, lines)]
    return tuple(found)


def _may(theirs: ModuleType, slug: str, extra: str, lines: tuple[str, ...]) -> bool:
    tagged = tuple(line.replace("t ", "{tag} ", 1) if line[:2] == "t " else line for line in lines)
    return bool(theirs.may_stand_between(slug, extra, tagged))


@cache
def _module(path: str) -> ModuleType:
    """A test module, for its situations."""
    spec = importlib.util.spec_from_file_location(path.replace("/", "_")[:-3], TESTS / path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
