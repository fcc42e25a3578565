"""What `fakemail serve` says when it is ready: for a person a table, for a script one line."""

from __future__ import annotations

import os
from typing import TextIO

from fakemail.services.ready import Ready
from fakemail.services.server import Server

_BOLD, _DIM, _GREEN, _END = "\x1b[1m", "\x1b[2m", "\x1b[32m", "\x1b[0m"


def colours(stream: TextIO) -> bool:
    """Only on a terminal, and not where people asked for none (no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


class Banner:
    """Speaks once, on one stream."""

    def __init__(self, server: Server, stream: TextIO) -> None:
        self._server = server
        self._stream = stream
        self._colour = colours(stream)

    def announce(self, ready: Ready) -> None:
        """Table, files, a login, and the line that scripts wait for.

        Nobody may be listening any more; that is no reason not to serve.
        """
        try:
            self._stream.write("\n".join(self._lines(ready)) + "\n")
            self._stream.flush()
        except (OSError, ValueError):
            pass

    def show_sessions(self, stream: TextIO) -> None:
        """Every session on `stream` as it goes on (-v)."""
        from fakemail.transcript.live import LiveView

        self._server.post_office.sessions.subscribe(LiveView(stream, colours(stream)))

    def _lines(self, ready: Ready) -> list[str]:
        server, host = self._server, ready.host
        shown_host = f"[{host}]" if ":" in host else host
        if host in ("127.0.0.1", "::1"):
            shown_host = "localhost"
        lines = []
        if server.bindings.note:
            lines += [server.bindings.note, ""]
        lines.append(self._paint(_BOLD, f"{'':13}{'port':>5}  {'TLS':14}{'URL':34}"))
        seen = set()
        for bound in server.bindings.bound:
            listener = bound.listener
            if listener.name in seen:
                continue
            seen.add(listener.name)
            url = f"{listener.scheme}://{shown_host}:{bound.port}"
            purpose = listener.purpose
            if listener.name == "smtp" and server.manners.dialect.has("auth_on_every_port"):
                purpose = "takes mail, wants a login"
            shown = self._paint(_DIM, purpose)
            lines.append(
                f"{listener.name:13}{bound.port:>5}  {listener.tls_mode:14}{url:34}{shown}"
            )
        addresses = dict.fromkeys(b.address for b in server.bindings.bound)
        for each in server.manners.addresses:
            addresses.pop(each, None)
        lines += [
            "",
            f"listening on  {', '.join(addresses)}",
            f"CA file       {ready.ca_file}",
            f"mail          {server.post_office.store_folder}",
            f"login         {self._login()}",
            *self._dialects(),
            "",
            self._paint(_GREEN, ready.line) if self._colour else ready.line,
        ]
        return lines

    def _dialects(self) -> list[str]:
        """What is not fakemail's own manner; nothing to say where all is."""
        manners = self._server.manners
        shown = []
        if manners.dialect.name != "generic":
            shown.append(f"dialect       {manners.dialect.name} ({manners.dialect.title})")
        for each in manners.providers:
            where = f"{each.address:15} for {' '.join(each.hosts)}"
            shown.append(f"{each.dialect.name:13} {where}")
        if manners.providers:
            names = " ".join(each.dialect.name for each in manners.providers)
            shown.append(f"hosts file    fakemail hosts {names}")
        return shown

    def _login(self) -> str:
        directory = self._server.post_office.branch(self._server.manners.login_domain)
        listed = directory.addresses()
        if directory.mode == "open":
            return f"anybody@{directory.default_domain} with any code (accounts: open)"
        if listed:
            return f"{listed[0]} with one of its codes (fakemail code list)"
        return "nobody yet: fakemail account add alice@" + directory.default_domain

    def _paint(self, colour: str, text: str) -> str:
        return f"{colour}{text}{_END}" if self._colour else text
