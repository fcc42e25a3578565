"""``fakemail tail``: what clients and server say to each other, as they say it."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from pathlib import Path

import click

from fakemail.cli.folder import data_option, json_option, settings
from fakemail.cli.sessions import colours, entry_object, follow_journal
from fakemail.transcript.entry import Conversation, Entry
from fakemail.transcript.journal import FILE_NAME
from fakemail.transcript.live import LiveView


@click.command(
    "tail",
    epilog="""\b
Examples:
  fakemail tail                        until Ctrl-C
  fakemail tail --protocol imap --times
  fakemail tail --json | jq 'select(.reason) | .reason.slug'
""",
)
@click.option("--protocol", type=click.Choice(["smtp", "pop3", "imap"]), help="Only this one's.")
@click.option("--times", is_flag=True, help="Each line with seconds since the session began.")
@data_option
@json_option
def command(protocol: str | None, times: bool, data: Path | None, as_json: bool) -> None:
    """Show what is said from now on, until interrupted; --json gives an object for each line.

    The same as `fakemail sessions --follow`.
    """
    view = _as_lines if as_json else LiveView(sys.stdout, colours(), times)
    with suppress(KeyboardInterrupt):
        follow_journal(settings(data).folder / FILE_NAME, view, protocol)


def _as_lines(session: Conversation, entry: Entry | None) -> None:
    said = {"ended": session.how} if entry is None else entry_object(entry)
    click.echo(json.dumps({"session": session.number, "protocol": session.protocol, **said}))
    sys.stdout.flush()
