"""AUTH: SASL in SMTP (RFC 4954), by the mechanisms of `fakemail.sasl`.

What a client says here is recorded with `HIDDEN` in its place, user names too: a client that
takes the two prompts of LOGIN in the wrong order must not leave its code in a transcript. Who
it was stands in the mark of a login that worked, and in the reason of one that did not.
"""

from __future__ import annotations

from aiosmtpd.smtp import syntax

from fakemail import sasl
from fakemail.reasons.auth import CANCELLED
from fakemail.reasons.provider import AUTH_TLS_REQUIRED, FAILED_LOGINS
from fakemail.reasons.reason import Refusal
from fakemail.reasons.smtp import (
    AUTH_IN_TRANSACTION,
    AUTH_LINE_TOO_LONG,
    AUTH_NEEDS_EHLO,
    AUTH_SYNTAX,
    AUTH_TWICE,
)
from fakemail.sasl import base64
from fakemail.sasl.login import USERNAME
from fakemail.sasl.mechanism import Challenge, Credentials, Mechanism
from fakemail.smtp import replies
from fakemail.smtp.mail import MailCommand
from fakemail.smtp.replies import Reply
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
        if not self.session.extended_smtp and not self.conduct.auth_after_helo:
            raise Refusal(AUTH_NEEDS_EHLO)
        if self.session.authenticated:
            raise Refusal(AUTH_TWICE)
        if self.envelope.begun:
            raise Refusal(AUTH_IN_TRANSACTION)
        words = (arg or "").split()
        if not 1 <= len(words) <= 2:
            raise Refusal(AUTH_SYNTAX)
        if self.desk.tls is None and not self.conduct.auth_before_tls:
            raise Refusal(AUTH_TLS_REQUIRED, mechanism=words[0])
        mechanism = sasl.start(words[0])
        offered = self.desk.mechanisms("smtp")
        if mechanism is None or mechanism.name not in offered:
            raise sasl.unknown(words[0], offered)
        initial = words[1].encode() if len(words) == 2 else None
        if initial and mechanism.name == "LOGIN" and self.conduct.login_ignores_initial_response:
            self.note("the initial response of AUTH LOGIN is ignored, as this provider does")
            initial = None
        claim = None
        try:
            claim = await self._exchange(mechanism, initial)
            self._log_in(mechanism, claim)
        except Refusal as refusal:
            if refusal.reason not in FAILED_LOGINS:
                raise
            if claim is not None and claim.failure and mechanism.name != "XOAUTH2":
                await self._tell_failure(claim.failure)  # RFC 7628 §3.2.3
            await self._login_failed(refusal)

    async def _tell_failure(self, why: bytes) -> None:
        """A challenge that the client only acknowledges."""
        self.reply(replies.CHALLENGE, challenge=base64.encode(why).decode())
        await self._response()

    async def _exchange(self, mechanism: Mechanism, initial: bytes | None) -> Credentials:
        """Challenge and response, until the mechanism knows what the client claims."""
        if initial == b"*":
            raise Refusal(CANCELLED)
        response = None if initial is None else base64.initial(initial)
        while isinstance(outcome := mechanism.step(response), Challenge):
            challenge = base64.encode(outcome.octets).decode()
            self.reply(_prompt(mechanism, outcome), challenge=challenge)
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
        login = self.desk.log_in("smtp", claim)
        self.login = login
        self.session.authenticated = True
        self.recorder.logged_in(login.address, f"{mechanism.name}, {login.label}")
        self.reply(replies.LOGGED_IN)

    async def _login_failed(self, refusal: Refusal) -> None:
        """Say so; some providers take their time, or hang up."""
        if self.conduct.auth_failure_delay:
            await self.input.pause(self.conduct.auth_failure_delay)
        self.refuse(refusal)
        if self.conduct.closes_after_auth_failure:
            self.hang_up()


def _prompt(mechanism: Mechanism, challenge: Challenge) -> Reply:
    """The reply that carries a challenge; providers word the old prompts in their own way."""
    if mechanism.name == "LOGIN":
        return replies.LOGIN_USER if challenge == USERNAME else replies.LOGIN_CODE
    return replies.PLAIN_PROMPT if mechanism.name == "PLAIN" else replies.CHALLENGE
