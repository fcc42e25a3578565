"""Where one of the ports is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Endpoint:
    """``smtplib.SMTP(mail.smtp.host, mail.smtp.port)``."""

    name: str
    """``smtp submission submissions smtp-alt pop3 pop3s imap imaps http``."""

    host: str
    port: int
    scheme: str
    """``smtp smtps pop3 pop3s imap imaps http``; an s at the end: TLS from the first octet."""

    @property
    def tls(self) -> bool:
        """Whether TLS begins with the first octet; the other ports offer STARTTLS or STLS."""
        return self.scheme.endswith("s")

    @property
    def url(self) -> str:
        """``imap://127.0.0.1:40143``."""
        return f"{self.scheme}://{self}"

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"
