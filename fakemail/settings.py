"""What can be set: every setting with its type, its default, and what is said about it.

Where the values come from: `config`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from fakemail.dialects.dialect import GENERIC

PORT_KEYS = (
    *("smtp-port", "submission-port", "submissions-port", "smtp-alt-port"),
    *("pop3-port", "pop3s-port", "imap-port", "imaps-port"),
    "http-port",
)
MAIL_LISTENERS = tuple(key.removesuffix("-port") for key in PORT_KEYS if key != "http-port")

_A_PORT = "a number from 1 to 65535, or 0 for any free port"
_SECONDS = "a number of seconds above 0"

Port = Annotated[int, Meta(ge=0, le=65535)]
Token = Annotated[str, Meta(min_length=1)]


def _about(group: str, allowed: str, help_: str, **bounds: Any) -> Meta:
    return Meta(description=help_, extra={"group": group, "allowed": allowed}, **bounds)


def _port(name: str, note: str) -> Meta:
    return _about("ports", _A_PORT, f"{name} port {note}.")


def _seconds(help_: str) -> Meta:
    return _about("limits", _SECONDS, help_, gt=0)


class Settings(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """Everything that can be set, with its default."""

    data: Annotated[
        str,
        _about(
            "files",
            "a folder",
            "Data folder: mail, accounts, certificates, transcripts."
            " Default: $XDG_STATE_HOME/fakemail.",
            min_length=1,
        ),
    ] = ""
    ready_file: Annotated[
        str | None,
        _about("files", "a file name", "Write ports, pid and CA file here (JSON) when ready."),
    ] = None

    ports: Annotated[
        Literal["auto", "standard", "test", "ephemeral"],
        _about(
            "ports",
            "auto, standard, test or ephemeral",
            "standard: 25, 587, ...; test: the standard number + 3000; auto: standard if all of"
            " them can be had, else test; ephemeral: any free ports.",
        ),
    ] = "auto"
    smtp_port: Annotated[Port | None, _port("SMTP", "(25), takes mail for anybody")] = None
    submission_port: Annotated[Port | None, _port("Submission", "(587), wants a login")] = None
    submissions_port: Annotated[Port | None, _port("Submission over TLS", "(465)")] = None
    smtp_alt_port: Annotated[Port | None, _port("Alternative submission", "(2525)")] = None
    pop3_port: Annotated[Port | None, _port("POP3", "(110)")] = None
    pop3s_port: Annotated[Port | None, _port("POP3 over TLS", "(995)")] = None
    imap_port: Annotated[Port | None, _port("IMAP", "(143)")] = None
    imaps_port: Annotated[Port | None, _port("IMAP over TLS", "(993)")] = None
    http_port: Annotated[Port | None, _port("HTTP", "(8025; test 11025), the API")] = None
    http: Annotated[
        bool,
        _about("ports", "true or false", "Serve the HTTP API."),
    ] = True
    api_token: Annotated[
        Token | None,
        _about(
            "ports",
            "a text",
            "What the HTTP API asks for (Authorization: Bearer ...). Default: nothing.",
        ),
    ] = None
    listen: Annotated[
        tuple[str, ...],
        _about(
            "ports",
            "IP addresses of this machine, or localhost",
            "Address to listen on (repeat for several). Default: loopback only, IPv4 and IPv6;"
            " 0.0.0.0 and :: open it to the network.",
        ),
    ] = ()

    host_name: Annotated[
        str,
        _about("names", "a host name", "What the server calls itself in greetings."),
    ] = "fakemail.test"
    tls_name: Annotated[
        tuple[str, ...],
        _about(
            "names",
            "host names or IP addresses",
            "Further name for the certificate (repeat for several); localhost, 127.0.0.1, ::1 and"
            " the host name are in it anyway.",
        ),
    ] = ()
    accounts: Annotated[
        Literal["open", "listed"],
        _about(
            "names",
            "open or listed",
            "open: any address receives mail and logs in with any code, listed ones with their"
            " own; listed: only the accounts in the accounts file exist.",
        ),
    ] = "open"
    default_domain: Annotated[
        str,
        _about("names", "a domain", "Domain of a login or recipient without one."),
    ] = "fakemail.test"

    dialect: Annotated[
        str,
        _about(
            "dialects",
            "a name (fakemail dialect list), name@year, or a file",
            "How the server speaks: qq, qq@2017, ./ours.toml.",
        ),
    ] = GENERIC.name
    provider: Annotated[
        tuple[str, ...],
        _about(
            "dialects",
            "names of dialects that have host names, name@year, or files",
            "Be this provider too (repeat for several): on a loopback address of its own, with its"
            " host names in the certificate. `fakemail hosts` prints the lines for the hosts file.",
        ),
    ] = ()
    listener_dialect: Annotated[
        tuple[str, ...],
        _about(
            "dialects",
            "LISTENER=DIALECT with a listener of " + " ".join(MAIL_LISTENERS),
            "How one listener speaks: submission=qq (repeat for several).",
        ),
    ] = ()
    rule: Annotated[
        tuple[str, ...],
        _about(
            "dialects",
            "NAME, NAME=VALUE or no-NAME of a rule (docs/dialects.md)",
            "Set a rule of conduct on top of any dialect: id_before_select, greeting_delay=2,"
            " no-auth_before_tls (repeat for several).",
        ),
    ] = ()
    fault: Annotated[
        tuple[str, ...],
        _about(
            "faults",
            "PROTOCOL MOMENT [WHICH] [FOR WHOM] WHAT (docs/faults.md)",
            'Let something go wrong, counted: "smtp rcpt first=2 refuse=smtp.rate-limited",'
            ' "imap fetch nth=3 close" (repeat for several; in a variable, between semicolons).',
        ),
    ] = ()

    max_connections: Annotated[
        int,
        _about("limits", "a number from 1", "Connections at a time; more are refused.", ge=1),
    ] = 5000
    message_size: Annotated[
        int,
        _about("limits", "a number of octets from 1", "Largest message in octets.", ge=1),
    ] = 50 * 1024 * 1024
    max_recipients: Annotated[
        int,
        _about("limits", "a number from 1", "Recipients of one message.", ge=1),
    ] = 1000
    smtp_timeout: Annotated[float, _seconds("Seconds without a command in SMTP.")] = 300.0
    pop3_timeout: Annotated[float, _seconds("Seconds without a command in POP3.")] = 600.0
    imap_timeout: Annotated[float, _seconds("Seconds without a command in IMAP.")] = 1800.0
    login_timeout: Annotated[float, _seconds("The same before login in POP3 and IMAP.")] = 180.0

    fsync: Annotated[
        bool,
        _about("machine", "true or false", "Survive power loss, not only kill -9: slower."),
    ] = False
    uvloop: Annotated[
        bool,
        _about("machine", "true or false", "Use uvloop where it is installed."),
    ] = True
    verbose: Annotated[
        bool,
        _about("machine", "true or false", "Show every session on standard error as it goes on."),
    ] = False

    def __repr__(self) -> str:
        """Without the values: one of them is a secret."""
        return f"<Settings of {self.data!r}>"

    @property
    def fixed_ports(self) -> dict[str, int]:
        """Listener name to the number that was asked for."""
        values = {key: getattr(self, key.replace("-", "_")) for key in PORT_KEYS}
        return {key.removesuffix("-port"): n for key, n in values.items() if n is not None}

    @property
    def folder(self) -> Path:
        """The data folder."""
        return Path(self.data)
