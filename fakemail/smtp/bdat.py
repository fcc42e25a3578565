"""BDAT brings the content in counted chunks (RFC 3030 §2, CHUNKING; §3, BINARYMIME).

A chunk follows its command at once, so it is read (and dropped) even where it is refused: only
then is the next command found. After a refused chunk the rest of the message is refused as well,
until RSET.
"""

from __future__ import annotations

import re

from aiosmtpd.smtp import syntax

from fakemail.reasons.reason import Refusal
from fakemail.reasons.smtp_transaction import BDAT_SYNTAX, CHUNK_FAILED
from fakemail.smtp import replies
from fakemail.smtp.binary import Aside
from fakemail.smtp.content import Content
from fakemail.smtp.data import DataCommand

_CHUNK = re.compile(r"([0-9]{1,20})(?: +(LAST))? *", re.IGNORECASE | re.ASCII)


class BdatCommand(DataCommand):
    """``BDAT chunk-size [LAST]``."""

    _chunk_failed = False

    @syntax("BDAT chunk-size [LAST]")
    async def smtp_BDAT(self, arg: str | None) -> None:
        """BDAT: the chunk, then its reply; after LAST the verdict (RFC 3030 §2)."""
        match = _CHUNK.fullmatch(arg or "")
        if match is None:
            raise Refusal(BDAT_SYNTAX)
        left, last = int(match[1]), match[2] is not None
        size = left
        try:
            content, refusal = self._content_for_chunk(), None
        except Refusal as reason:
            content, refusal = None, reason
        while left:
            octets = await self.input.chunk(left)
            left -= len(octets)
            if content is not None:
                (self.envelope.aside or content).write(octets)
        if content is None:
            assert refusal is not None
            raise refusal
        if not last:
            if content.failure is not None:
                self._chunk_failed = True
                raise content.failure
            self.reply(replies.CHUNK_OK, octets=size)
            return
        try:
            if self.envelope.aside is not None and (changed := self.envelope.aside.pour()):
                self.note(changed)
            self.hand_over(content)
        finally:
            self._set_post_data_state()

    def _content_for_chunk(self) -> Content:
        """Where this chunk goes, or why it may not come."""
        self.check_hello("EHLO")
        self.check_login()
        self.check_recipients()
        if self._chunk_failed:
            raise Refusal(CHUNK_FAILED)
        if self.desk.faults is not None:
            self._chunk_failed = True
            self.desk.faults.at("bdat", "command")
            self._chunk_failed = False
        if self.envelope.incoming is None:
            content = self.envelope.incoming = self.new_content()
            if self.envelope.binary:
                self.envelope.aside = Aside(content, self.desk.store.delivery())
        return self.envelope.incoming

    def _set_post_data_state(self) -> None:
        super()._set_post_data_state()
        self._chunk_failed = False
