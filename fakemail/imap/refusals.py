"""Turns whatever went wrong into one refusal: the three families of failure, in one place."""

from __future__ import annotations

import logging

from fakemail.reasons.imap import (
    MAILBOX_EXISTS,
    MAILBOX_REFUSED,
    NO_SUCH_MAILBOX,
    SERVER_BUG,
    SYNTAX,
)
from fakemail.reasons.reason import Refusal
from fakemail.store.errors import MailboxExists, NoSuchMailbox, StoreError
from fakemail.wire.cursor import SyntaxFault

log = logging.getLogger("fakemail")


def as_refusal(error: Exception, command: str, *, secret: bool = False) -> Refusal:
    """The refusal that says it, with the command's name among its facts.

    `secret`: what the client said is not to be quoted.
    """
    match error:
        case Refusal():
            refusal = error
        case SyntaxFault():
            found = "" if secret else f", found {error.found}"
            detail = f"wanted {error.wanted} at offset {error.offset}{found}."
            refusal = Refusal(SYNTAX, detail=detail)
        case NoSuchMailbox():
            refusal = Refusal(NO_SUCH_MAILBOX, name=error.because, detail=error.because)
        case MailboxExists():
            refusal = Refusal(MAILBOX_EXISTS, name=error.because, detail=error.because)
        case StoreError():
            refusal = Refusal(MAILBOX_REFUSED, detail=error.because)
        case _:
            log.error("IMAP command %s failed", command, exc_info=error)
            refusal = Refusal(SERVER_BUG, detail=type(error).__name__)
    refusal.facts.setdefault("command", command)
    return refusal


def one_line(text: str) -> bytes:
    """A wording as it may stand in a response: resp-text is 7-bit and has no line ends."""
    octets = text.encode("ascii", "backslashreplace")
    return bytes(octet if 0x20 <= octet < 0x7F else 0x3F for octet in octets)
