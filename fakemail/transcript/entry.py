"""One line of a conversation, as it is kept, and what is known about the whole of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol, TypeAlias

import msgspec

from fakemail.reasons.reason import Reason
from fakemail.wire.engine import Peer, TlsFacts

Kind: TypeAlias = Literal["C", "S", "!", "*"]
"""``C`` the client said, ``S`` the server said, ``!`` why something was refused, ``*`` what
happened (TLS, login, delivery, end of the session)."""


class Entry(msgspec.Struct, frozen=True, gc=False):
    """`octets` without the last line end; several lines where a reply has several.

    A msgspec struct, not a dataclass: seven times cheaper to make, and this is made for every
    line that anybody says.
    """

    at: float
    """Seconds since 1970-01-01 UTC."""

    kind: Kind
    octets: bytes
    reason: Reason | None = None
    """With ``!`` only."""

    facts: Mapping[str, str] | None = None
    """What stands for ``{name}`` in the words of the reason."""


class Facts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of a session from here on; None means: as before."""

    at: float
    protocol: str | None = None
    peer: Peer | None = None
    dialect: str | None = None
    tls: TlsFacts | None = None
    login: str | None = None
    how: str | None = None
    """The session has ended, and this is how."""


class Conversation(Protocol):
    """A session as readers see it: one that goes on, one that has ended, or one from disk."""

    @property
    def number(self) -> int:
        """Counted from 1 for each data folder; a restart goes on counting."""

    @property
    def protocol(self) -> str:
        """``smtp``, ``pop3`` or ``imap``."""

    @property
    def peer(self) -> Peer:
        """Both ends."""

    @property
    def dialect(self) -> str:
        """The name of the manner in which it was answered."""

    @property
    def began(self) -> float:
        """Seconds since 1970-01-01 UTC."""

    @property
    def ended(self) -> float | None:
        """The same; None while it goes on."""

    @property
    def how(self) -> str:
        """How it ended; empty while it goes on."""

    @property
    def tls(self) -> TlsFacts | None:
        """None in clear."""

    @property
    def login(self) -> str | None:
        """The address that logged in last."""

    @property
    def refusals(self) -> int:
        """How often something was refused."""

    @property
    def left_out(self) -> int:
        """Entries between the first and the last that were not kept."""

    @property
    def entries(self) -> Sequence[Entry]:
        """What was kept, oldest first."""


def is_probe(session: Conversation) -> bool:
    """Whether somebody only looked if the port is open: the client said nothing, and nothing was
    refused.

    Health checks do that all day; what people look for must not drown in it.
    """
    return not any(entry.kind in "C!" for entry in session.entries)
