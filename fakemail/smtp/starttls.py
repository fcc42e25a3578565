"""STARTTLS (RFC 3207)."""

from __future__ import annotations

from aiosmtpd.smtp import syntax

from fakemail.reasons.reason import Refusal
from fakemail.reasons.smtp import NO_PARAMETERS, TLS_ALREADY, TLS_NOT_AVAILABLE
from fakemail.reasons.tls import OCTETS_BEFORE_TLS
from fakemail.smtp import replies
from fakemail.smtp.mail import MailCommand


class StartTlsCommand(MailCommand):
    """``STARTTLS``."""

    @property
    def can_start_tls(self) -> bool:
        """Whether it is offered: there is a certificate, and no TLS yet."""
        return self.desk.can_tls and self.desk.tls is None

    @syntax("STARTTLS", when="can_start_tls")
    async def smtp_STARTTLS(self, arg: str | None) -> None:
        """STARTTLS: 220, the handshake, then a session that knows nothing (RFC 3207 §4.2).

        What a client, or somebody between, has sent in clear behind the command is thrown away
        before the handshake, so that it can never be taken for something said inside TLS (§4).
        """
        if self.desk.tls is not None:
            raise Refusal(TLS_ALREADY)
        if not self.desk.can_tls:
            raise Refusal(TLS_NOT_AVAILABLE)
        if arg:
            raise Refusal(NO_PARAMETERS, syntax="STARTTLS")
        if count := self.input.clear():
            self.recorder.refused(OCTETS_BEFORE_TLS, {"detail": f"({count} octets)"})
        self.envelope.give_up()
        self.reply(replies.START_TLS)
        self.border.start_tls()
        await self.input.tls()
        self.login = None
        self.begin_session()
        self.behave()
