"""One mail transaction: aiosmtpd's envelope, and what we know besides (RFC 5321 §3.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiosmtpd.smtp import Envelope

from fakemail.smtp.binary import Aside
from fakemail.smtp.content import Content

if TYPE_CHECKING:
    from fakemail.message.delivery_report import Recipient


class Transaction(Envelope):
    """From MAIL to the end of the content, or to whatever gives it up."""

    envelope_id: str | None = None
    """What the client calls the transaction (ENVID, RFC 3461 §4.4)."""

    binary = False
    """Whether the content may have any octet (BODY=BINARYMIME, RFC 3030 §3)."""

    aside: Aside | None = None
    """Where such content waits for its last chunk."""

    reported: list[Recipient] | None = None
    """For whom a delivery is to be reported (NOTIFY=SUCCESS); None, as nearly always: nobody."""

    def __init__(self) -> None:
        super().__init__()
        self.mailboxes: dict[str, None] = {}
        """Canonical addresses of those who receive it, each once, in the order of RCPT."""

        self.rejected = 0
        """How many RCPTs were refused."""

        self.incoming: Content | None = None
        """What BDAT has brought so far (RFC 3030); None before the first chunk."""

    @property
    def begun(self) -> bool:
        """Whether MAIL was accepted; the reverse-path may be the null path."""
        return self.mail_from is not None

    def report(self, recipient: Recipient) -> None:
        """A delivery to this recipient is to be reported."""
        if self.reported is None:
            self.reported = []
        self.reported.append(recipient)

    def give_up(self) -> None:
        """Forget what has come so far."""
        if self.incoming is not None:
            self.incoming.discard()
            self.incoming = None
        if self.aside is not None:
            self.aside.discard()
            self.aside = None
