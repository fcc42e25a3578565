"""What a row of the command table says, and what a running command may do.

A command's `run` is a generator. It yields effects (untagged responses, mostly), and returns the
text after the tag: ``b"OK FETCH completed."``. Where the command goes on with a line from the
client (AUTHENTICATE, IDLE) it yields a `Prompt` and is given that line; meanwhile the engine keeps
the generator. At long work it yields ``b""`` every millisecond or so, which is where other sessions
get their turn. It refuses by raising `Refusal`, and leaves everything else, the tag, the changes
that other sessions made, failures of our own, to the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol, TypeAlias

from fakemail.imap.session import Session, State
from fakemail.wire.cursor import Cursor
from fakemail.wire.effects import Effect


class Numbers(Enum):
    """What a command has to do with message sequence numbers (RFC 3501 §7.4.1, §5.5)."""

    USES = "uses"
    """Its arguments or results are sequence numbers: EXPUNGE must wait for another command."""

    MAY_CHANGE = "may change"
    """Uses none: EXPUNGE may be sent before its tagged response."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """Send `say` and wait for a line of the client.

    `secret`: the line is not for the transcript. `idle`: while waiting, changes are pushed.
    """

    say: Effect | None
    secret: bool = False
    idle: bool = False


Running: TypeAlias = Generator[Effect | Prompt, bytes | None, bytes]


class Message(Protocol):
    """A message literal on its way in (APPEND)."""

    size: int
    """Octets, as announced."""

    def write(self, octets: bytes) -> None:
        """Take some of it; raises Refusal when it cannot be taken."""

    def discard(self) -> None:
        """Forget it."""

    def end(self, cursor: Cursor) -> None:
        """Parse what follows the literal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One row: everything the engine knows of a command."""

    name: str
    parse: Callable[[Cursor], Any]
    """Consumes the arguments, their leading space included; the engine checks that nothing
    follows."""

    run: Callable[[Session, Any], Running]
    states: State
    cites: str
    numbers: Numbers = Numbers.MAY_CHANGE
    capability: str | None = None
    """The extension that brought it; None: base protocol."""

    looks_first: bool = False
    """Arrivals are announced before it runs, so that it can find them."""

    secret: bool = False
    """Its arguments are a secret, so that an error does not quote them."""

    message: Callable[[Session, Cursor, int], Message | None] | None = None
    """APPEND: given the command as far as an announced literal and its size, where that literal
    goes; None when it is an ordinary argument. `run` is then given this message."""


def nothing(cursor: Cursor) -> None:
    """The parser of commands without arguments."""
