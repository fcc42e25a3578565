"""BODY=BINARYMIME: content that may have any octet (RFC 3030 §3).

Where parts of a message may have to be spelled anew (`message/binary.py` says why) it cannot be
stored as it comes: it is kept aside, in the store's spool, until its last chunk is here.
Only a dialect whose provider lists BINARYMIME takes it: docs/decisions.md.
"""

from __future__ import annotations

from fakemail.smtp.content import Content
from fakemail.store.delivery import Delivery

_PIECE = 1 << 20


class Aside:
    """The chunks of a binary message, until all of them become `content`."""

    def __init__(self, content: Content, spool: Delivery) -> None:
        """`spool` keeps the octets; nothing of it is delivered."""
        self._content = content
        self._spool = spool

    def write(self, octets: bytes) -> None:
        """Take the next octets; never raises."""
        content = self._content
        if content.failure is not None:
            return
        if self._spool.size + len(octets) > content.limit:
            content.too_large()
        else:
            try:
                self._spool.write(octets)
                return
            except OSError as error:
                content.not_stored(error)
        self._spool.discard()

    def pour(self) -> str:
        """Make it content, binary parts in base64; says what was changed, for the transcript.

        It may become larger than what a client may send. Never raises.
        """
        from fakemail.message.binary import in_text  # only for those who send binary

        content = self._content
        if content.failure is not None:
            return ""
        try:
            octets, encoded = in_text(self._spool.octets())
        except OSError as error:
            content.not_stored(error)
            return ""
        content.limit = max(content.limit, len(octets))
        for at in range(0, len(octets), _PIECE):
            content.write(octets[at : at + _PIECE])
        if not encoded:
            return ""
        parts = "a binary part" if encoded == 1 else f"{encoded} binary parts"
        return (
            f"{parts} put in base64 ({self._spool.size} octets are {len(octets)} now): "
            "POP3 and IMAP hand out no binary (RFC 3501 §4.3.1, RFC 6856 §2.1)"
        )

    def discard(self) -> None:
        """Forget it; harmless twice."""
        self._spool.discard()
