"""One line of a conversation, as it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from fakemail.reasons.reason import Reason

Kind: TypeAlias = Literal["C", "S", "!", "*"]
"""``C`` the client said, ``S`` the server said, ``!`` why something was refused, ``*`` what
happened (TLS, login, delivery, end of the session)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """`octets` without the last line end; several lines where a reply has several."""

    at: float
    """Seconds since 1970-01-01 UTC."""

    kind: Kind
    octets: bytes
    reason: Reason | None = None
    """With ``!`` only."""
