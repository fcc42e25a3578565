"""How much happened since the server started: what a person or Prometheus asks for."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Tally:
    """Counts that only grow."""

    sessions: Counter[str] = field(default_factory=Counter)
    """By protocol: those that began."""

    logins: Counter[str] = field(default_factory=Counter)
    """By protocol: those that succeeded."""

    refusals: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By protocol and slug of the reason."""
