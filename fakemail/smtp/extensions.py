"""EHLO: which extensions there are (RFC 5321 §4.1.1.1, §2.2)."""

from __future__ import annotations

from functools import lru_cache

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
        listed = "\n".join(("", *self.extensions()))
        self.reply(replies.EHLO, host=self.desk.host_name, extensions=listed)

    def extensions(self) -> tuple[str, ...]:
        """The extensions of this session at this moment, with their parameters."""
        mechanisms = () if self.session.authenticated else sasl.names(self.desk.tls is not None)
        return _extensions(self.desk.limits.message_octets, self.can_start_tls, mechanisms)


@lru_cache(maxsize=16)
def _extensions(size: int, start_tls: bool, mechanisms: tuple[str, ...]) -> tuple[str, ...]:
    return (
        "PIPELINING",  # RFC 2920
        f"SIZE {size}",  # RFC 1870
        *(["STARTTLS"] if start_tls else []),  # RFC 3207
        *(["AUTH " + " ".join(mechanisms)] if mechanisms else []),  # RFC 4954
        "ENHANCEDSTATUSCODES",  # RFC 2034
        "8BITMIME",  # RFC 6152
        "SMTPUTF8",  # RFC 6531
        "CHUNKING",  # RFC 3030
        "HELP",  # RFC 5321 §4.1.1.8
    )
