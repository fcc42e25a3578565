"""``fakemail inbox``: what has come."""

from __future__ import annotations

import json
from pathlib import Path

import click

from fakemail.cli.folder import data_option, json_option
from fakemail.cli.mailbag import ANY, account_of, mailbox_option, messages, opened, table


@click.command(
    "inbox",
    epilog="""\b
Examples:
  fakemail inbox                          the last 20 messages of all accounts
  fakemail inbox alice@fakemail.test      hers
  fakemail inbox --mailbox '*' --json | jq -r .subject
""",
)
@click.argument("address", required=False)
@mailbox_option("INBOX", "Which mailbox; * for all.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="At most.")
@data_option
@json_option
def command(
    address: str | None, mailbox: str, limit: int, data: Path | None, as_json: bool
) -> None:
    """List messages, the newest last. Needs no running server."""
    with opened(data) as (found, store):
        owner = account_of(found, address) if address else None
        every = messages(store, owner, mailbox)
        shown = every[-limit:]
        if as_json:
            for each in shown:
                click.echo(json.dumps(each.as_object()))
        elif shown:
            click.echo(table(shown), nl=False)
        if len(every) > len(shown):
            click.echo(f"{len(every) - len(shown)} older ones: --limit {len(every)}", err=True)
        if not every:
            where = "any mailbox" if mailbox == ANY else mailbox
            whose = f" for {owner}" if owner else ""
            click.echo(f"no messages{whose} in {where}, in {found.folder}", err=True)
