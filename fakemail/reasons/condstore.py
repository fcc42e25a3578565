"""Why IMAP refuses what has to do with mod-sequences (RFC 7162)."""

from __future__ import annotations

from fakemail.reasons.reason import Reason

NO_MODSEQ = Reason(
    slug="imap.no-modseq",
    because="The server cannot keep mod-sequences for this mailbox, and said NOMODSEQ when it was "
    "selected: it cannot write the file `fakemail-journal` into the mailbox's directory.",
    instead="Look for NOMODSEQ before you use CHANGEDSINCE, UNCHANGEDSINCE or MODSEQ; or make the "
    "mail directory writable.",
    cites=("RFC 7162 §3.1.2.2",),
    imap="BAD Error in IMAP command {command}: This mailbox has no mod-sequences.",
)
QRESYNC_NOT_ENABLED = Reason(
    slug="imap.qresync-not-enabled",
    because="QRESYNC in SELECT and VANISHED in UID FETCH change how the server tells of expunged "
    "messages, and the client has not said that it understands that.",
    instead="Send ENABLE QRESYNC after the login, and go on when the server answers "
    "`* ENABLED QRESYNC`.",
    cites=("RFC 7162 §3.2.3", "RFC 7162 §3.2.5"),
    imap="BAD Error in IMAP command {command}: {word} wants ENABLE QRESYNC first.",
)
MODIFIED = Reason(
    slug="imap.modified",
    because="STORE with UNCHANGEDSINCE met messages that somebody changed after that mod-sequence, "
    "and left them as they are; others of its messages were expunged by another session.",
    instead="Read the FETCH responses about the changed messages, decide anew, and send STORE with "
    "their new mod-sequence; NOOP tells which messages are gone.",
    cites=("RFC 7162 §3.1.3", "RFC 2180 §4.2"),
    imap="NO [MODIFIED {numbers}] Some changed meanwhile, and some were expunged by another "
    "session.",
)
