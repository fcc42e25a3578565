"""``fakemail export``: mail as files that other programs read."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from fakemail.cli.folder import data_option, json_option
from fakemail.cli.mailbag import ANY, SHORT, Found, account_of, mailbox_option, messages, opened
from fakemail.message.header import header_of
from fakemail.store.errors import MessageGone
from fakemail.store.foreign import place_of, quoted


@click.command(
    "export",
    epilog="""\b
Examples:
  fakemail export saved/                          saved/alice@fakemail.test/INBOX/0001-1f9c04d8.eml
  fakemail export saved/ alice@fakemail.test      hers
  fakemail export all.mbox --mbox                 one file, in order of arrival
""",
)
@click.argument("target", type=click.Path(path_type=Path))
@click.argument("addresses", nargs=-1)
@mailbox_option(ANY, "Which mailbox; * for all.")
@click.option(
    "--mbox", is_flag=True, help="Into one mbox file, in place of a folder of .eml files."
)
@data_option
@json_option
def command(
    target: Path,
    addresses: Sequence[str],
    mailbox: str,
    mbox: bool,
    data: Path | None,
    as_json: bool,
) -> None:
    """Write messages into a folder, as ADDRESS/MAILBOX/NUMBER-ID.eml, or into one mbox file.

    The folder is what `fakemail import` takes, and GreenMail. Octets are as they came; files carry
    the date of arrival. In an mbox, line ends are LF and lines that begin with From are quoted.
    """
    with opened(data) as (found, store):
        owners: list[str | None] = [account_of(found, address) for address in addresses]
        chosen = [each for owner in owners or [None] for each in messages(store, owner, mailbox)]
        if mbox:
            with target.open("xb") as file:
                for each in chosen:
                    file.write(_of_mbox(each))
        else:
            _write(target, chosen)
    counts = Counter((each.address, each.mailbox.name) for each in chosen)
    for (address, name), count in counts.items():
        if as_json:
            click.echo(json.dumps({"account": address, "mailbox": name, "messages": count}))
        else:
            click.echo(f"{count} of {name} of {address}")
    if not chosen:
        click.echo("no messages", err=True)


def _write(target: Path, chosen: Sequence[Found]) -> None:
    numbers: Counter[Path] = Counter()
    for each in chosen:
        folder = target / place_of(each.address, each.mailbox.name)
        folder.mkdir(parents=True, exist_ok=True)
        numbers[folder] += 1
        path = folder / f"{numbers[folder]:04d}-{each.id[:SHORT]}.eml"
        try:
            octets = each.octets()
        except MessageGone:
            continue
        path.write_bytes(octets)
        os.utime(path, (each.message.internal_date,) * 2)


def _of_mbox(each: Found) -> bytes:
    """RFC 4155: a line that says from whom and when, the message, an empty line."""
    try:
        octets = each.octets()
    except MessageGone:
        return b""
    sender = (header_of(octets).get(b"return-path") or b"").strip(b" \t<>") or b"MAILER-DAEMON"
    when = datetime.fromtimestamp(each.message.internal_date, UTC).strftime("%a %b %e %H:%M:%S %Y")
    body = quoted(octets.replace(b"\r\n", b"\n"))
    end = b"\n" if body.endswith(b"\n") else b"\n\n"
    return b"From " + sender.replace(b" ", b"") + b" " + when.encode() + b"\n" + body + end
