"""CONDSTORE and QRESYNC: who is told of mod-sequences, and what (RFC 7162).

The problem: a client that goes away and comes back wants to hear what changed meanwhile and
nothing else. It keeps the mailbox's highest mod-sequence and asks for what is above it.

The rules: a session is told of mod-sequences from its first command that has to do with them on,
until the connection ends (§3.1); after ENABLE QRESYNC it hears VANISHED where others hear EXPUNGE
(§3.2.10). What a client is told must never be ahead of what it knows: while an expunge waits to
be told, because numbers may not change, it is told a HIGHESTMODSEQ below it (§3.2).

The consequences: a session that never asks is never told, and costs nothing, since the store
keeps no journal for it; so a plain SELECT says no HIGHESTMODSEQ (§3.1.2.1 lets it). Where no
journal can be kept, a directory that is read-only, the mailbox has NOMODSEQ (§3.1.2.2).
"""

from __future__ import annotations

import logging
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from fakemail.imap import untagged
from fakemail.imap.capabilities import require
from fakemail.imap.grammar.modifiers import Resync, SelectParameters
from fakemail.imap.session import Session
from fakemail.imap.view import View
from fakemail.reasons.condstore import NO_MODSEQ, QRESYNC_NOT_ENABLED
from fakemail.reasons.reason import Refusal
from fakemail.store.mailbox import Mailbox
from fakemail.wire.ranges import ranges

log = logging.getLogger("fakemail")

NAMES = ("CONDSTORE", "QRESYNC")
"""Either of them in `Session.enabled` says that the client knows mod-sequences."""

Ranges = list[tuple[int, int]]


def highest(mailbox: Mailbox) -> int:
    """HIGHESTMODSEQ; 0 where the mailbox cannot have one (§3.1.7)."""
    try:
        return mailbox.highest_modseq
    except OSError as error:
        log.warning("%s: no mod-sequences: %s", mailbox.folder.path, error)
        return 0


def is_aware(session: Session) -> bool:
    """Whether the client has shown that it knows mod-sequences."""
    return not session.enabled.isdisjoint(NAMES)


def begin(session: Session) -> bytes:
    """The client shows that it knows mod-sequences (§3.1): what it must be told of the mailbox
    that is selected, if this is the first time."""
    if is_aware(session):
        return b""
    session.enabled.add("CONDSTORE")
    return opened(session) if session.selected else b""


def opened(session: Session) -> bytes:
    """HIGHESTMODSEQ or NOMODSEQ of the selected mailbox (§3.1.2), whose changes are told with
    mod-sequences from now on."""
    view = session.view
    view.aware = bool(highest(view.mailbox))
    view.vanishes = view.aware and "QRESYNC" in session.enabled
    if not view.aware:
        return untagged.ok(b"NOMODSEQ", b"No mod-sequences can be kept for this mailbox.")
    return untagged.ok(b"HIGHESTMODSEQ %d" % view.known_modseq, b"Highest.")


def needed(session: Session, word: str) -> Iterator[bytes]:
    """A command has to do with mod-sequences: one of the selected mailbox is asked for.

    Raises Refusal(imap.not-offered, imap.no-modseq).
    """
    require(session, "CONDSTORE", word)
    yield begin(session)
    if not session.view.aware:
        raise Refusal(NO_MODSEQ)


def need_qresync(session: Session, word: str) -> None:
    """Raises Refusal(imap.not-offered, imap.qresync-not-enabled)."""
    require(session, "QRESYNC", word)
    if "QRESYNC" not in session.enabled:
        raise Refusal(QRESYNC_NOT_ENABLED, word=word)


def allow(session: Session, parameters: SelectParameters) -> None:
    """Whether SELECT may have these parameters; raises what `need_qresync` raises."""
    if parameters.condstore:
        require(session, "CONDSTORE", "CONDSTORE")
    if parameters.resync is not None:
        need_qresync(session, "QRESYNC")


# -- what vanished ---------------------------------------------------------------------------


def earlier(mailbox: Mailbox, since: int, bounds: Ranges, above: int = 0) -> bytes:
    """VANISHED (EARLIER): those of these UIDs, and above `above`, that were expunged after a
    mod-sequence (§3.2.10.1); nothing when there are none.

    Where the store does not remember so far back, all that are not there (§3.2.6).
    """
    last = mailbox.uid_next - 1
    bounds = [(max(low, above + 1), min(high, last)) for low, high in bounds]
    remembered = mailbox.vanished_since(since)
    if remembered is None:
        gone = list(_missing([message.uid for message in mailbox.messages()], bounds))
    else:
        gone = list(ranges(_inside(remembered, bounds)))
    return untagged.vanished(gone, earlier=True) if gone else b""


def _missing(uids: Sequence[int], bounds: Ranges) -> Iterator[tuple[int, int]]:
    """The gaps between ascending UIDs."""
    for low, high in bounds:
        at = bisect_left(uids, low)
        while low <= high:
            there = uids[at] if at < len(uids) else high + 1
            if there > low:
                yield low, min(there - 1, high)
            low, at = there + 1, at + 1


def _inside(uids: Sequence[int], bounds: Ranges) -> Iterator[int]:
    for low, high in bounds:
        yield from uids[bisect_left(uids, low) : bisect_right(uids, high)]


def matched(view: View, resync: Resync) -> int:
    """Up to which UID the client's numbers are ours, so that it knows what was expunged (§3.2.5.2):
    where one number is, the messages before it are as many here as there, and none was added."""
    uids, matched = view.uids, 0
    for sequence, uid in resync.pairs():
        if sequence > len(uids):
            break
        if uids[sequence - 1] == uid:
            matched = uid
    return matched
