"""AUTH: SASL in SMTP (RFC 4954), by the mechanisms of `fakemail.sasl`.

What a client says here is recorded with `HIDDEN` in its place, user names too: a client that
takes the two prompts of LOGIN in the wrong order must not leave its code in a transcript. Who
it was stands in the mark of a login that worked, and in the reason of one that did not.
"""

from __future__ import annotations

from aiosmtpd.smtp import syntax

from fakemail import sasl
from fakemail.reasons.auth import CANCELLED, MECHANISM_UNKNOWN
from fakemail.reasons.reason import Refusal
from fakemail.reasons.smtp import (
    AUTH_IN_TRANSACTION,
    AUTH_LINE_TOO_LONG,
    AUTH_NEEDS_EHLO,
    AUTH_SYNTAX,
    AUTH_TWICE,
)
from fakemail.sasl import base64
from fakemail.sasl.mechanism import Challenge, Credentials, Mechanism
from fakemail.smtp import replies
from fakemail.smtp.mail import MailCommand
from fakemail.transcript.recorder import HIDDEN
from fakemail.wire.buffer import LineTooLong

AUTH_LINE = 12288
"""Octets of one line of an exchange (RFC 4954 §4)."""


class AuthCommand(MailCommand):
    """``AUTH mechanism [initial-response]``."""

    auth_seen = False
    """Whether AUTH was ever tried: a stray line may then be a secret."""

    @syntax("AUTH mechanism [initial-response]")
    async def smtp_AUTH(self, arg: str | None) -> None:
        """AUTH, once in a session and never inside a mail transaction (RFC 4954 §4)."""
        self.auth_seen = True
        self.check_hello("EHLO")
        if not self.session.extended_smtp:
            raise Refusal(AUTH_NEEDS_EHLO)
        if self.session.authenticated:
            raise Refusal(AUTH_TWICE)
        if self.envelope.begun:
            raise Refusal(AUTH_IN_TRANSACTION)
        words = (arg or "").split()
        if not 1 <= len(words) <= 2:
            raise Refusal(AUTH_SYNTAX)
        mechanism = sasl.start(words[0])
        offered = sasl.names(self.desk.tls is not None)
        if mechanism is None or mechanism.name not in offered:
            raise Refusal(
                MECHANISM_UNKNOWN,
                mechanism=words[0],
                detail=f"({words[0][:20]}; offered: {' '.join(offered)})",
            )
        initial = words[1].encode() if len(words) == 2 else None
        self._log_in(mechanism, await self._exchange(mechanism, initial))

    async def _exchange(self, mechanism: Mechanism, initial: bytes | None) -> Credentials:
        """Challenge and response, until the mechanism knows what the client claims."""
        if initial == b"*":
            raise Refusal(CANCELLED)
        response = None if initial is None else base64.initial(initial)
        while isinstance(outcome := mechanism.step(response), Challenge):
            self.reply(replies.CHALLENGE, challenge=base64.encode(outcome.octets).decode())
            response = await self._response()
        return outcome

    async def _response(self) -> bytes:
        """The client's next line, base64 undone."""
        try:
            line = await self.input.line(AUTH_LINE)
        except LineTooLong:
            self.recorder.client(HIDDEN)
            raise Refusal(AUTH_LINE_TOO_LONG) from None
        octets = line.rstrip(b"\r\n")
        if octets == b"*":
            self.recorder.client(b"*")
            raise Refusal(CANCELLED)
        self.recorder.client(HIDDEN)
        return base64.decode(octets)

    def _log_in(self, mechanism: Mechanism, claim: Credentials) -> None:
        login = self.desk.directory.log_in(claim.identity, claim.secret, "smtp", claim.authorize_as)
        self.login = login
        self.session.authenticated = True
        self.recorder.logged_in(login.address, f"{mechanism.name}, {login.label}")
        self.reply(replies.LOGGED_IN)
