"""Reasons, not strings: why something was refused, apart from how it is worded.

A `Reason` is written once, for a tired application developer. Whoever finds the fault raises
``Refusal(REASON, fact=...)``; one place per protocol words it (by way of the dialect), records
it in the transcript and sends it. The same `Reason` later feeds the explanation, the docs page
and the API's error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Protocol_: TypeAlias = Literal["smtp", "pop3", "imap"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One kind of refusal.

    `smtp`, `pop3` and `imap` are the default wordings, as they stand on the wire without line
    ends: ``"530 5.7.0 Authentication required"``, ``"-ERR [AUTH] ..."``, ``"NO
    [AUTHENTICATIONFAILED] ..."`` (IMAP without the tag). ``{name}`` stands for a fact given
    with the refusal. None: it cannot happen there.
    """

    slug: str
    """``smtp.auth-required``: stable, unique, what scripts and dialect files refer to."""

    because: str
    """What the client did or left out; one or two sentences."""

    instead: str
    """What to send or set instead."""

    cites: tuple[str, ...]
    """Where it says so: ``("RFC 4954 §6",)``."""

    smtp: str | None = None
    pop3: str | None = None
    imap: str | None = None
    http: str | None = None
    """Status and title of the HTTP API's answer (RFC 9457): ``"404 No such message"``."""

    def wording(self, protocol: Protocol_) -> str:
        """The default wording in one protocol; a ValueError if the reason has none there."""
        text = self.smtp if protocol == "smtp" else self.pop3 if protocol == "pop3" else self.imap
        if text is None:
            raise ValueError(f"reason {self.slug} has no wording for {protocol}")
        return text


class Refusal(Exception):
    """Something was refused, for a reason, with the facts that the wording and the explanation
    need."""

    def __init__(self, reason: Reason, /, **facts: object) -> None:
        super().__init__(reason.slug)
        self.reason = reason
        self.facts = facts
