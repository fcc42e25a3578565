"""Untagged responses, whole lines (RFC 3501 §7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fakemail.imap import write
from fakemail.imap.grammar.flags import SYSTEM
from fakemail.wire.ranges import written


def exists(messages: int) -> bytes:
    """Number of messages (§7.3.1)."""
    return b"* %d EXISTS\r\n" % messages


def recent(messages: int) -> bytes:
    """Number of messages with the \\Recent flag (§7.3.2)."""
    return b"* %d RECENT\r\n" % messages


def expunge(sequence: int) -> bytes:
    """A message is gone, and the numbers above it are one less (§7.4.1)."""
    return b"* %d EXPUNGE\r\n" % sequence


def vanished(uids: Iterable[tuple[int, int]], *, earlier: bool = False) -> bytes:
    """Messages are gone; ranges of their UIDs. `earlier`: before this session, so that no number
    changes (RFC 7162 §3.2.10)."""
    told = written(uids).encode("ascii")
    return b"* VANISHED %b%b\r\n" % (b"(EARLIER) " if earlier else b"", told)


def fetch(sequence: int, items: bytes) -> bytes:
    """Message data (§7.4.2)."""
    return b"* %d FETCH (%b)\r\n" % (sequence, items)


def flags(keywords: Iterable[str]) -> bytes:
    """Flags that are defined in the mailbox (§7.2.6)."""
    return b"* FLAGS %b\r\n" % write.flags([*SYSTEM, *keywords])


def permanent_flags(keywords: Sequence[str], read_only: bool, more: bool = True) -> bytes:
    """Flags that this client can change for good; ``\\*``: it can invent `more` keywords (§7.1)."""
    if read_only:
        return b"* OK [PERMANENTFLAGS ()] Read-only mailbox.\r\n"
    listed = write.flags([*SYSTEM, *keywords])[:-1] + (b" \\*)" if more else b")")
    return b"* OK [PERMANENTFLAGS %b] Flags permitted.\r\n" % listed


def ok(code: bytes, text: bytes) -> bytes:
    """Information with a response code (§7.1.1)."""
    return b"* OK [%b] %b\r\n" % (code, text)


def list_(
    attributes: Iterable[str],
    name: bytes,
    response: bytes = b"LIST",
    separator: str = "/",
    data: bytes = b"",
) -> bytes:
    """One mailbox name as it is spelled here, of LIST, XLIST or LSUB (§7.2.2, §7.2.3); `data`:
    extended data items (RFC 5258 §3)."""
    words = " ".join(attributes).encode("ascii")
    more = b" (%b)" % data if data else b""
    return b'* %b (%b) "%b" %b%b\r\n' % (response, words, separator.encode("ascii"), name, more)


def status(name: bytes, items: Iterable[tuple[bytes, int | bytes]]) -> bytes:
    """Facts about a mailbox, whose name is as it is spelled here (§7.2.4)."""
    facts = b" ".join(
        b"%b %b" % (item, fact if isinstance(fact, bytes) else b"%d" % fact) for item, fact in items
    )
    return b"* STATUS %b (%b)\r\n" % (name, facts)


def search(numbers: Iterable[int], word: bytes = b"SEARCH", modseq: int = 0) -> bytes:
    """What SEARCH found (§7.2.5); `word` as the server writes it; `modseq`: the highest of these
    messages, if that was asked for (RFC 7162 §3.1.6)."""
    found = b" ".join([b"%d" % number for number in numbers])
    if found and modseq:
        found += b" (MODSEQ %d)" % modseq
    return b"* %b %b\r\n" % (word, found) if found else b"* %b\r\n" % word
