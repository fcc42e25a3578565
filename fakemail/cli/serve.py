"""``fakemail serve``: run the server until a signal says stop."""

from __future__ import annotations

import gc
import logging
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from fakemail.cli import complete
from fakemail.config import Field, SettingsError, fields, load, misspelt

if TYPE_CHECKING:
    from fakemail.services.ready import Ready

EPILOG = """\b
Examples:
  fakemail serve                                  standard ports if they can be had, else test ports
  fakemail serve --ports test                     3025 3587 3465 5525 3110 3995 3143 3993
  fakemail serve --ports ephemeral --ready-file r.json    free ports; r.json says which
  fakemail serve --ports test --imap-port 1143    one port of your own
  fakemail serve --listen 0.0.0.0 --tls-name mail.example   open to the network
  fakemail serve --accounts listed -v             strangers are refused; sessions shown live
  fakemail serve --dialect qq                     speak as QQ Mail does: its refusals, its rules
  fakemail serve --provider qq,163,gmail          be all three, each on an address of its own;
                                                  fakemail hosts qq 163 gmail leads programs there
  fakemail serve --dialect generic --rule id_before_select    one rule of 163's, nothing else

\b
Which dialect a session gets, the first that says anything: the loopback address of a --provider;
--listener-dialect; the TLS server name (smtp.163.com is 163), from the handshake on; --dialect.
A --rule stands on top of them all.

\b
Every flag can be set in the environment (--host-name: FAKEMAIL_HOST_NAME) and in the settings
file (host-name = "..."): a flag wins over the environment, the environment over the file; an empty
variable counts as not set.
Stop it with Ctrl-C or SIGTERM. Exit code 1: could not start; 2: a setting is wrong.
"""

_GROUPS = {
    "ports": "Ports",
    "files": "Files",
    "names": "Names and accounts",
    "dialects": "Dialects: how the server speaks",
    "faults": "Faults: what goes wrong, and when",
    "limits": "Limits",
    "machine": "Machine",
}


_METAVARS = {
    "data": "FOLDER",
    "dialect": "NAME",
    "domain": "DOMAIN",
    "fault": "SENTENCE",
    "file": "FILE",
    "listen": "ADDRESS",
    "name": "NAME",
    "listener-dialect": "LISTENER=NAME",
    "port": "PORT",
    "provider": "NAME",
    "rule": "RULE[=VALUE]",
    "size": "OCTETS",
    "timeout": "SECONDS",
    "token": "TOKEN",
}
"""What stands behind a flag, by the setting or by its last word."""

_VALUES = {
    "dialect": complete.dialects,
    "provider": complete.dialects,
    "rule": complete.rules,
}
"""What the shell may offer behind a flag."""


class _Grouped(click.Command):
    """Options under headings."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One section for each group of settings."""
        groups = {f.key.replace("-", "_"): f.group for f in fields()} | {"config": "files"}
        for group, heading in _GROUPS.items():
            rows = [
                row
                for param in self.get_params(ctx)
                if groups.get(param.name or "", "machine") == group
                and (row := param.get_help_record(ctx))
            ]
            with formatter.section(heading):
                formatter.write_dl(rows)


def _with_settings(function: Callable[..., None]) -> Callable[..., None]:
    for field in reversed(list(fields())):
        function = _option(field)(function)
    return function


def _option(field: Field) -> Callable[[Callable[..., None]], Callable[..., None]]:
    text = field.help
    if field.default not in (None, "", (), False):
        default = "yes" if field.default is True else f"{field.default}"
        text = f"{text}  [default: {default.removesuffix('.0')}]"
    if isinstance(field.default, bool):
        names = f"--{field.key}/--no-{field.key}"
        switches = ("-v", names) if field.key == "verbose" else (names,)
        return click.option(*switches, default=None, help=text)
    more: dict[str, Any] = {"multiple": True} if field.is_list else {"default": None}
    known = (key for key in (field.key, field.key.rpartition("-")[2]) if key in _METAVARS)
    metavar = "|".join(field.choices) or _METAVARS.get(next(known, ""), "NUMBER")
    if field.key in _VALUES:
        more["shell_complete"] = complete.of(_VALUES[field.key])
    elif field.choices:
        more["shell_complete"] = complete.of(lambda: field.choices)
    return click.option(f"--{field.key}", metavar=metavar, help=text, **more)


@click.command("serve", cls=_Grouped, epilog=EPILOG, context_settings={"max_content_width": 100})
@click.option(
    "--config", metavar="FILE", help="Settings file. Default: fakemail.toml in the data folder."
)
@_with_settings
def command(config: str | None, **given: object) -> None:
    """Run the mail server: SMTP, POP3 and IMAP on every documented port.

    Needs no configuration and no root. Mail for any address is taken and kept in Maildir folders;
    nothing ever leaves this machine.
    """
    gc.disable()  # nothing is garbage yet; looking for it only slows the start
    flags = {k.replace("_", "-"): v for k, v in given.items() if v is not None and v != ()}
    from fakemail.services.server import Server

    try:
        settings = load(flags, os.environ, config)
        server = Server(settings)
    except SettingsError as error:
        _fail(2, str(error))
    for name, meant in misspelt(os.environ):
        said = f"environment variable {name} is no setting; did you mean {meant}?"
        click.echo(f"fakemail: {said}", err=True)
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(levelname)s: %(message)s"
    )

    from fakemail.accounts.file import AccountsFileError
    from fakemail.cli.banner import Banner
    from fakemail.services.files import Unusable
    from fakemail.services.lock import FolderInUse
    from fakemail.services.sockets import CannotListen

    try:
        server.prepare()
    except (CannotListen, Unusable, FolderInUse, AccountsFileError) as error:
        _fail(1, str(error))

    from fakemail.services.daemon import run

    banner = Banner(server, sys.stdout)
    if settings.verbose:
        banner.show_sessions(sys.stderr)
    sys.exit(run(server, _then_collect(banner.announce)))


def _then_collect(announce: Callable[[Ready], None]) -> Callable[[Ready], None]:
    """Announce, then let the collector work, but not on what stays anyway."""

    def announced(ready: Ready) -> None:
        announce(ready)
        gc.freeze()
        gc.enable()

    return announced


def _fail(code: int, message: str) -> None:
    click.echo(f"fakemail: {message}", err=True)
    sys.exit(code)
