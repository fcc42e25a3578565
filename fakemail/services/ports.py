"""Which ports there are, and which numbers they get.

name         protocol  TLS       standard  test
smtp         SMTP      STARTTLS  25        3025   takes mail for anybody (RFC 5321)
submission   SMTP      STARTTLS  587       3587   wants a login (RFC 6409)
submissions  SMTP      implicit  465       3465   wants a login (RFC 8314)
smtp-alt     SMTP      STARTTLS  2525      5525   submission where 25 and 587 are blocked
pop3         POP3      STLS      110       3110   (RFC 1939)
pop3s        POP3      implicit  995       3995   (RFC 8314)
imap         IMAP      STARTTLS  143       3143   (RFC 3501)
imaps        IMAP      implicit  993       3993   (RFC 8314)
http         HTTP      none      8025      11025  the API, for tests and scripts (RFC 9112)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from fakemail.reasons.reason import Protocol_

TEST_OFFSET = 3000
"""`--ports test`: the documented number and this; what GreenMail's users have in their settings."""


@dataclass(frozen=True, slots=True)
class Listener:
    """One of the documented ports."""

    name: str
    protocol: Protocol_ | Literal["http"]
    implicit_tls: bool
    standard: int
    purpose: str

    @property
    def scheme(self) -> str:
        """Of the URL that a client is given."""
        return self.protocol + ("s" if self.implicit_tls else "")

    @property
    def tls_mode(self) -> str:
        """In words of the protocol."""
        if self.implicit_tls:
            return "implicit TLS"
        if self.protocol == "http":
            return "none"
        return "STLS" if self.protocol == "pop3" else "STARTTLS"


LISTENERS = (
    Listener("smtp", "smtp", False, 25, "takes mail for anybody"),
    Listener("submission", "smtp", False, 587, "sends mail, wants a login"),
    Listener("submissions", "smtp", True, 465, "sends mail, wants a login"),
    Listener("smtp-alt", "smtp", False, 2525, "sends mail, wants a login"),
    Listener("pop3", "pop3", False, 110, "reads mail"),
    Listener("pop3s", "pop3", True, 995, "reads mail"),
    Listener("imap", "imap", False, 143, "reads mail"),
    Listener("imaps", "imap", True, 993, "reads mail"),
)
"""Where mail goes in and out."""

HTTP = Listener("http", "http", False, 8025, "the API, for tests and scripts")


PortsMode = Literal["auto", "standard", "test", "ephemeral"]
Plan = Mapping[str, int]
"""Listener name to port number; 0 asks the system for a free one."""


def plan(
    mode: Literal["standard", "test", "ephemeral"],
    fixed: Plan,
    listeners: Sequence[Listener] = LISTENERS,
) -> dict[str, int]:
    """The numbers of a mode; `fixed` ones (a flag per port) stand above it."""
    numbers = {}
    for listener in listeners:
        if mode == "ephemeral":
            number = 0
        else:
            number = listener.standard + (TEST_OFFSET if mode == "test" else 0)
        numbers[listener.name] = fixed.get(listener.name, number)
    return numbers
