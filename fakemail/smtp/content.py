"""The content of one message on its way to the store, by DATA or by BDAT.

The client must be read to the end of the message before it can be told that something is wrong
with it (RFC 5321 §4.2.5, §4.5.3.1.10), so whatever goes wrong is kept as `failure`, and from then
on octets are counted and dropped. Memory stays bounded whatever is sent.

Bare CR and bare LF are content like any other octet: kept as they are, with one mark in the
transcript if they come early (a client that does not know CRLF shows it in its first lines, and
looking through a large message costs more than receiving it). They never end a line here (RFC 5321
§2.3.8), so nobody can smuggle commands behind a line end that only some servers take for one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from fakemail.message.line_ends import LineEnds
from fakemail.reasons.reason import Refusal
from fakemail.reasons.smtp_transaction import NOT_STORED, NUL_IN_CONTENT, TOO_MUCH_DATA
from fakemail.smtp.head import Kept, blank_line, lowered
from fakemail.smtp.header_rules import HeaderRules
from fakemail.store.home import Home
from fakemail.store.mailbox import Mailbox
from fakemail.store.store import Store

log = logging.getLogger("fakemail")

SEEN = ("\\Seen",)

LOOKED_AT = 64 * 1024
"""Octets of a message that are looked through for bare CR and LF."""

LONGEST_HEADER = 1024 * 1024
"""Octets that are gathered of a header for the dialect's rules; one that is longer is looked at as
far as this."""

_PROGRAMS = (b"\nx-mailer:", b"\nuser-agent:")
_LONGEST_NAME = 199


class Content:
    """Octets as they come, dot-stuffing undone; then one commit, or nothing at all."""

    __slots__ = (
        "_delivery",
        "_gathered",
        "_in_header",
        "_line_ends",
        "_rules",
        "changes",
        "failure",
        "header",
        "identifier",
        "limit",
        "program",
        "size",
    )

    def __init__(
        self,
        store: Store,
        limit: int,
        identifier: str,
        trace: bytes,
        rules: HeaderRules | None = None,
    ) -> None:
        self.identifier = identifier
        """What the client is told it was queued as; stands in the trace fields too."""

        self.size = 0
        """Octets so far, dropped ones included."""

        self.limit = limit
        self.failure: Refusal | None = None
        """Why it will not be stored."""

        self.program = ""
        """The field in which the program that made the message names itself, if it does."""

        self.changes = ""
        """What a dialect's rules changed in the header, in words for the transcript."""

        self.header: Kept | None = None
        """The header as the client sends it, where a report is to return it; else None."""

        self._in_header = True
        self._gathered: bytearray | None = None
        self._rules = rules
        self._line_ends = LineEnds()
        self._delivery = None
        try:
            self._delivery = store.delivery()
            self._delivery.write(trace)
        except Exception as error:
            self.not_stored(error)

    @property
    def bare_at(self) -> int | None:
        """Offset of the first bare CR or LF."""
        return self._line_ends.bare_at

    def write(self, octets: bytes) -> None:
        """Take the next octets; never raises."""
        offset = self.size
        self.size += len(octets)
        if self.failure is not None or self._delivery is None:
            return
        if self.size > self.limit:
            self.too_large()
            return
        if b"\0" in octets:
            at = offset + octets.index(b"\0")
            self._fail(Refusal(NUL_IN_CONTENT, offset=at, detail=f"It is at offset {at}."))
            return
        if offset < LOOKED_AT:
            self._line_ends.feed(octets[: LOOKED_AT - offset])
        if self.header is not None:
            self.header.feed(octets)
        try:
            if self._in_header:
                octets = self._with_header(octets, offset)
            self._delivery.write(octets)
        except Refusal as refusal:
            refusal.facts["id"] = self.identifier
            self._fail(refusal)
        except Exception as error:
            self.not_stored(error)

    def too_large(self) -> None:
        """It has more octets than it may."""
        self._fail(Refusal(TOO_MUCH_DATA, limit=self.limit, detail=f"The limit is {self.limit}."))

    def _with_header(self, octets: bytes, offset: int) -> bytes:
        """What may be stored by now, of octets in which the header goes on or ends; raises Refusal.

        Nearly every header comes whole, in the first chunk. Another one is gathered, if there are
        rules for it.
        """
        if offset == 0:
            end = blank_line(octets)
            if end >= 0:
                return self._header_ended(octets, end)
        if self._rules is None:
            self._look_in_piece(octets)
            return octets
        gathered = self._gathered
        if gathered is None:
            gathered = self._gathered = bytearray()
        start = max(0, len(gathered) - 2)
        gathered += octets
        end = blank_line(gathered, start)
        if end < 0:
            if len(gathered) < LONGEST_HEADER:
                return b""
            end = len(gathered)
        return self._header_ended(bytes(gathered), end)

    def _header_ended(self, octets: bytes, end: int) -> bytes:
        """The header is complete, `end` octets long: what may be stored; raises Refusal."""
        self._in_header = False
        self._gathered = None
        lower = lowered(octets[:end])
        self._look_for_program(octets, lower)
        if self._rules is None:
            return octets
        octets, self.changes = self._rules.apply(octets, lower, self.identifier)
        return octets

    def _look_in_piece(self, octets: bytes) -> None:
        """A header that comes in pieces, and is not held back for a look at the whole of it."""
        end = blank_line(octets)
        self._in_header = end < 0 and self.size < LOOKED_AT
        self._look_for_program(octets, lowered(octets if end < 0 else octets[:end]))
        if self.program:
            self._in_header = False

    def _look_for_program(self, octets: bytes, lower: bytes) -> None:
        """Note X-Mailer or User-Agent: `fakemail explain` speaks in that program's terms."""
        for name in _PROGRAMS:
            if (at := lower.find(name)) >= 0:
                line = octets[at : at + _LONGEST_NAME].partition(b"\n")[0].rstrip()
                self.program = line.decode("utf-8", "backslashreplace")
                return

    def commit(
        self,
        addresses: Iterable[str],
        store: Store,
        sent_folder: Callable[[], tuple[Home, Mailbox]] | None = None,
    ) -> list[str]:
        """Store it for everybody, or raise Refusal; says where, for the transcript.

        `sent_folder` says where a copy for the sender belongs.
        """
        if self.size <= LOOKED_AT:
            self._line_ends.end()
        if self._in_header and self._rules is not None:
            self._end_header()
        self.complete()
        if self.failure is None and self._delivery is not None:
            try:
                homes = list({store.home(address): None for address in addresses})
                if sent_folder is None:
                    stored = self._delivery.commit(homes)
                else:
                    home, sent = sent_folder()
                    stored = self._delivery.commit(homes, also=((sent, SEEN),))
                    homes.append(home)
            except Exception as error:
                self.not_stored(error)
            else:
                self._delivery = None
                return [
                    f"{home.address}/{mailbox.name}" + (f" as UID {uid}" if uid else "")
                    for home, (mailbox, uid) in zip(homes, stored, strict=False)
                ]
        assert self.failure is not None
        raise self.failure

    def complete(self) -> None:
        """All of it is here; for those who look at more than the header."""

    def _end_header(self) -> None:
        """A message without a body, whose header ends with it."""
        if self.failure is not None or self._delivery is None:
            return
        try:
            octets = bytes(self._gathered or b"")
            self._delivery.write(self._header_ended(octets, len(octets)))
        except Refusal as refusal:
            refusal.facts["id"] = self.identifier
            self._fail(refusal)
        except Exception as error:
            self.not_stored(error)

    def discard(self) -> None:
        """Forget it; may be called at any time, and twice."""
        delivery, self._delivery = self._delivery, None
        if delivery is not None:
            try:
                delivery.discard()
            except OSError:
                log.exception("cannot discard a message")

    def _fail(self, failure: Refusal) -> None:
        self.failure = failure
        self.discard()

    def not_stored(self, error: Exception) -> None:
        """The store failed: the client may try again, and the log has the story."""
        if isinstance(error, OSError):
            log.error("a message was not stored: %s", error)
            detail = error.strerror or type(error).__name__
        else:
            log.exception("a message was not stored", exc_info=error)
            detail = type(error).__name__
        self._fail(Refusal(NOT_STORED, detail=f"({detail})"))
