"""The files of facts: what they word exists, and the words are replies of their protocols."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from fakemail.dialects.describe import diff, show, summary
from fakemail.dialects.find import by_domain, by_host
from fakemail.dialects.keys import FAMILY, KEYS, PLACEHOLDERS
from fakemail.dialects.load import aside, lineage, load
from fakemail.dialects.names import folder, names
from fakemail.dialects.rules import RULES, find
from fakemail.dialects.text import PLACEHOLDER, samples_of
from fakemail.imap.grammar.mailbox_name import mailbox
from fakemail.imap.write import mailbox as written
from fakemail.reasons.catalogue import catalogue
from fakemail.wire.cursor import Cursor

ALL = """qq exmail foxmail 163 126 yeah netease_qiye sina sina_cn sina_vip sohu 139 263 263_cn x263
21cn china tom etang yahoo yahoo_cn gmail hotmail office365 icloud yandex zoho aliyun aliyun_qiye
fastmail generic"""
HOSTS_ONLY = {"263", "263_cn", "x263", "21cn", "china", "tom", "etang", "yahoo_cn"}
POSITIVE = re.compile(r"[23]\d\d[ -]")
NOT_POSITIVE = {"smtp.help"}
"""Some answer HELP with a refusal."""
NOT_NEGATIVE = {"smtp.http-request"}
"""Postfix says goodbye with 221."""


def facts(name: str):
    file = lineage(name)[0][1]
    return [(protocol, fact) for protocol, found in file.facts.items() for fact in found]


def every_reply(name: str):
    unspoken = [(p, fact) for p, found in aside(name).replies.items() for fact in found]
    return facts(name) + unspoken


def test_all_providers_are_there() -> None:
    assert set(names()) == set(ALL.split())


def test_it_loads_and_can_be_told(name: str) -> None:
    dialect = load(f"{name}@2026") if name == "generic" else load(name)
    assert dialect.title
    assert dialect.hosts_only == (name in HOSTS_ONLY)
    assert dialect.hosts
    assert summary(name)
    assert len(list(show(name))) > 5
    assert list(diff(name, name)) == []


def test_hosts_only_speaks_as_generic() -> None:
    for name in HOSTS_ONLY:
        assert not load(name).texts
        assert summary(name) == "hosts only"


def test_every_slug_and_key_exists(name: str) -> None:
    known = KEYS.keys() | catalogue().keys()
    for protocol, fact in facts(name):
        assert fact.says, fact
        for slug in fact.says:
            assert slug in known, slug
            area = slug.partition(".")[0]
            assert area in {protocol, "auth", "host"}, f"{slug} is not for {protocol}"
            if slug in catalogue():
                assert getattr(catalogue()[slug], protocol), f"{slug} has no wording in {protocol}"


def test_what_is_not_spoken_says_why(name: str) -> None:
    for _, found in aside(name).replies.items():
        for fact in found:
            assert not fact.says
            assert len(fact.why) > 10
            assert not fact.means or fact.means in KEYS.keys() | catalogue().keys(), fact.means
    for quirk in aside(name).quirks:
        assert not quirk.rule or quirk.rule in {f.name for f in lineage(name)[0][1].rules}


def test_aside_has_no_file_of_its_own() -> None:
    present = {entry.name.removesuffix(".toml") for entry in (folder() / "aside").iterdir()}
    assert present <= set(names())


def test_families_lead_to_what_exists() -> None:
    known = KEYS.keys() | catalogue().keys()
    for fine, coarse in FAMILY.items():
        assert {fine, coarse} <= known
        seen = {fine}
        while coarse:
            assert coarse not in seen, "a family is a circle"
            seen.add(coarse)
            coarse = FAMILY.get(coarse, "")


def test_placeholders_are_known(name: str) -> None:
    for _, fact in every_reply(name):
        for line in fact.reply:
            for placeholder in PLACEHOLDER.findall(line):
                assert placeholder in PLACEHOLDERS or placeholder == "code", line
            assert not re.search(r"\{[^}]*[^a-z_0-9}][^}]*\}", line) or "{40 hex}" in line, line


def test_examples_fit_their_replies(name: str) -> None:
    for _, fact in every_reply(name):
        if fact.example and "..." not in fact.example:
            assert samples_of(fact.reply, fact.example), fact.example


def test_smtp_texts_are_replies(name: str) -> None:
    for protocol, fact in facts(name):
        if protocol == "smtp":
            code = fact.reply[0][:3]
            for number, line in enumerate(fact.reply, 1):
                last = number == len(fact.reply)
                assert re.match(rf"{code}{' ' if last else '-'}", line), line
                assert len(line) <= 510, "RFC 5321 §4.5.3.1.5"
            for slug in fact.says:
                if slug in KEYS and slug not in NOT_POSITIVE:
                    assert POSITIVE.match(fact.reply[0]), f"{slug}: {fact.reply}"
                if slug in catalogue() and slug not in NOT_NEGATIVE:
                    assert code[0] in "45", f"{slug}: {fact.reply}"


def test_pop3_texts_are_responses(name: str) -> None:
    for protocol, fact in facts(name):
        if protocol == "pop3":
            refusal = any(slug in catalogue() for slug in fact.says)
            start = ("-ERR",) if refusal else ("+OK", "+ ")
            assert fact.reply[0].startswith(start), fact.reply
            capa = any(slug.startswith("pop3.capa") for slug in fact.says)
            assert (fact.reply[-1] == ".") == capa
            assert capa or len(fact.reply) == 1


def test_imap_texts_are_responses(name: str) -> None:
    for protocol, fact in facts(name):
        if protocol == "imap":
            for line in fact.reply:
                assert re.match(r"\* |\+|\{tag\} (OK|NO|BAD) ", line), line
            if any(slug in catalogue() for slug in fact.says):
                assert re.match(r"\{tag\} (NO|BAD)|\* BYE", fact.reply[-1]), fact.reply


def test_only_declared_replies_are_not_ascii(name: str) -> None:
    for protocol, fact in every_reply(name):
        for line in fact.reply:
            assert line.isprintable()
            assert line.isascii() != bool(fact.encoding), line
            if fact.encoding:
                assert protocol in {"smtp", "pop3"}
                assert line.encode(fact.encoding).decode(fact.encoding) == line


def test_folders_have_the_wire_names_that_we_write(name: str) -> None:
    for found in load(name).folders:
        wire = written(found.name).decode("ascii").strip('"')
        if found.name.upper() != "INBOX":
            assert wire == found.wire
        quoted = f'"{found.wire}"'.encode("ascii")
        assert mailbox(Cursor(quoted)).upper() == found.name.upper()


def test_rules_are_of_the_closed_list_and_have_a_source(name: str) -> None:
    for fact in lineage(name)[0][1].rules:
        find(fact.name).check(fact.value)
        assert fact.source


def test_every_rule_is_switched_on_by_somebody() -> None:
    used = {fact.name for name in names() for fact in lineage(name)[0][1].rules}
    by_hand = {name for name, rule in RULES.items() if rule.room == "rates"}
    assert used == set(RULES) - by_hand, "a rule without a provider, or the other way round"


def test_no_limit_is_invented() -> None:
    """No provider tells how much is too much: these are set by hand, and by nobody else."""
    for name in names():
        for rule in load(name).rules:
            assert RULES[rule].room != "rates", f"{name} sets {rule}"


def test_hosts_and_domains_are_found_as_a_proper_reading_finds_them() -> None:
    files = {name: lineage(name)[0][1] for name in names()}
    hosts = {e.host: set() for file in files.values() for e in file.endpoints if "{" not in e.host}
    for name, file in files.items():
        for endpoint in file.endpoints:
            hosts.get(endpoint.host, set()).add(name)
    assert len(hosts) > 60
    for host, owners in hosts.items():
        found = by_host(host.upper())
        assert found in owners
        shortest = min(len(lineage(owner)) for owner in owners)
        assert len(lineage(str(found))) == shortest, f"{host} is of {found}"
    for name, file in files.items():
        for domain in file.domains:
            owner = by_domain(domain)
            assert owner is not None and domain in files[owner].domains
            assert len(files[owner].domains) <= len(files[name].domains)
    assert by_host("smtp.qq.com") == "qq"
    assert by_host("imap.exmail.qq.com") == "exmail"
    assert by_domain("foxmail.com") == "foxmail"
    assert by_host("smtp.nowhere.test") is by_domain("nowhere.test") is None


@pytest.mark.parametrize("room", ["smtp", "pop3", "imap", "sasl", "wire", "services", "store"])
def test_no_room_names_a_dialect(room: str) -> None:
    """Providers are told apart by data alone (law 5)."""
    root = Path(__file__).parents[2] / "fakemail" / room
    for path in root.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert node.value not in set(names()) - {"generic"}, f"{path.name}:{node.lineno}"
