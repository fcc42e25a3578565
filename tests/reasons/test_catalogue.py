"""The catalogue of reasons: complete, unique, and worded as each protocol allows."""

import re
import string
import tomllib
from pathlib import Path

import pytest

from fakemail.reasons.catalogue import catalogue, everywhere, find
from fakemail.reasons.fault import SAID

RFCS = tomllib.loads((Path(__file__).parents[2] / "docs" / "rfcs.toml").read_text(encoding="utf-8"))
EVERYWHERE = everywhere()
REASONS = pytest.mark.parametrize("reason", EVERYWHERE.values(), ids=EVERYWHERE)

SLUG = re.compile(r"(smtp|pop3|imap|auth|tls|host|store|api|fault)\.[a-z0-9]+(-[a-z0-9]+)*")
CITATION = re.compile(
    r"(RFC (?P<rfc>[1-9]\d*)|(?P<draft>draft-[a-z0-9-]+))"
    r"( §[A-Z0-9][\w.]*(-[\d.]+)?| Appendix [A-Z])?( \([A-Za-z0-9-]+\))?"
)
SMTP = re.compile(r"(?P<code>[45]\d\d) (?P<enhanced>[45]\.\d{1,3}\.\d{1,3}) \S.*")
POP3 = re.compile(r"-ERR( \[(?P<code>[A-Z]+(/[A-Z-]+)?)\])? \S.*")
HTTP = re.compile(r"[45]\d\d \S.*")
IMAP = re.compile(r"(?P<status>NO|BAD|(\* )?BYE)( \[(?P<code>[A-Z-]+)( [^\]\r\n]+)?\])? \S.*")

POP3_CODES = {"LOGIN-DELAY", "IN-USE", "SYS/TEMP", "SYS/PERM", "AUTH", "UTF8"}
"""RFC 2449 §8.1, RFC 3206 §4, RFC 6856 §2."""


def test_there_is_a_catalogue_and_it_finds():
    assert len(catalogue()) > 50
    assert find("auth.wrong-code").slug == "auth.wrong-code"
    assert find("no.such-thing") is None


def test_slugs_are_unique():
    names = {}
    for name, reason in EVERYWHERE.items():
        names.setdefault(reason.slug, set()).add(id(reason))
        assert len(names[reason.slug]) == 1, f"{name}: another reason is called {reason.slug}"


@REASONS
def test_it_is_complete(reason):
    assert SLUG.fullmatch(reason.slug), reason.slug
    for text in (reason.because, reason.instead):
        assert text.strip() == text
        assert len(text) > 10
    assert reason.because[-1] in ".!?)", f"not a sentence: {reason.because}"
    assert reason.cites
    assert (
        reason.smtp
        or reason.pop3
        or reason.imap
        or reason.http
        or reason.slug.startswith(("tls.", "host."))
    )


@REASONS
def test_it_cites_what_exists(reason):
    for citation in reason.cites:
        match = CITATION.fullmatch(citation)
        assert match, citation
        assert (match["rfc"] or match["draft"]) in RFCS, citation


@REASONS
def test_its_wordings_are_replies_of_their_protocols(reason):
    if reason is SAID:  # whatever a fault has been told to say
        assert {reason.smtp, reason.pop3, reason.imap} == {"{text}"}
        return
    if reason.smtp:
        for line in reason.smtp.split("\n"):
            match = SMTP.fullmatch(line)
            assert match, line
            assert match["code"][0] == match["enhanced"][0], line
            assert len(line) <= 510, "RFC 5321 §4.5.3.1.5"
    if reason.pop3:
        match = POP3.fullmatch(reason.pop3)
        assert match, reason.pop3
        assert match["code"] is None or match["code"] in POP3_CODES, reason.pop3
        assert len(reason.pop3) <= 510, "RFC 2449 §4"
    if reason.imap:
        assert IMAP.fullmatch(reason.imap), reason.imap
    if reason.http:
        assert HTTP.fullmatch(reason.http), reason.http
        assert reason.slug.startswith("api."), reason.slug
    for wording in filter(None, (reason.http, reason.smtp, reason.pop3, reason.imap)):
        assert wording.isascii(), wording
        assert wording.isprintable(), wording
        for _, name, spec, conversion in string.Formatter().parse(wording):
            assert name is None or (name.isidentifier() and not spec and not conversion), wording


@REASONS
def test_the_slug_says_where_it_can_happen(reason):
    area = reason.slug.partition(".")[0]
    if area in {"smtp", "pop3", "imap"}:
        assert getattr(reason, area), f"{reason.slug} has no wording for {area}"
