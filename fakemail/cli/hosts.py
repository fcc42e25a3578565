"""``fakemail hosts``: the lines of the hosts file that send providers' host names to fakemail."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fakemail.cli import complete
from fakemail.cli.folder import json_option
from fakemail.config import NoDialect, dialect_named

if TYPE_CHECKING:
    from fakemail.services.providers import Provider

BEGIN = b"# fakemail: begin (fakemail hosts --remove FILE takes this block out)"
END = b"# fakemail: end"
_BEGINS = b"# fakemail: begin"


@click.command(
    "hosts",
    epilog="""\b
Examples:
  fakemail hosts qq 163 gmail                          print the lines
  sudo fakemail hosts qq 163 --write /etc/hosts        put them there, in place of earlier ones
  sudo fakemail hosts --remove /etc/hosts              take them out again
  fakemail serve --ports standard --provider qq,163    the server that they lead to
""",
)
@click.argument(
    "providers",
    nargs=-1,
    metavar="[PROVIDER]...",
    shell_complete=complete.of(complete.dialects),
)
@click.option(
    "--write",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    metavar="FILE",
    help="Put the lines into this hosts file, as one marked block.",
)
@click.option(
    "--remove",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    metavar="FILE",
    help="Take the marked block out of this hosts file.",
)
@json_option
def command(
    providers: tuple[str, ...], write: Path | None, remove: Path | None, as_json: bool
) -> None:
    """Print the hosts-file lines that send the providers' host names to this machine.

    PROVIDER is the name of a dialect (fakemail dialect list), or a file of your own. Each has one
    address in 127.0.0.0/8, always the same, for all its host names; a server that was started with
    --provider listens there and speaks as that provider. Programs keep the settings that they have
    in production. No file is changed unless --write or --remove names it.
    """
    if remove:
        if providers or write:
            raise click.UsageError("--remove stands alone")
        changed = _put(remove, b"")
        click.echo(f"{remove}: {'the block is out' if changed else 'there was no block'}", err=True)
        return
    if not providers:
        raise click.UsageError("which providers? For example: fakemail hosts qq 163 gmail")
    found = _found(providers)
    if as_json:
        objects = [
            {"dialect": each.dialect.name, "address": each.address, "hosts": list(each.hosts)}
            for each in found
        ]
        click.echo(json.dumps(objects))
    else:
        for line in lines(found):
            click.echo(line)
    if write:
        block = "\n".join(lines(found)).encode()
        changed = _put(write, b"\n".join((BEGIN, block, END)))
        click.echo(f"{write}: {'written' if changed else 'has these lines already'}", err=True)


def lines(found: Iterable[Provider]) -> list[str]:
    """One line for each provider; what else its address takes as a comment."""
    rows = [f"{each.address:15} {' '.join(each.hosts)}" for each in found]
    if sys.platform == "darwin":  # whose loopback interface has one address
        rows += [f"# sudo ifconfig lo0 alias {each.address} up" for each in found]
    return rows


def _found(names: tuple[str, ...]) -> tuple[Provider, ...]:
    from fakemail.dialects.load import DialectError
    from fakemail.services.providers import impersonated

    try:
        wanted = [each for name in names for each in name.split(",") if each]
        return impersonated([dialect_named(each) for each in wanted])
    except (NoDialect, DialectError) as error:
        raise click.ClickException(str(error)) from None


def _put(file: Path, block: bytes) -> bool:
    """Put `block` where the earlier one is, else at the end; whether that changed anything.

    Written in place: a hosts file may be mounted, linked, and owned by somebody else.
    """
    before = file.read_bytes()
    newline = b"\r\n" if b"\r\n" in before else b"\n"
    kept: list[bytes] = []
    inside = False
    where: int | None = None
    for line in before.splitlines():
        if line.startswith(_BEGINS):
            inside, where = True, len(kept) if where is None else where
        elif inside:
            inside = not line.startswith(END)
        else:
            kept.append(line)
    if inside:
        raise click.ClickException(f"{file}: the block of fakemail has no end; mend it by hand")
    if block:
        at = len(kept) if where is None else where
        kept[at:at] = block.splitlines()
    elif where is None:
        return False
    after = newline.join((*kept, b"")) if kept else b""
    if after == before:
        return False
    with file.open("r+b") as stream:
        stream.write(after)
        stream.truncate()
    return True
