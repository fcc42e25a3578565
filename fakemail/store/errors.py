"""What the store may answer instead of doing as it was asked.

Each error says in `because`, in one sentence for a person, what stood in the way. Engines turn
the classes into their own reasons; the store knows no protocol.
"""

from __future__ import annotations


class StoreError(Exception):
    """The store could not or would not do it; `because` is one sentence for a person."""

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because


class PathEscapes(StoreError):
    """Something below the root is a symbolic link that leads out of it."""


class MessageGone(StoreError):
    """The message was there and is not any more: another session or program removed it."""


class MailboxError(StoreError):
    """A mailbox cannot be opened, made, renamed, deleted or changed as asked."""


class NoSuchMailbox(MailboxError):
    """No mailbox of that name, or a name that only holds others (\\Noselect)."""


class MailboxExists(MailboxError):
    """There is a mailbox of that name already."""


class BadMailboxName(MailboxError):
    """A name that no mailbox can have: NUL or control characters, empty parts, too long."""


class MailboxNotEmpty(MailboxError):
    """The name only holds children, so there is nothing to delete (RFC 3501 §6.3.4)."""


class InboxIsFixed(MailboxError):
    """INBOX cannot be deleted, and nothing can be renamed to it (RFC 3501 §6.3.4, §6.3.5)."""


class BadFlag(MailboxError):
    """A flag that is neither one of the five system flags nor an IMAP atom."""


class TooManyKeywords(MailboxError):
    """A Maildir has room for 26 keywords, and each of them is on some message."""


class MailboxBusy(MailboxError):
    """Another program holds the lock of the mailbox and does not give it back."""
