"""The ports of a server, by name, for whoever holds its mail."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from fakemail.testing.endpoint import Endpoint

if TYPE_CHECKING:
    from fakemail.testing.shared import SharedServer


class Ports:
    """Where to send, where to read."""

    server: SharedServer

    @property
    def host(self) -> str:
        """Of all ports: ``127.0.0.1``."""
        return self.server.host

    @property
    def smtp(self) -> Endpoint:
        """Takes mail for anybody, without a login (25)."""
        return self.server.endpoints["smtp"]

    @property
    def submission(self) -> Endpoint:
        """Sends mail after a login; STARTTLS is offered (587)."""
        return self.server.endpoints["submission"]

    @property
    def submissions(self) -> Endpoint:
        """The same inside TLS (465)."""
        return self.server.endpoints["submissions"]

    smtps = submissions

    @property
    def smtp_alt(self) -> Endpoint:
        """Another submission (2525)."""
        return self.server.endpoints["smtp-alt"]

    @property
    def pop3(self) -> Endpoint:
        """Reads mail; STLS is offered (110)."""
        return self.server.endpoints["pop3"]

    @property
    def pop3s(self) -> Endpoint:
        """The same inside TLS (995)."""
        return self.server.endpoints["pop3s"]

    @property
    def imap(self) -> Endpoint:
        """Reads mail; STARTTLS is offered (143)."""
        return self.server.endpoints["imap"]

    @property
    def imaps(self) -> Endpoint:
        """The same inside TLS (993)."""
        return self.server.endpoints["imaps"]

    @property
    def http(self) -> Endpoint:
        """The HTTP API (8025)."""
        return self.server.endpoints["http"]

    @property
    def ca_file(self) -> str:
        """What clients have to trust (PEM)."""
        return self.server.ca_file

    def ssl_context(self) -> ssl.SSLContext:
        """For clients: trusts this server's CA and nothing else."""
        return self.server.ssl_context()
