"""MAIL begins a transaction (RFC 5321 §4.1.1.2)."""

from __future__ import annotations

import re

from aiosmtpd.smtp import syntax

from fakemail.accounts.directory import Login
from fakemail.reasons.reason import Refusal
from fakemail.reasons.smtp import NOT_YOUR_ADDRESS
from fakemail.reasons.smtp_transaction import (
    BAD_REVERSE_PATH,
    MAIL_SYNTAX,
    NEEDS_SMTPUTF8,
    NESTED_MAIL,
    PARAMETER_UNKNOWN,
    SIZE_DECLARED,
)
from fakemail.smtp import notify, parameters, path, replies
from fakemail.smtp.gated import Gated
from fakemail.smtp.parameters import bad

_XTEXT = re.compile(r"(?:[!-*,-<>-~]|\+[0-9A-F]{2})+")


class MailCommand(Gated):
    """``MAIL FROM:<reverse-path> [SP parameters]``."""

    @syntax("MAIL FROM:<address>", extended=" [SP <mail-parameters>]")
    async def smtp_MAIL(self, arg: str | None) -> None:
        """MAIL, with SIZE (RFC 1870), BODY (RFC 6152), SMTPUTF8 (RFC 6531), AUTH (RFC 4954), RET
        and ENVID (RFC 3461)."""
        self.check_hello()
        if self.conduct.auth_checked_at_rcpt:
            self.check_tls()
        else:
            self.check_login()
        if self.envelope.begun:
            raise Refusal(NESTED_MAIL)
        if not arg or arg[:5].upper() != "FROM:" or len(arg) == 5:
            raise Refusal(MAIL_SYNTAX)
        try:
            reverse_path, rest = path.read(arg[5:])
        except path.PathError as error:
            raise Refusal(BAD_REVERSE_PATH, detail=str(error)) from None
        found = parameters.read(rest)
        utf8 = self._mail_parameters(found)
        address = reverse_path.address
        if self.policy.sender_must_match or self.conduct.sender_must_match == "mail":
            self._check_owner(address)
        if not utf8 and not address.isascii():
            raise Refusal(NEEDS_SMTPUTF8)
        self.may_begin()
        for note in reverse_path.notes:
            self.note(f"MAIL: {note}")
        options = rest.split()
        if len(options) != len(found):
            self.note("MAIL: a parameter stands twice; the last one counts")
        if "ENVID" in found:
            self.envelope.envelope_id = notify.envelope_id(found["ENVID"])
        if (found.get("BODY") or "").upper() == "BINARYMIME":
            self.envelope.binary = True
        self.envelope.mail_from = address
        self.envelope.mail_options = options
        self.envelope.smtp_utf8 = utf8
        self.reply(replies.SENDER_OK, sender=address)

    def _mail_parameters(self, found: dict[str, str | None]) -> bool:
        """Check them; True where the client asks for SMTPUTF8."""
        utf8 = False
        for keyword, value in found.items():
            if not self.session.extended_smtp:
                raise Refusal(PARAMETER_UNKNOWN, keyword=keyword, detail=f"({keyword}, after HELO)")
            match keyword:
                case "SIZE":
                    self._declared_size(value)
                case "BODY":
                    self._check_body(value)
                case "SMTPUTF8":
                    if value is not None:
                        raise bad("SMTPUTF8 takes no value")
                    utf8 = True
                case "AUTH":  # RFC 4954 §5: whoever offers AUTH must take it; we trust nobody
                    if value is None or not _XTEXT.fullmatch(value):
                        raise bad("AUTH takes <> or an address in xtext")
                case "RET" if self.offers("DSN"):  # RFC 3461 §4.3
                    notify.check_ret(value)
                case "ENVID" if self.offers("DSN"):
                    notify.envelope_id(value)
                case _:
                    raise Refusal(PARAMETER_UNKNOWN, keyword=keyword, detail=f"({keyword})")
        return utf8

    def _check_body(self, value: str | None) -> None:
        """``7BIT`` or ``8BITMIME`` (RFC 6152 §2), ``BINARYMIME`` where it is offered (RFC 3030
        §3)."""
        values = ["7BIT", "8BITMIME"]
        if value is None or value.upper() not in values:
            values += ["BINARYMIME"] if self.offers("BINARYMIME") else []
            if value is None or value.upper() not in values:
                raise bad(f"BODY can only be one of {', '.join(values)}")

    def _declared_size(self, value: str | None) -> None:
        """``size-value = 1*20DIGIT`` (RFC 1870 §5)."""
        if value is None or len(value) > 20 or not (value.isascii() and value.isdigit()):
            raise bad("SIZE takes a number of octets")
        limit = self.size_limit
        if int(value) > limit:
            detail = f"It announced {value} octets, the limit is {limit}."
            raise Refusal(SIZE_DECLARED, size=value, limit=limit, detail=detail)

    def _check_owner(self, address: str) -> None:
        """Refuse a sender who is not the account (RFC 6409 §6.1); where a provider checks, the null
        path is nobody's."""
        login = self.login
        if login is None or address == login.address:
            return
        nobody = not address and self.conduct.sender_must_match == "mail"
        if nobody or not self.desk.directory.owner_may_send(login, address):
            raise not_owned(login, address)


def not_owned(login: Login, address: str) -> Refusal:
    """The refusal of a sender that is not the account's."""
    detail = f"<{address}> is not an address of {login.address}."
    return Refusal(NOT_YOUR_ADDRESS, login=login.address, address=address, detail=detail)
