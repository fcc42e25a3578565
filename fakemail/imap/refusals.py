"""Turns whatever went wrong into one refusal: the three families of failure, in one place."""

from __future__ import annotations

import logging

from fakemail.reasons.imap import (
    EXPUNGE_ISSUED,
    MAILBOX_BUSY,
    MAILBOX_EXISTS,
    MAILBOX_REFUSED,
    NO_SUCH_MAILBOX,
    SERVER_BUG,
    STORAGE_FAILED,
    SYNTAX,
    TOO_MANY_KEYWORDS,
)
from fakemail.reasons.reason import Refusal
from fakemail.store.errors import (
    MailboxBusy,
    MailboxExists,
    MessageGone,
    NoSuchMailbox,
    StoreError,
    TooManyKeywords,
)
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
        case MessageGone():
            refusal = Refusal(EXPUNGE_ISSUED, detail=error.because)
        case TooManyKeywords():
            refusal = Refusal(TOO_MANY_KEYWORDS, detail=error.because)
        case MailboxBusy():
            refusal = Refusal(MAILBOX_BUSY, detail=error.because)
        case StoreError():
            refusal = Refusal(MAILBOX_REFUSED, detail=error.because)
        case OSError():
            log.error("IMAP command %s: %s", command, error)
            refusal = Refusal(STORAGE_FAILED, detail=error.strerror or type(error).__name__)
        case _:
            log.error("IMAP command %s failed", command, exc_info=error)
            refusal = Refusal(SERVER_BUG, detail=type(error).__name__)
    refusal.facts.setdefault("command", command)
    return refusal


def one_line(text: str) -> bytes:
    """A wording as it may stand in a response: resp-text is 7-bit and has no line ends."""
    octets = text.encode("ascii", "backslashreplace")
    return bytes(octet if 0x20 <= octet < 0x7F else 0x3F for octet in octets)
