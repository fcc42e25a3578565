"""RCPT names one recipient (RFC 5321 §4.1.1.3); every recipient is local, nothing is relayed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiosmtpd.smtp import syntax

from fakemail.reasons.reason import Refusal
from fakemail.reasons.smtp import AUTH_REQUIRED
from fakemail.reasons.smtp_transaction import (
    BAD_FORWARD_PATH,
    CHUNKS_BEGUN,
    NEED_MAIL,
    NEEDS_SMTPUTF8,
    PARAMETER_UNKNOWN,
    RCPT_SYNTAX,
    TOO_MANY_RECIPIENTS,
)
from fakemail.smtp import notify, parameters, path, replies
from fakemail.smtp.gated import Gated
from fakemail.smtp.speaker import SHOWN

if TYPE_CHECKING:
    from fakemail.message.delivery_report import Recipient


class RcptCommand(Gated):
    """``RCPT TO:<forward-path> [SP parameters]``."""

    @syntax("RCPT TO:<address>", extended=" [SP <rcpt-parameters>]")
    async def smtp_RCPT(self, arg: str | None) -> None:
        """RCPT; ``<postmaster>`` needs no domain (RFC 5321 §4.5.1)."""
        self.check_hello()
        if not self.conduct.auth_checked_at_rcpt:
            self.check_login()
        transaction = self.envelope
        if not transaction.begun:
            raise Refusal(NEED_MAIL)
        if transaction.incoming is not None:
            raise Refusal(CHUNKS_BEGUN)
        try:
            text, mailbox, reported = self._recipient(arg)
            self.may_address()
        except Refusal:
            transaction.rejected += 1
            raise
        transaction.rcpt_tos.append(text)
        transaction.mailboxes[mailbox] = None
        if reported is not None:
            transaction.report(reported)
        self.addressed()
        self.reply(replies.RECIPIENT_OK, rcpt=text)

    def _recipient(self, arg: str | None) -> tuple[str, str, Recipient | None]:
        """The address as given, the mailbox that it means, and what is to be reported."""
        if not arg or arg[:3].upper() != "TO:" or len(arg) == 3:
            raise Refusal(RCPT_SYNTAX)
        try:
            forward_path, rest = path.read(arg[3:])
            if not forward_path.address:
                raise path.PathError("the null path <> is for senders only")
        except path.PathError as error:
            found = arg[3:].strip(" <>")[:SHOWN]
            raise Refusal(BAD_FORWARD_PATH, recipient=found, detail=str(error)) from None
        address = forward_path.address
        reported = self._reported(address, rest) if rest else None
        if self.conduct.auth_checked_at_rcpt and self._auth_required:
            self._check_login_for(address)
        if not address.isascii() and not self.envelope.smtp_utf8:
            raise Refusal(NEEDS_SMTPUTF8)
        if len(self.envelope.rcpt_tos) >= self.desk.limits.recipients:
            limit = self.desk.limits.recipients
            raise Refusal(TOO_MANY_RECIPIENTS, limit=limit, detail=f"The limit is {limit}.")
        mailbox = self.desk.directory.recipient(address)
        for note in forward_path.notes:
            self.note(f"RCPT: {note}")
        return address, mailbox, reported

    def _reported(self, address: str, rest: str) -> Recipient | None:
        """What is to be reported, by NOTIFY and ORCPT (RFC 3461 §4.1, §4.2)."""
        found = parameters.read(rest)
        for keyword in found:
            if keyword not in {"NOTIFY", "ORCPT"} or not self.offers("DSN"):
                raise Refusal(PARAMETER_UNKNOWN, keyword=keyword, detail=f"({keyword})")
            if not self.session.extended_smtp:
                raise Refusal(PARAMETER_UNKNOWN, keyword=keyword, detail=f"({keyword}, after HELO)")
        return notify.recipient(address, found, utf8=self.envelope.smtp_utf8)

    def _check_login_for(self, address: str) -> None:
        """Where relaying is what is refused, and not MAIL."""
        if not self.session.authenticated:
            raise Refusal(AUTH_REQUIRED, rcpt=address)
