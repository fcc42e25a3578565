"""Which program is it? By what it calls itself, by its habits on the wire, by its error messages.

Nobody is named on weak signs: each habit has a weight, and below `GUESS` the client stays unknown.
Programs that use another's library (Flask-Mail, Django: smtplib) look the same on the wire and can
be told apart only by the text of their errors.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal, TypeAlias

from fakemail.explain.language import Language, phrase, table
from fakemail.explain.scene import Scene
from fakemail.transcript.text import printable

Sure: TypeAlias = Literal["named", "likely", "perhaps"]
GUESS = 2
LIKELY = 3
NAMED = 9

_SELF_NAMED = re.compile(r'^\S+ ID \(.*?"name"\s+"([^"]{1,60})"', re.IGNORECASE | re.MULTILINE)
_MAILER = re.compile(
    r"^(?:C: )?(?:X-Mailer|User-Agent):\s*(.{1,80})$", re.IGNORECASE | re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Habit:
    """One thing that a program does on the wire."""

    where: Literal["client", "both"]
    pattern: re.Pattern[str]
    sure: int
    shows: str


@dataclass(frozen=True, slots=True)
class Client:
    """A program, as it can be recognised."""

    key: str
    name: str
    same_wire: str
    says: tuple[re.Pattern[str], ...]
    habits: tuple[Habit, ...]
    fixes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Recognised:
    """A program, how sure that is, and by what."""

    key: str
    """Empty for one that names itself and is not in the list."""

    name: str
    sure: Sure
    shows: str = ""

    def described(self, language: Language) -> str:
        """``looks like Python's smtplib (verbs in lower case)``."""
        name = _name(self.key, language) or self.name
        text = phrase(f"client-{self.sure}", language, name=name)
        shows = _shows(self.key, self.shows, language)
        return phrase("client-by", language, client=text, shows=shows) if shows else text

    def fix(self, topic: str, language: Language) -> str:
        """What to change in this program's own terms; empty where nothing is known."""
        return fix_of(self.key, topic, language)


@cache
def clients() -> Mapping[str, Client]:
    """All programs that are known, by key."""
    found = {}
    for key, entry in table("clients").items():
        found[key] = Client(
            key=key,
            name=entry["name"],
            same_wire=entry.get("same_wire", ""),
            says=tuple(re.compile(text, re.MULTILINE) for text in entry.get("says", ())),
            habits=tuple(_habit(habit) for habit in entry.get("habits", ())),
            fixes=entry.get("fix", {}),
        )
    return MappingProxyType(found)


def fix_of(key: str, topic: str, language: Language) -> str:
    """The fix of a topic in a program's own terms; a program without one takes that of the
    library it uses."""
    client = clients().get(key)
    if client is None:
        return ""
    if topic in client.fixes:
        entry = table("clients", language).get(key, {}).get("fix", {})
        return str(entry.get(topic, client.fixes[topic]))
    return fix_of(client.same_wire, topic, language)


def on_the_wire(scene: Scene) -> Recognised | None:
    """The program behind a session; None when it shows nothing of its own."""
    fields = [event for step in scene.steps for event in step.events if _MAILER.match(event)]
    client_lines = "\n".join([*(step.said for step in scene.commands), *fields])
    both = "\n".join(
        line
        for step in scene.steps
        for line in ([f"C: {step.said}"] if step.said else []) + [f"S: {r}" for r in step.lines]
    )
    scores: dict[str, int] = {}
    shown: dict[str, str] = {}
    for client in clients().values():
        for habit in client.habits:
            text = client_lines if habit.where == "client" else both
            if habit.pattern.search(text):
                scores[client.key] = scores.get(client.key, 0) + habit.sure
                shown.setdefault(client.key, habit.shows)
    best = _best(scores)
    if best and (scores[best] >= NAMED or not _named(client_lines)):
        name = clients()[best].name
        return Recognised(best, name, _sure(scores[best]), shown[best])
    if named := _named(client_lines):
        return Recognised(_key_of(named), named, "named")
    return None


def in_text(text: str) -> Recognised | None:
    """The program behind a pasted error message."""
    if match := _MAILER.search(text):
        return Recognised(_key_of(match[1]), printable(match[1].encode()), "named")
    scores = {
        client.key: len([p for p in client.says if p.search(text)])
        for client in clients().values()
        if any(pattern.search(text) for pattern in client.says)
    }
    for user in [clients()[key] for key in scores if clients()[key].same_wire]:
        scores.pop(user.same_wire, None)  # who uses a library also shows its errors
    if not scores:
        return None
    best = max(scores, key=lambda key: scores[key])
    found = next(m[0] for p in clients()[best].says if (m := p.search(text)))
    return Recognised(best, clients()[best].name, "likely", found.strip()[:60])


def same(recognised: Recognised | None, keys: tuple[str, ...]) -> bool | None:
    """Whether a recognised client is one of `keys`; None where nothing can be said."""
    if recognised is None or not keys:
        return None
    if recognised.key in keys:
        return True
    client = clients().get(recognised.key)
    library = client.same_wire if client else ""
    if library and library in keys:
        return True
    return any(clients()[key].same_wire == recognised.key for key in keys if recognised.key)


def _habit(entry: Mapping[str, object]) -> Habit:
    where: Literal["client", "both"] = "client" if "client" in entry else "both"
    pattern = re.compile(str(entry[where]), re.MULTILINE)
    return Habit(where, pattern, int(str(entry["sure"])), str(entry["shows"]))


def _best(scores: Mapping[str, int]) -> str:
    """The highest, if it is no mere hint and nobody else is as likely."""
    ranked = sorted(scores, key=lambda key: -scores[key])
    if not ranked or scores[ranked[0]] < GUESS:
        return ""
    tie = len(ranked) > 1 and scores[ranked[1]] == scores[ranked[0]]
    return "" if tie else ranked[0]


def _sure(score: int) -> Sure:
    return "named" if score >= NAMED else "likely" if score >= LIKELY else "perhaps"


def _named(client_lines: str) -> str:
    match = _SELF_NAMED.search(client_lines) or _MAILER.search(client_lines)
    return printable(match[1].encode()) if match else ""


def _key_of(name: str) -> str:
    word = name.lower()
    return next((c.key for c in clients().values() if c.key in word or c.name.lower() in word), "")


def _shows(key: str, shows: str, language: Language) -> str:
    """What it was recognised by; a habit in the language, a quotation as it is."""
    habits = [habit.shows for habit in clients()[key].habits] if key in clients() else []
    told = table("clients", language).get(key, {}).get("shows", habits)
    return str(told[habits.index(shows)]) if shows in habits else shows


def _name(key: str, language: Language) -> str:
    entry = table("clients", language).get(key, {})
    return str(entry.get("name", ""))
