"""When a fault may strike: before the greeting, before a command, at the end of a message.

A moment is a word that stands for the same step in every session: ``connect``, ``login``, or the
name of a command in lower case. ``login`` is any attempt to log in, whatever command it takes;
``command`` is any command at all; ``content`` is the end of a message that came by DATA or BDAT,
before anything of it is stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

from fakemail.reasons.reason import Protocol_

Where: TypeAlias = Literal["smtp", "pop3", "imap", "any"]

MOMENTS: Mapping[Where, tuple[str, ...]] = MappingProxyType(
    {
        "any": ("connect", "login", "command"),
        "smtp": (
            *("connect", "login", "command", "ehlo", "helo", "starttls", "auth", "mail", "rcpt"),
            *("data", "bdat", "content", "rset", "noop", "vrfy", "help", "quit"),
        ),
        "pop3": (
            *("connect", "login", "command", "capa", "stls", "auth", "user", "pass", "stat"),
            *("list", "uidl", "retr", "top", "dele", "noop", "rset", "quit"),
        ),
        "imap": (
            *("connect", "login", "command", "capability", "id", "enable", "starttls"),
            *("authenticate", "select", "examine", "unselect", "close", "create", "delete"),
            *("rename", "subscribe", "unsubscribe", "list", "lsub", "xlist", "namespace"),
            *("status", "append", "idle", "check", "expunge", "search", "sort", "thread", "fetch"),
            *("store", "copy", "move", "compress", "noop", "logout"),
        ),
    }
)
"""The closed list; ``fetch`` is UID FETCH too."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """A moment as it comes, in one session."""

    protocol: Protocol_
    moments: tuple[str, ...]
    """Every word that names it: ``("fetch", "command")``."""

    session: int
    client: str
    """The client's address."""

    listener: str
    account: str = ""
    """Who has logged in; at ``login`` who is about to; empty for nobody."""

    argument: str = ""
    """What follows the command's name, without line end; empty where it may be a secret."""
