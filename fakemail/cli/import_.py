"""``fakemail import``: take over mail that others have kept."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from fakemail.cli.folder import data_option, json_option, settings
from fakemail.cli.mailbag import account_of, store_of
from fakemail.store.foreign import Kept, addresses_in, read, size_of
from fakemail.store.home import Home
from fakemail.store.store import Store


@click.command(
    "import",
    epilog="""\b
Examples:
  fakemail import archive.mbox --to alice@fakemail.test
  fakemail import ~/Maildir --to alice@fakemail.test    her folders, flags and dates too
  fakemail import preload/          preload/alice@fakemail.test/INBOX/1.eml, as GreenMail has it
""",
)
@click.argument("sources", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--to", metavar="ADDRESS", help="Whose it becomes, where the place does not say so.")
@click.option("--mailbox", metavar="NAME", help="Into this mailbox, whatever it was in.")
@data_option
@json_option
def command(
    sources: Sequence[Path], to: str | None, mailbox: str | None, data: Path | None, as_json: bool
) -> None:
    """Import mbox files, Maildirs, .eml files and folders of them. Needs no running server.

    A folder whose folders are called by addresses says whose mail it is: ADDRESS/MAILBOX/*.eml.
    Everything else needs --to.
    """
    found = settings(data)
    owner = account_of(found, to) if to else None
    counts: Counter[tuple[str, str]] = Counter()
    with (
        store_of(found, must_exist=False) as store,
        _progress(sum(map(size_of, sources))) as advance,
    ):
        for source in sources:
            for name in addresses_in(source):
                store.home(account_of(found, name))
            for kept in read(source):
                address = account_of(found, kept.address) if kept.address else owner
                if address is None:
                    raise click.ClickException(_whose(kept.source))
                name = mailbox or kept.mailbox
                _put(store, store.home(address), name, kept)
                counts[address, name] += 1
                advance(kept.taken)
    for (address, name), count in counts.items():
        if as_json:
            click.echo(json.dumps({"account": address, "mailbox": name, "messages": count}))
        else:
            click.echo(f"{count} into {name} of {address}")
    if not counts:
        click.echo("no messages found", err=True)


def _whose(source: object) -> str:
    return (
        f"{source} does not say whose mailbox it was in: use --to ADDRESS"
        " (fakemail deliver goes by To and Cc)"
    )


@contextmanager
def _progress(octets: int) -> Iterator[Callable[[int], None]]:
    """A bar for people at a terminal; what is called with the octets that are done."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    with click.progressbar(length=octets, label="importing", file=sys.stderr) as bar:
        yield bar.update


def _put(store: Store, home: Home, mailbox: str, kept: Kept) -> None:
    if not home.selectable(mailbox):
        home.create(mailbox)
    delivery = store.delivery()
    delivery.write(kept.octets)
    delivery.commit([home], b"", mailbox, kept.flags, kept.date)
