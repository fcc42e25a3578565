"""What a rule is: a name, what it does, and which values it can have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from fakemail.dialects.rate import MOST, WANTED, NotARate, Rate

Value: TypeAlias = bool | int | float | str | tuple[str, ...] | Rate
Kind: TypeAlias = Literal["switch", "count", "seconds", "choice", "text", "words", "rate"]


class RuleError(ValueError):
    """A rule that is not in the list, or a value that it cannot have; the text is for people."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One way in which a server can differ."""

    name: str
    room: str
    """Who obeys it: an engine (``smtp pop3 imap``), or ``services``, ``accounts``, ``store``, or
    ``rates``: a number that no provider tells, so that it is only ever set by hand."""

    does: str
    kind: Kind = "switch"
    default: Value = False
    allowed: tuple[str, ...] = ()
    """For choices and words: the values that there are; empty means any."""

    def check(self, value: object) -> Value:
        """`value` as this rule wants it, or a RuleError that says what is allowed."""
        found: Value | None = None
        if self.kind == "switch":
            found = value if isinstance(value, bool) else None
        elif self.kind == "count":
            found = value if isinstance(value, int) and not isinstance(value, bool) else None
            if self.room == "rates" and found is not None and not 0 <= found <= MOST:
                found = None
        elif self.kind == "seconds":
            number = isinstance(value, int | float) and not isinstance(value, bool)
            found = float(value) if number and 0 <= value <= 3600 else None  # type: ignore[operator, arg-type]
        elif self.kind == "words":
            if isinstance(value, list | tuple) and all(isinstance(word, str) for word in value):
                found = tuple(value)
                if self.allowed and not set(found) <= set(self.allowed):
                    found = None
        elif self.kind == "rate":
            found = _rate(value)
        elif isinstance(value, str) and (not self.allowed or value in self.allowed):
            found = value
        if found is None:
            raise RuleError(f"rule {self.name}: {value!r} is not {self.wants}")
        return found

    @property
    def wants(self) -> str:
        """What the value has to be, in words."""
        match self.kind:
            case "switch":
                return "true or false"
            case "count":
                most = f" from 0 (no limit) to {MOST}" if self.room == "rates" else ""
                return f"a whole number{most}"
            case "seconds":
                return "a number of seconds, at most 3600"
            case "rate":
                return WANTED
            case "words":
                return f"a list of words of {', '.join(self.allowed)}" if self.allowed else "a list"
            case _:
                shown = ", ".join(value or '""' for value in self.allowed)
                return f"one of {shown}" if shown else "a text"


def _rate(value: object) -> Value | None:
    """A rate as it is, or typed; an empty text for none."""
    if isinstance(value, Rate):
        return value
    if value is False or (isinstance(value, str) and value.lower() in {"", "off", "0"}):
        return ""
    try:
        return Rate.of(value) if isinstance(value, str) else None
    except NotARate:
        return None
