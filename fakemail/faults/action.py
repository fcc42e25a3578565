"""What goes wrong. Two seams: before a command runs, and on the octets that answer it.

    before    refuse=SLUG    the refusal of this reason, in the dialect's words
              reply=TEXT     this line (IMAP: without the tag, "NO ..." or "BAD ...")
              close          the connection is closed without a word
              reset          the same by a TCP reset
              hang           there is no answer, until the client gives up
    answer    lose           the command is carried out; then, without an answer, the end
              cut=OCTETS     so many more octets go out, then the connection is reset
              slow=OCTETS    so many octets a second from here on
              drip           one octet at a time from here on
    both      delay=SECONDS  the answer, whatever it is, comes late

"before" means that the command does not run. All but the first two are carried out at the border
(`services/outgoing.py`), on the octets: an engine never hears of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal[
    "refuse", "reply", "close", "reset", "hang", "lose", "cut", "slow", "drip", "run"
]

BEFORE: frozenset[Kind] = frozenset({"refuse", "reply", "close", "reset", "hang"})
"""The command does not run."""

WITH_NUMBER: frozenset[Kind] = frozenset({"cut", "slow"})
WITH_TEXT: frozenset[Kind] = frozenset({"refuse", "reply"})

LONGEST_DELAY = 3600.0


@dataclass(frozen=True, slots=True)
class Action:
    """One of them; ``run`` only delays. Raises ValueError, with a text for people."""

    kind: Kind
    text: str = ""
    """The slug of a reason, or the reply."""

    number: int = 0
    """Octets."""

    delay: float = 0.0
    """Seconds."""

    def __post_init__(self) -> None:
        if self.kind == "run" and not self.delay:
            raise ValueError("there is nothing to do")
        if not 0 <= self.delay <= LONGEST_DELAY:
            raise ValueError(f"delay = {self.delay:g} is not from 0 to {LONGEST_DELAY:g} seconds")
        if self.kind in WITH_TEXT and not self.text:
            raise ValueError(f"{self.kind} wants a text: {self.kind}=...")
        if self.kind == "reply" and not (self.text.isascii() and self.text.isprintable()):
            raise ValueError("reply has characters that are not printable ASCII")
        if self.number < (self.kind == "slow"):
            raise ValueError(f"{self.kind} = {self.number} octets is too few")
