"""One fault, as a sentence that people type and that scripts send.

    smtp rcpt first=1 refuse=smtp.rate-limited
    smtp content argument=*@slow.test delay=2
    imap fetch nth=3 cut=100
    any login account=alice@* per=account after=5 reply="..."

A protocol, a moment, then words in any order: which of many (`nth first after every per`), for whom
(`account client listener argument`, with ``*`` and ``?``), and what goes wrong (`action.py`).
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, get_args

from fakemail.faults.action import WITH_NUMBER, WITH_TEXT, Action, Kind
from fakemail.faults.moment import MOMENTS, Occasion, Where
from fakemail.faults.trigger import Per, Trigger
from fakemail.reasons.catalogue import catalogue, find
from fakemail.reasons.fault import NOT_CARRIED_OUT, SAID
from fakemail.reasons.reason import Protocol_
from fakemail.wire.nearest import nearest

NUMBERS = ("nth", "first", "after", "every")
FILTERS = ("account", "client", "listener", "argument")
PROTOCOLS: tuple[Protocol_, ...] = get_args(Protocol_)
KINDS: tuple[Kind, ...] = tuple(kind for kind in get_args(Kind) if kind != "run")
_PER: tuple[Per, ...] = get_args(Per)

_REPLIES = {"smtp": r"[245]\d\d ", "pop3": r"\+OK\b|-ERR\b", "imap": r"(?:OK|NO|BAD|BYE) \S"}
_LIKE = {"smtp": "451 4.3.0 Later", "pop3": "-ERR Later", "imap": "NO Later (without the tag)"}

_WELCOMES = ("2", "+OK", "OK")
"""What a reply begins with that lets a client in."""

LONGEST = 1000
"""Characters of a sentence."""


class FaultError(ValueError):
    """A sentence that says nothing that can be done; the text is for people."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong, when, for whom."""

    sentence: str
    protocol: Where
    moment: str
    action: Action
    trigger: Trigger
    filters: Mapping[str, str]

    def meets(self, occasion: Occasion) -> bool:
        """Whether this is its moment and its client."""
        if self.protocol not in ("any", occasion.protocol) or self.moment not in occasion.moments:
            return False
        return all(
            fnmatchcase(getattr(occasion, name).lower(), pattern)
            for name, pattern in self.filters.items()
        )


def fault(sentence: str) -> Fault:
    """The fault that a sentence describes; raises FaultError."""
    if len(sentence) > LONGEST:
        raise FaultError(f"a fault of more than {LONGEST} characters")
    if not sentence.isprintable():
        raise FaultError(f"{sentence!r}: a fault is one line of printable characters")
    try:
        words = shlex.split(sentence)
    except ValueError as error:
        raise FaultError(f"{sentence}: {error}") from None
    try:
        return _fault(sentence, words)
    except ValueError as error:
        raise FaultError(f"{sentence}: {error}") from None


def _fault(sentence: str, words: list[str]) -> Fault:
    if len(words) < 3:
        raise ValueError("a fault has a protocol, a moment and what goes wrong")
    protocol, moment, *rest = words
    where = next((name for name in MOMENTS if name == protocol.lower()), None)
    if where is None:
        raise ValueError(f"{protocol!r} is not one of {', '.join(MOMENTS)}")
    moment = moment.lower().removeprefix("uid-")
    if moment not in MOMENTS[where]:
        told = f"{moment!r} is no moment of {where}{_guess(moment, MOMENTS[where])}"
        raise ValueError(f"{told}: {', '.join(MOMENTS[where])}")
    numbers: dict[str, Any] = {}
    filters: dict[str, str] = {}
    kind: Kind = "run"
    value, delay = "", 0.0
    said: set[str] = set()
    for word in rest:
        name, given, text = word.partition("=")
        name = name.lower()
        if name in said:
            raise ValueError(f"{name} stands there twice")
        said.add(name)
        if name in NUMBERS:
            numbers[name] = _number(name, text)
            if not numbers[name] and name != "after":
                raise ValueError(f"{name}=0 would never strike: counting starts at 1")
        elif name == "per":
            numbers[name] = _one_of("per", text, _PER)
        elif name in FILTERS and given:
            filters[name] = text.lower().replace("[", "[[]")  # only * and ? stand for others
        elif name == "delay":
            delay = _seconds(text)
        elif name in KINDS:
            if kind != "run":
                raise ValueError(f"both {kind} and {name}: one thing goes wrong at a time")
            kind, value = _one_of("", name, KINDS), text
            if given and kind not in WITH_NUMBER | WITH_TEXT:
                raise ValueError(f"{kind} has no value")
        else:
            known = (*NUMBERS, "per", *FILTERS, "delay", *KINDS)
            told = f"{word!r} is not known{_guess(name, known)}"
            raise ValueError(f"{told}; known: {' '.join(known)}")
    number = _number(kind, value) if kind in WITH_NUMBER else 0
    action = Action(kind, value if kind in WITH_TEXT else "", number, delay)
    _check(where, moment, action)
    return Fault(sentence, where, moment, action, Trigger(**numbers), filters)


def _check(where: Where, moment: str, action: Action) -> None:
    """What only the whole can tell."""
    if action.kind == "refuse":
        reason = find(action.text)
        if reason is None or reason in (SAID, NOT_CARRIED_OUT):
            told = f"there is no reason {action.text!r}{_guess(action.text, catalogue())}"
            raise ValueError(f"{told}; docs/explanations.md has all")
        wanted = PROTOCOLS if where == "any" else (where,)
        silent = [protocol for protocol in wanted if getattr(reason, protocol) is None]
        if silent:
            raise ValueError(f"{action.text} has no words in {', '.join(silent)}")
    if action.kind == "reply":
        if where == "any":
            raise ValueError("reply=... is of one protocol; refuse=... has the words of all three")
        if not re.match(_REPLIES[where], action.text):
            raise ValueError(f"reply={action.text!r} is no reply of {where}: {_LIKE[where]}")
        if moment == "connect" and action.text.startswith(_WELCOMES):
            raise ValueError("a reply at connect turns the client away: 421 ..., -ERR ..., BYE ...")
    if moment == "connect" and action.kind == "lose":
        raise ValueError("at connect there is no command whose answer could be lost: close")


def _guess(word: str, known: Iterable[str]) -> str:
    meant = nearest(word, known, likeness=0.7)
    return f" (did you mean {meant}?)" if meant else ""


def _number(name: str, text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > 12:
        raise ValueError(f"{name}={text} is no whole number")
    return int(text)


def _seconds(text: str) -> float:
    try:
        return float(text.removesuffix("s"))
    except ValueError:
        raise ValueError(f"delay={text} is no number of seconds") from None


def _one_of(name: str, text: str, allowed: tuple[Any, ...]) -> Any:
    if text not in allowed:
        raise ValueError(f"{name}={text} is not one of {', '.join(allowed)}")
    return text
