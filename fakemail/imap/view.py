"""What one client was told of its mailbox, and what it must still be told.

The problem: several sessions, and other programs, change a mailbox at any moment, but a client
counts. Its message 5 is the fifth of the messages that *it* was told of; a number must not change
its meaning while a command is on its way that uses it (RFC 3501 §5.5, §7.4.1; RFC 2180).

The rules: the view is a list of UIDs, and a sequence number is an index into it. What happens
elsewhere is noted (arrived, gone, flagged) and touches the list in `flush` only, which returns the
untagged responses that say so: an element leaves the list with its EXPUNGE, and only where the
command may renumber; elements join it with an EXISTS that counts them.

The consequences: between flushes a UID of the view may be gone from the mailbox. Whoever looks it
up gets None and decides (`commands/numbers.py`). EXISTS never goes down. A message that came and
went between two flushes is never heard of. What the client itself caused and was already answered
is struck from the notes by `told`.

Decided against: telling the difference by comparing two lists at every flush, which costs the size
of the mailbox each time; and answering from a frozen copy, which costs it in memory.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator

from fakemail.imap import untagged, write
from fakemail.imap.grammar.sequence import NO_MESSAGES, SequenceSet
from fakemail.message.part import Part
from fakemail.reasons.imap import BAD_NUMBER, NOT_OFFERED
from fakemail.reasons.reason import Refusal
from fakemail.store.changes import Arrived, Change, Deleted, Expunged, Flagged, Renamed
from fakemail.store.index import Message
from fakemail.store.mailbox import Mailbox
from fakemail.wire.ranges import ranges

TURN = 1000
"""Messages to claim before other sessions may have their turn."""


class View:
    """One selected mailbox, as one client knows it."""

    def __init__(
        self,
        mailbox: Mailbox,
        read_only: bool,
        changed: Callable[[], None],
        hides: Callable[[Message], bool] | None = None,
    ) -> None:
        """`hides` says of a message whether it is not to be seen yet; what comes after it has to
        wait too, since UIDs ascend."""
        self.mailbox = mailbox
        self.read_only = read_only
        self.deleted = False
        """The mailbox is gone, or its UIDs mean nothing any more."""

        self.held: tuple[int, Part] | None = None
        """UID and tree of the large message that the client is fetching piece by piece."""

        self.saved: SequenceSet | None = NO_MESSAGES
        """UIDs of what the last SEARCH RETURN (SAVE) found, some perhaps gone since (RFC 5182
        §2.1); None where the provider has no ``$``."""

        self.aware = False
        """Whether this client is told of mod-sequences here (`condstore.py`)."""

        self.vanishes = False
        """Whether it hears VANISHED in place of EXPUNGE."""

        self.keeps_numbers = False
        """The command that runs is about numbers after all: the next flush renumbers nothing."""

        self.highest_follows = False
        """The tagged response of the command that runs says HIGHESTMODSEQ."""

        self._told_modseq = self._held_back = False
        self._changed = changed
        self._hides = hides
        self._arrived: set[int] = set()
        self._gone: set[int] = set()
        self._flagged: set[int] = set()
        self._lines: dict[frozenset[str], bytes] = {}
        self._recent_lines: dict[frozenset[str], bytes] = {}
        self._stop = mailbox.watch(self._note)  # subscribe first, then look once
        messages = mailbox.messages()
        self.recent = {message.uid for message in messages if read_only and message.recent}
        """UIDs that are \\Recent in this session; a read-only one takes it from nobody."""
        self._uids = [message.uid for message in messages]
        waiting = self._cut(self._uids)
        self.claim()
        self._arrived = set(waiting)
        self._gone.clear()
        self._flagged.clear()
        self._keywords = list(mailbox.keywords())

    @property
    def waiting(self) -> int:
        """How many messages have come that the client has not been told of."""
        return len(self._arrived)

    def claim(self) -> bool:
        """Take \\Recent of some messages; False when there are none left to take."""
        claimed = set() if self.read_only else self.mailbox.claim_recent(TURN)
        self.recent |= claimed
        return bool(claimed)

    def close(self) -> None:
        """Hear no more."""
        self.held = None
        self._stop()

    def __len__(self) -> int:
        """How many messages the client was told of: its EXISTS."""
        return len(self._uids)

    @property
    def uids(self) -> list[int]:
        """UIDs by sequence number less one; not to be changed."""
        return self._uids

    @property
    def dirty(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self._arrived or self._gone or self._flagged)

    # numbers

    def numbered(self, numbers: SequenceSet) -> Iterator[tuple[int, int]]:
        """(sequence number, UID) of the messages with these sequence numbers.

        Raises Refusal(imap.no-such-message) for a number beyond the mailbox, before the first.
        ``$`` is never beyond: it names messages by UID.
        """
        if numbers.last_result:
            return self.with_uids(numbers)
        count = len(self._uids)
        bounds = numbers.bounds(count)
        largest = bounds[-1][1]
        if largest > count or not count:
            raise Refusal(BAD_NUMBER, number=largest or "*", messages=count)
        return self._slices((low - 1, high) for low, high in bounds)

    def with_uids(self, numbers: SequenceSet) -> Iterator[tuple[int, int]]:
        """(sequence number, UID) of the messages with these UIDs; others are silently ignored
        (RFC 3501 §6.4.8)."""
        uids = self._uids
        if numbers.last_result:
            numbers = self.last_result
        if not uids:
            return iter(())
        bounds = numbers.bounds(uids[-1])
        return self._slices(
            (bisect_left(uids, low), bisect_right(uids, high)) for low, high in bounds
        )

    @property
    def last_result(self) -> SequenceSet:
        """What ``$`` stands for, in UIDs; Refusal(imap.not-offered)."""
        if self.saved is None:
            raise Refusal(NOT_OFFERED, word="$", capability="SEARCHRES")
        return self.saved

    def _slices(self, slices: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        return (
            pair
            for start, end in list(slices)
            for pair in enumerate(self._uids[start:end], start + 1)
        )

    def sequence(self, uid: int) -> int | None:
        """The sequence number of a UID; None when the client was not told of it."""
        index = bisect_left(self._uids, uid)
        if index < len(self._uids) and self._uids[index] == uid:
            return index + 1
        return None

    # flags

    def flags(self, message: Message) -> bytes:
        """The value of FLAGS, with \\Recent where it is recent in this session."""
        lines = self._recent_lines if message.uid in self.recent else self._lines
        flags = message.flags
        line = lines.get(flags)
        if line is None:
            if len(lines) > 1000:
                lines.clear()
            recent = ["\\Recent"] if lines is self._recent_lines else []
            line = lines[flags] = write.flags([*flags, *recent])
        return line

    # mod-sequences (RFC 7162)

    @property
    def known_modseq(self) -> int:
        """HIGHESTMODSEQ as far as the client was told of it: below every expunge that waits to be
        told (§3.2)."""
        modseq = self.mailbox.modseq
        return max(
            1, min(map(modseq, self._gone)) - 1 if self._gone else self.mailbox.highest_modseq
        )

    def modseq(self, uid: int) -> bytes:
        """MODSEQ as a message data item (§3.1.4.2)."""
        self._told_modseq = True
        return b"MODSEQ (%d)" % self.mailbox.modseq(uid)

    def items(self, message: Message, flags: bool = True) -> bytes:
        """What the client is told of a message whose flags changed: with UID and MODSEQ if it
        knows them (§3.2.4)."""
        if not self.aware:
            return b"FLAGS " + self.flags(message)
        more = b" FLAGS " + self.flags(message) if flags else b""
        return b"UID %d%b %b" % (message.uid, more, self.modseq(message.uid))

    @property
    def untold(self) -> frozenset[int]:
        """UIDs of messages whose flags somebody else changed, which the client must still hear."""
        return frozenset(self._flagged)

    def told(self, uids: Collection[int]) -> None:
        """The client knows the flags of these messages: it has just been told, or made them."""
        self._flagged.difference_update(uids)

    def keyword_news(self) -> bytes:
        """FLAGS and PERMANENTFLAGS again, when the mailbox has new keywords; else nothing."""
        keywords = list(self.mailbox.keywords())
        if keywords == self._keywords:
            return b""
        self._keywords = keywords
        return self.flags_defined()

    def flags_defined(self) -> bytes:
        """FLAGS and PERMANENTFLAGS, for the keywords that the client was told of."""
        more = self.read_only or self.mailbox.takes_new_keywords()
        return untagged.flags(self._keywords) + untagged.permanent_flags(
            self._keywords, self.read_only, more
        )

    # telling

    def flush(self, may_renumber: bool) -> bytes:
        """The untagged responses for everything that may be told now; afterwards the client
        knows it."""
        may_renumber = may_renumber and not self.keeps_numbers
        self.keeps_numbers = False
        if not self.dirty:
            self._told_modseq = self.highest_follows = False
            return b""
        lines: list[bytes] = []
        vanished = may_renumber and self.vanishes and bool(self._gone)
        if may_renumber and self._gone:
            self._tell_gone(lines)
        if self._arrived:
            self._tell_arrived(lines)
        lines.append(self.keyword_news())
        if self._flagged:
            self._tell_flagged(lines)
        if self.aware:
            self._tell_highest(lines, vanished)
        return b"".join(lines)

    def _tell_gone(self, lines: list[bytes]) -> None:
        gone, self._gone = self._gone, set()
        sequences = sorted(filter(None, map(self.sequence, gone)))
        if self.vanishes and sequences:
            uids = (self._uids[sequence - 1] for sequence in sequences)
            lines.append(untagged.vanished(ranges(uids)))
        elif sequences:
            lines.extend(untagged.expunge(was - before) for before, was in enumerate(sequences))
        if len(sequences) > 100:
            self._uids = [uid for uid in self._uids if uid not in gone]
        else:
            for sequence in reversed(sequences):
                del self._uids[sequence - 1]
        self.recent -= gone
        self._flagged -= gone

    def _tell_highest(self, lines: list[bytes], vanished: bool) -> None:
        """HIGHESTMODSEQ (RFC 7162 §3.2, §6): while an expunge waits, lest the client take a MODSEQ
        that it was just told for the highest; and once there is nothing left to tell."""
        due = self._told_modseq if self._gone else self._held_back or vanished
        if due and not (self.highest_follows and not self._gone):
            code = b"HIGHESTMODSEQ %d" % self.known_modseq
            lines.append(untagged.ok(code, b"More to tell." if self._gone else b"All told."))
            self._held_back = bool(self._gone)
        self._told_modseq = self.highest_follows = False

    def _tell_arrived(self, lines: list[bytes]) -> None:
        arrived, self._arrived = sorted(self._arrived), set()
        last = self._uids[-1] if self._uids else 0
        new = [uid for uid in arrived if uid > last and self.mailbox.get(uid) is not None]
        self._arrived.update(self._cut(new))
        if not new:
            return
        self._uids.extend(new)
        self._flagged.difference_update(new)
        lines.append(untagged.exists(len(self._uids)))
        if self.read_only:
            self.recent.update(filter(self._is_recent, new))
        while self.claim():
            pass
        lines.append(untagged.recent(len(self.recent)))

    def _cut(self, uids: list[int]) -> list[int]:
        """Take off, and return, what is not to be seen yet."""
        hides = self._hides
        if hides is None:
            return []
        messages = map(self.mailbox.get, uids)
        hidden = (n for n, message in enumerate(messages) if message is not None and hides(message))
        first = next(hidden, len(uids))
        waiting = uids[first:]
        del uids[first:]
        return waiting

    def _is_recent(self, uid: int) -> bool:
        message = self.mailbox.get(uid)
        return message is not None and message.recent

    def _tell_flagged(self, lines: list[bytes]) -> None:
        flagged, self._flagged = sorted(self._flagged), set()
        for uid in flagged:
            message, sequence = self.mailbox.get(uid), self.sequence(uid)
            if message is not None and sequence is not None:
                lines.append(untagged.fetch(sequence, self.items(message)))

    # noting

    def _note(self, change: Change) -> None:
        match change:
            case Arrived(uids):
                self._arrived.update(uids)
            case Expunged(uids):
                self._gone.update(uids)
                self._arrived.difference_update(uids)
            case Flagged(uids):
                self._flagged.update(uids)
            case Deleted():
                self.deleted = True
            case Renamed():
                return
        self._changed()
