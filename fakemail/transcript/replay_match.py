"""Whether a server says what a script expects, give or take what differs every time.

A line of a script is matched word by word. Of itself matched leniently: dates and times, IP
addresses, sizes, identifiers (a word with several digits among its letters, or one of changing
case), and numbers of five digits and more, which are moments, UIDVALIDITYs and the like. Short
numbers and reply codes stand for themselves. In a greeting and an answer to EHLO, host names differ
too.

The content of messages is not in a transcript, so it is made up; where FETCH tells of it, it only
has to be for that message. A reply in GBK may be written in UTF-8.

What a person writes: ``…`` stands for anything, on a line of its own for any lines; ``$name``
stands for a word, from its first match on for that same word.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from fakemail.transcript.parse import octets_of

ANYTHING = "…"

_DAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_DATE = rf"\d{{4}}-\w{{2,3}}-\d\d|\d\d?[ -]{_MONTH}[ -]\d{{2,4}}|{_MONTH} \d\d?, \d{{4}}"
_KINDS = {
    "anything": (ANYTHING, ".*"),
    "variable": (r"\$[A-Za-z_][A-Za-z0-9_]*", ""),
    "link": (r"https?://[^\s?]+", ""),
    "moment": (rf"{_DAY},? (?=\d)", rf"{_DAY},? "),
    "date": (
        _DATE,
        f"(?:{_DATE})",
    ),
    "time": (
        r"\d{1,2}:\d\d:\d\d(?: [AP]M| [+-]\d{4})?",
        r"\d{1,2}:\d\d:\d\d(?: [AP]M| [+-]\d{4})?",
    ),
    "ip": (r"(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?", r"[0-9A-Fa-f.:]+"),
    "size": (
        r"\{\d+\}|\d+ octets|(?<=SIZE )\d+|(?<=^\+OK \d )\d+$|(?<=^\d )\d+$",
        r"(?:\{\d+\}|\d+ octets|\d+)",
    ),
    "word": (r"[\w.+=/$-]+", ""),
    "rest": (r".", ""),
}  # fmt: skip
_TOKEN = re.compile("|".join(f"(?P<{name}>{kind[0]})" for name, kind in _KINDS.items()))
_IDENTIFIER = r"[\w.+=/$-]+"
_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}")
_CONTENT = re.compile(r"(\* \d+ FETCH )\(.*(?:\{\d+\}|ENVELOPE \(|BODYSTRUCTURE \()")

Bindings = dict[str, str]


def matches(expected: str, said: str, bindings: Bindings, *, hosts: bool = False) -> bool:
    """Whether `said` is what `expected` stands for; binds the names in it if so."""
    pattern = _pattern(expected, bindings, hosts)
    found = re.fullmatch(pattern, said, re.DOTALL)
    if found is None and not expected.isascii() and "\\x" in said:
        found = re.fullmatch(pattern, _from_gbk(said), re.DOTALL)
    if found:
        bindings.update({k: v for k, v in found.groupdict().items() if v is not None})
    return found is not None


def all_match(
    expected: Sequence[str], said: Sequence[str], bindings: Bindings, *, hosts: bool = False
) -> bool:
    """The same for the lines of a response."""
    bound = dict(bindings)
    for number, wanted in enumerate(expected):
        if wanted.strip() == ANYTHING:
            rest = expected[number + 1 :]
            if not any(
                all_match(rest, said[at:], bound, hosts=hosts)
                for at in range(number, len(said) + 1)
            ):
                return False
            break
        if number >= len(said) or not matches(wanted, said[number], bound, hosts=hosts):
            return False
    else:
        if len(said) > len(expected):
            return False
    bindings.update(bound)
    return True


def difference(
    expected: Sequence[str], said: Sequence[str], bindings: Bindings, *, hosts: bool = False
) -> Iterator[tuple[str, str]]:
    """Lines with a sign: ``-`` expected and not said, ``+`` said and not expected, `` `` both."""
    bound = dict(bindings)
    seen = list(said)
    for number, line in enumerate(seen):
        if line not in expected:
            fitting = (wanted for wanted in expected if matches(wanted, line, bound, hosts=hosts))
            seen[number] = next(fitting, line)
    for sign, a, b, c, d in difflib.SequenceMatcher(None, expected, seen, False).get_opcodes():
        if sign == "equal":
            yield from ((" ", line) for line in said[c:d])
        else:
            yield from (("-", line) for line in expected[a:b])
            yield from (("+", line) for line in said[c:d])


def filled(line: str, bindings: Bindings) -> str:
    """A line that is to be sent, with what its names stand for; unknown ones as they are."""
    return re.sub(r"\$([A-Za-z_][A-Za-z0-9_]*)", lambda name: bindings.get(name[1], name[0]), line)


def _pattern(expected: str, bindings: Bindings, hosts: bool) -> str:
    if content := _CONTENT.match(expected):
        return re.escape(content[1]) + r"\(.*\)"
    found, named = "", set[str]()
    for token in _TOKEN.finditer(expected):
        kind, text = str(token.lastgroup), token[0]
        if kind == "variable":
            name = text[1:]
            if name in bindings:
                found += re.escape(bindings[name])
            elif name in named:
                found += f"(?P={name})"
            else:
                named.add(name)
                found += rf"(?P<{name}>\S+?)"
        elif kind == "word":
            found += _word(text, hosts)
        else:
            found += _KINDS[kind][1] or re.escape(text)
    return found


def _from_gbk(shown: str) -> str:
    return octets_of(shown).decode("gb18030", "replace")


def _word(text: str, hosts: bool) -> str:
    if text[3:4] == "-" and text[:3].isdecimal():  # 250-SIZE
        return re.escape(text[:4]) + (_word(text[4:], hosts) if text[4:] else "")
    if text.isdecimal():
        return r"\d+" if len(text) > 4 else re.escape(text)
    if hosts and _HOST.fullmatch(text):
        return r"[\w.-]+"
    return _IDENTIFIER if _is_identifier(text) else re.escape(text)


def _is_identifier(word: str) -> bool:
    """Something that is made anew each time, by its looks."""
    digits = sum(c.isdecimal() for c in word)
    letters = "".join(c for c in word if c.isalpha())
    turns = sum(a.islower() != b.islower() for a, b in pairwise(letters))
    return (
        (len(word) >= 8 and digits >= 3)
        or (len(word) >= 8 and digits >= 1 and turns >= 3)
        or (len(word) >= 24 and turns >= 6)
    )
