"""``fakemail path``: where an address's mail is kept."""

from __future__ import annotations

from pathlib import Path

import click

from fakemail.cli.folder import data_option, directory, settings
from fakemail.postoffice import MAIL_FOLDER
from fakemail.reasons.reason import Refusal
from fakemail.store.paths import path_of


@click.command("path")
@click.argument("address")
@data_option
def command(address: str, data: Path | None) -> None:
    """Print the Maildir in which the mail of an address is kept, there already or not.

    \b
    mutt -f "$(fakemail path alice@fakemail.test)"
    """
    found = settings(data)
    try:
        mailbox = directory(found).recipient(address)
    except Refusal as refusal:
        detail = str(refusal.facts["detail"]).removeprefix("not an address: ")
        why = f"not an address: {detail}" if address else "the address is empty"
        raise click.ClickException(why) from None
    click.echo(path_of(found.folder / MAIL_FOLDER, mailbox))
