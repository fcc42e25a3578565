"""Floor 6, faces: the words people type.

A command is imported when it is asked for, so that `fakemail serve` pays for nothing else.
"""

from __future__ import annotations

import importlib
import io
import sys
from collections.abc import Sequence

import click

from fakemail import __version__

COMMANDS = {
    "serve": "Run the mail server.",
    "ready": "Tell, or wait, whether the server is ready.",
    "account": "List, add and remove accounts.",
    "code": "Issue, list and revoke authorization codes.",
    "inbox": "List the messages that have come.",
    "show": "Show one message.",
    "wait": "Wait until a message is there.",
    "deliver": "Put messages into mailboxes.",
    "import": "Take over mbox files, Maildirs and .eml files.",
    "export": "Write messages into files.",
    "reset": "Remove messages.",
    "sessions": "Show what clients and server said to each other.",
    "tail": "Show what they say to each other from now on.",
    "explain": "Tell why something was refused, and what to change.",
    "replay": "Play a saved conversation again, and show what differs.",
    "fault": "Let something go wrong, counted.",
    "dialect": "List the mail providers it can be, and what is known of them.",
    "hosts": "Print the hosts-file lines that send providers' names here.",
    "certs": "Write the certificates; how clients are told to trust them.",
    "path": "Print where an address's mail is kept.",
    "completion": "Print the shell completion script.",
}
"""Name, and what it is for; each lives in ``fakemail/cli/<name>.py`` as ``command``."""

_MODULES = {"import": "import_"}
"""Where the name is a word of Python's own."""


class Commands(click.Group):
    """Finds subcommands by module."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which people need them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Imports it."""
        if name not in COMMANDS:
            return None
        found = importlib.import_module(f"fakemail.cli.{_MODULES.get(name, name)}").command
        assert isinstance(found, click.Command)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """A word that is almost a command is answered with that command."""
        if args[0] not in COMMANDS:
            from fakemail.wire.nearest import nearest

            if meant := nearest(args[0], COMMANDS, likeness=0.6):
                ctx.fail(f"No such command '{args[0]}'. Did you mean '{meant}'?")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """From the table, so that help imports no command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Start here:
  fakemail serve                      a mail server on the standard ports, or the test ports
  fakemail serve -v                   the same, showing every session as it goes on
  fakemail serve --ports ephemeral --ready-file ready.json &
  fakemail ready --wait               continues when all ports are open
  fakemail sessions last              what was said in the last session, and why it failed
  fakemail certs                      how other programs are told to trust the TLS certificate
""",
)
@click.version_option(
    __version__, "-V", "--version", prog_name="fakemail", message="%(prog)s %(version)s"
)
def cli() -> None:
    """A local SMTP, POP3 and IMAP server for people who write software that sends or reads mail."""


def main(arguments: Sequence[str] | None = None) -> None:
    """The program; exits with 0, 1 (could not do it) or 2 (not understood)."""
    words = list(arguments) if arguments is not None else sys.argv[1:]
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal in Latin-1 has no 授权码
    try:
        cli.main(args=words, prog_name="fakemail")
    except OSError as error:
        click.echo(f"Error: {error.filename or 'system'}: {error.strerror or error}", err=True)
        sys.exit(1)
