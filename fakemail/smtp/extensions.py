"""EHLO: which extensions there are (RFC 5321 §4.1.1.1, §2.2)."""

from __future__ import annotations

from functools import lru_cache

from aiosmtpd.smtp import syntax

from fakemail import sasl
from fakemail.reasons.provider import BAD_EHLO_NAME
from fakemail.reasons.reason import Refusal
from fakemail.reasons.smtp import PARAMETER_MISSING
from fakemail.smtp import path, replies
from fakemail.smtp.starttls import StartTlsCommand


class EhloCommand(StartTlsCommand):
    """``EHLO domain``."""

    @syntax("EHLO hostname")
    async def smtp_EHLO(self, hostname: str | None) -> None:
        """EHLO: a new start for the transaction, and the extensions (RFC 5321 §4.1.1.1)."""
        if not hostname:
            raise Refusal(PARAMETER_MISSING, syntax="EHLO hostname")
        if self.conduct.ehlo_name_checked and not path.is_domain(hostname):
            raise Refusal(BAD_EHLO_NAME, detail=f"It is {hostname[:60]!r}.")
        self._set_post_data_state()
        if self.conduct.ehlo_forgets_login and self.session.authenticated:
            self.session.authenticated = False
            self.login = None
            self.note("EHLO made this server forget the login")
        self.session.extended_smtp = True
        self.session.host_name = hostname
        facts = {
            "host": self.hostname,
            "client_name": hostname,
            "client_ip": self.desk.peer.host,
        }
        theirs = self.desk.dialect.ehlo(self.desk.tls is not None, facts)
        if theirs is not None:
            self._say(replies.listed([line for line in map(self._true, theirs) if line]))
            return
        lines = "\n".join(("", *self.extensions()))
        self.reply(replies.EHLO, host=self.hostname, extensions=lines)

    def extensions(self) -> tuple[str, ...]:
        """The extensions of this session at this moment, with their parameters."""
        mechanisms = () if self.session.authenticated else sasl.names(self.desk.tls is not None)
        return _extensions(self.size_limit, self.can_start_tls, mechanisms)

    def _true(self, line: str) -> str:
        """A line of a provider's list as this server can keep it: STARTTLS only with a certificate,
        never more octets than are taken."""
        if line == "STARTTLS" and not self.desk.can_tls:
            return ""
        if line.startswith("SIZE ") and int(line[5:]) > self.size_limit:
            return f"SIZE {self.size_limit}"
        return line


@lru_cache(maxsize=16)
def _extensions(size: int, start_tls: bool, mechanisms: tuple[str, ...]) -> tuple[str, ...]:
    return (
        "PIPELINING",  # RFC 2920
        f"SIZE {size}",  # RFC 1870
        *(["STARTTLS"] if start_tls else []),  # RFC 3207
        *(["AUTH " + " ".join(mechanisms)] if mechanisms else []),  # RFC 4954
        "ENHANCEDSTATUSCODES",  # RFC 2034
        "8BITMIME",  # RFC 6152
        "DSN",  # RFC 3461
        "SMTPUTF8",  # RFC 6531
        "CHUNKING",  # RFC 3030
        "HELP",  # RFC 5321 §4.1.1.8
    )
