"""``fakemail show``: one message."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from fakemail.cli.folder import data_option, json_option
from fakemail.cli.mailbag import ANY, Found, account_of, messages, named, opened
from fakemail.message.content import content
from fakemail.message.part import parse
from fakemail.transcript.text import printable

SHOWN = (b"From", b"To", b"Cc", b"Subject", b"Date")


@click.command(
    "show",
    epilog="""\b
Examples:
  fakemail show                           the newest message, as a person reads it
  fakemail show 1f9c04d8                  the one that fakemail inbox lists so
  fakemail show --raw > message.eml       octet for octet
  fakemail show last --to alice@fakemail.test --json | jq -r .text
""",
)
@click.argument("which", default="last", metavar="[ID | last]")
@click.option("--to", metavar="ADDRESS", help="Of this account only.")
@click.option("--raw", is_flag=True, help="The octets of the message, and nothing else.")
@data_option
@json_option
def command(which: str, to: str | None, raw: bool, data: Path | None, as_json: bool) -> None:
    """Show a message: the newest, or the one with this ID, of which the beginning is enough."""
    with opened(data) as (found, store):
        owner = account_of(found, to) if to else None
        chosen = named(messages(store, owner, ANY), which)
        octets = chosen.octets()
        if raw:
            sys.stdout.flush()
            sys.stdout.buffer.write(octets)
        elif as_json:
            click.echo(json.dumps(_as_object(chosen, octets)))
        else:
            click.echo(_as_text(chosen, octets), nl=False)


def _as_object(chosen: Found, octets: bytes) -> dict[str, object]:
    seen = content(parse(octets))
    return {
        **chosen.as_object(),
        "text": seen.text,
        "html": seen.html,
        "attachments": [
            {"name": leaf.file_name, "type": leaf.media, "size": len(leaf.octets)}
            for leaf in (*seen.inline, *seen.attachments)
        ],
    }


def _as_text(chosen: Found, octets: bytes) -> str:
    """Header, text (the HTML where there is no text), and what is attached."""
    seen = content(parse(octets))
    lines = [f"{chosen.id}  {chosen.address}  {chosen.mailbox.name}"]
    fields = [(name, chosen.field(name.lower())) for name in SHOWN]
    lines += [f"{name.decode()}: {value}" for name, value in fields if value]
    lines.append("")
    body = (seen.text or seen.html).splitlines()
    lines += [printable(line.encode("utf-8", "surrogateescape")) for line in body]
    files = (*seen.inline, *seen.attachments)
    if files:
        lines.append("")
    lines += [f"[{f.file_name or '-'}  {f.media}  {len(f.octets)} octets]" for f in files]
    return "\n".join(lines) + "\n"
