"""EHLO: which extensions there are (RFC 5321 §4.1.1.1, §2.2)."""

from __future__ import annotations

from collections.abc import Iterator

from aiosmtpd.smtp import syntax

from fakemail import sasl
from fakemail.reasons.reason import Refusal
from fakemail.reasons.smtp import PARAMETER_MISSING
from fakemail.smtp import replies
from fakemail.smtp.starttls import StartTlsCommand


class EhloCommand(StartTlsCommand):
    """``EHLO domain``."""

    @syntax("EHLO hostname")
    async def smtp_EHLO(self, hostname: str | None) -> None:
        """EHLO: a new start for the transaction, and the extensions (RFC 5321 §4.1.1.1)."""
        if not hostname:
            raise Refusal(PARAMETER_MISSING, syntax="EHLO hostname")
        self._set_post_data_state()
        self.session.extended_smtp = True
        self.session.host_name = hostname
        listed = "".join(f"\n{extension}" for extension in self.extensions())
        self.reply(replies.EHLO, host=self.hostname, extensions=listed)

    def extensions(self) -> Iterator[str]:
        """The extensions of this session at this moment, with their parameters."""
        yield "PIPELINING"  # RFC 2920
        yield f"SIZE {self.desk.limits.message_octets}"  # RFC 1870
        if self.can_start_tls:
            yield "STARTTLS"  # RFC 3207
        if not self.session.authenticated:
            yield "AUTH " + " ".join(sasl.names(self.desk.tls is not None))  # RFC 4954
        yield "ENHANCEDSTATUSCODES"  # RFC 2034
        yield "8BITMIME"  # RFC 6152
        yield "SMTPUTF8"  # RFC 6531
        yield "CHUNKING"  # RFC 3030
        yield "HELP"  # RFC 5321 §4.1.1.8
