"""``fakemail reset``: empty mailboxes, and limits that have counted nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click

from fakemail.cli.folder import data_option, json_option
from fakemail.cli.mailbag import account_of, boxes, opened
from fakemail.rates.notes import note


@click.command(
    "reset",
    epilog="""\b
Examples:
  fakemail reset --yes                            everybody's mail
  fakemail reset alice@fakemail.test bob@fakemail.test
""",
)
@click.argument("addresses", nargs=-1, metavar="[ADDRESS]...")
@click.option("--yes", is_flag=True, help="Do not ask, where it is everybody's mail.")
@data_option
@json_option
def command(addresses: Sequence[str], yes: bool, data: Path | None, as_json: bool) -> None:
    """Remove all messages, of these accounts or of all; mailboxes and accounts stay.

    Clients of a running server see them go. What it has counted (--rule messages_limit=20/15min) is
    forgotten too: of these accounts, or of all accounts and clients.
    """
    with opened(data) as (found, store):
        if not addresses and not yes:
            try:
                click.confirm(f"Remove all mail in {found.folder}?", abort=True, err=True)
            except click.Abort:
                raise click.ClickException("nothing was removed; --yes does not ask") from None
        removed = 0
        owners = [account_of(found, address) for address in addresses]
        note(found.folder, owners)
        for owner in owners or store.addresses():
            if store.path(owner).is_dir():
                for box in boxes(store, owner):
                    removed += len(box.expunge([message.uid for message in box.messages()]))
    click.echo(json.dumps({"removed": removed}) if as_json else f"{removed} messages removed")
