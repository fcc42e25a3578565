"""``fakemail deliver``: put messages into mailboxes, as if they had come."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from email.utils import getaddresses
from pathlib import Path

import click

from fakemail.cli.folder import data_option, json_option, settings
from fakemail.cli.mailbag import account_of, mailbox_option, store_of
from fakemail.message.encoded_word import decode_words
from fakemail.message.header import header_of, unfold
from fakemail.web.mail import id_of

_LINE_END = re.compile(rb"\r?\n")


@click.command(
    "deliver",
    epilog="""\b
Examples:
  fakemail deliver welcome.eml --to alice@fakemail.test
  fakemail deliver *.eml                          to whom To, Cc and Bcc name
  printf 'Subject: hi\\n\\nhello\\n' | fakemail deliver - --to bob@fakemail.test --flag '\\Seen'
""",
)
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
)
@click.option("--to", multiple=True, metavar="ADDRESS", help="Whose mailbox; repeat for several.")
@mailbox_option("INBOX", "Into which mailbox.")
@click.option("--flag", multiple=True, metavar="FLAG", help=r"\Seen, \Flagged, or any keyword.")
@data_option
@json_option
def command(
    files: Sequence[Path],
    to: Sequence[str],
    mailbox: str,
    flag: Sequence[str],
    data: Path | None,
    as_json: bool,
) -> None:
    """Put messages into mailboxes; - is standard input. Needs no running server.

    Nothing is put in front of them, as a server would. Line ends become those of the wire.
    """
    found = settings(data)
    with store_of(found, must_exist=False) as store:
        for file in files:
            octets = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
            octets = _LINE_END.sub(b"\r\n", octets)
            names = list(to) or _named_in(octets)
            if not names:
                raise click.ClickException(f"{file} names nobody in To, Cc or Bcc: use --to")
            addresses = list(dict.fromkeys(account_of(found, name) for name in names))
            delivery = store.delivery()
            delivery.write(octets)
            homes = [store.home(address) for address in addresses]
            placed = delivery.commit(homes, b"", mailbox, flag, uid_wanted=True)
            for address, (box, uid) in zip(addresses, placed, strict=True):
                message = None if uid is None else box.get(uid)
                id_ = id_of(box, message) if message is not None else None
                if as_json:
                    told = {"file": str(file), "account": address, "mailbox": box.name, "id": id_}
                    click.echo(json.dumps(told))
                else:
                    click.echo(f"{file}: {address} {box.name}")


def _named_in(octets: bytes) -> list[str]:
    header = header_of(octets)
    values = [header.get(name) for name in (b"to", b"cc", b"bcc")]
    texts = [decode_words(unfold(value)) for value in values if value is not None]
    return [address for _, address in getaddresses(texts) if address]
