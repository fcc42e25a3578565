"""Words that stay in their rooms: Maildir's in the store, providers' out of the engines (law 4, 5);
and what must stand nowhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

MAILDIR = re.compile(r"(cur|new|tmp)/?|.*:2,.*|maildirfolder|dovecot-(uidlist|keywords)", re.S)

PROVIDERS = re.compile(
    r"\b(qq|foxmail|exmail|tencent|163|126|yeah|netease|aliyun|sina|sohu|139|189|wo\.cn|tom\.com"
    r"|gmail|googlemail|outlook|hotmail|office ?365|yahoo|icloud|yandex|mail\.ru|zoho|fastmail|gmx"
    r"|coremail|xmail|newxmesmtp\w*)\b",
    re.I,
)
ENGINES = tuple(f"fakemail/{room}/" for room in ("smtp", "pop3", "imap", "sasl", "wire", "reasons"))

LEFTOVERS = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
MACHINE = re.compile(r"/(work|root|home/\w+|Users/\w+)/|/tmp/" + r"fm\b")
REGISTRY = re.compile(r"--(extra-)?index-url|index-url *=|registry *=|--registry|GOPROXY=", re.I)
BINARY = {".png", ".jpg", ".ico", ".gz", ".eml"}


def strings(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every string or bytes constant that is not a docstring, as text, and where it stands."""
    docstrings = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in docstrings:
            if isinstance(node.value, bytes):
                yield node.value.decode("latin-1"), node.lineno
            elif isinstance(node.value, str):
                yield node.value, node.lineno


def test_maildir_words_live_in_the_store(sources):
    for name, tree in sources.items():
        if not name.startswith("fakemail/store/"):
            for text, line in strings(tree):
                assert not MAILDIR.fullmatch(text), f"{name}:{line} says {text!r}"


def test_engines_know_no_provider(sources):
    for name, tree in sources.items():
        if name.startswith(ENGINES):
            for text, line in strings(tree):
                found = PROVIDERS.search(text)
                assert not found, f"{name}:{line} names {found[0]} in {text!r}"


def test_the_laws_see_what_they_forbid():
    tree = ast.parse('"""cur"""\ndef f():\n    """tmp"""\n    return b"cur", f"{1}x:2,S"')
    said = [text for text, _ in strings(tree)]
    assert said == ["cur", "x:2,S"] or sorted(said) == ["cur", "x:2,S"]
    assert all(MAILDIR.fullmatch(text) for text in said)
    assert PROVIDERS.search("553 Mail from must equal authorized user, says smtp.163.com")
    assert not PROVIDERS.search("port 1163 and 5163 octets")


def test_nothing_is_left_for_later(tracked, root):
    for path, text in texts(tracked):
        for number, line in enumerate(text.splitlines(), 1):
            assert not LEFTOVERS.search(line), f"{path.relative_to(root)}:{number}: {line.strip()}"


def test_no_machine_and_no_registry_is_named(tracked, root):
    for path, text in texts(tracked):
        for number, line in enumerate(text.splitlines(), 1):
            found = MACHINE.search(line) or REGISTRY.search(line)
            assert not found, f"{path.relative_to(root)}:{number}: {line.strip()}"


def texts(tracked):
    ours = [p for p in tracked if p.suffix not in BINARY and p.name != "test_words.py"]
    return [(path, path.read_text(encoding="utf-8", errors="replace")) for path in ours]
