"""``fakemail replay``: a saved conversation as a test."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

import click

from fakemail.accounts.account import Account
from fakemail.accounts.file import AccountsFileError
from fakemail.accounts.file import parse as parse_accounts
from fakemail.config import SettingsError
from fakemail.services.replay import (
    listener,
    made_up_secrets,
    new_server,
    play,
    stage,
)
from fakemail.transcript.parse import NotAConversation, parse
from fakemail.transcript.read import Record
from fakemail.transcript.replay import Replay
from fakemail.transcript.replay_secrets import NoSecret, Secrets
from fakemail.transcript.text import heading

_SIGNS = {" ": "  S: ", "-": "- S: ", "+": "+ S: "}
_COLOURS = {" ": None, "-": "red", "+": "green"}


@click.command(
    "replay",
    epilog="""\b
Examples:
  fakemail sessions 7 >bug.txt
  fakemail replay bug.txt                    on a new server, in the dialect of the transcript
  fakemail replay bug.txt --dialect qq@2017  what another one would have said
  fakemail replay bug.txt --port 3587        on a server that runs already
  fakemail replay bug.txt --port 587 --host mail.example --secret me@example.com=CODE
""",
)
@click.argument("file", type=click.File("r", encoding="utf-8", errors="surrogateescape"))
@click.option("--port", type=click.IntRange(1, 65535), help="Of a server that runs already.")
@click.option("--host", default="localhost", show_default=True, help="The machine it runs on.")
@click.option("--dialect", metavar="NAME", help="Of the new server, in place of the transcript's.")
@click.option(
    "--secret",
    "secrets",
    multiple=True,
    metavar="USER=SECRET",
    help="What a user logs in with, where the transcript hides it. Repeatable.",
)
@click.option(
    "--data",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="Data folder of the server that runs: its accounts file has the secrets.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0.1),
    default=5.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait for the server.",
)
@click.option("--show", is_flag=True, help="Show the whole conversation as it went this time.")
def command(
    file: TextIO,
    port: int | None,
    host: str,
    dialect: str | None,
    secrets: Sequence[str],
    data: Path | None,
    timeout: float,
    show: bool,
) -> None:
    """Play a saved conversation again, and show what differs.

    FILE (- for standard input) is a transcript as `fakemail sessions` prints it, or a script like
    that: … stands for anything, $name for a word that is the same from then on. Dates, sizes and
    identifiers may differ. Exit code 1: something else does.
    """
    records = _records(file.read())
    known = _told(secrets, data)
    if port is not None:
        found = [_play(r, (host, port), known or (lambda user, slug: None), timeout)
                 for r in records]  # fmt: skip
    else:
        made = stage(records)
        made.dialect = dialect or made.dialect
        try:
            with new_server(made) as ports:
                found = [
                    _play(r, ("127.0.0.1", ports[listener(r)]), known or made_up_secrets, timeout)
                    for r in records
                ]
        except SettingsError as error:
            raise click.ClickException(str(error)) from None
    for record, replay in zip(records, found, strict=True):
        click.echo("\n".join(_report(record, replay, show)))
    different = sum(not replay.fits for replay in found)
    count = len(found)
    click.echo(f"{count} replayed, {different} different", err=True)
    sys.exit(1 if different else 0)


def _records(text: str) -> list[Record]:
    try:
        records = parse(text, strict=True)
    except NotAConversation as error:
        raise click.ClickException(str(error)) from None
    records = [record for record in records if record.protocol != "?"]
    if not records:
        raise click.ClickException("there is no conversation in it")
    return records


def _play(record: Record, address: tuple[str, int], secrets: Secrets, timeout: float) -> Replay:
    try:
        return play(record, address, secrets, timeout=timeout)
    except NoSecret as error:
        raise click.ClickException(
            f"{error}; tell it with --secret {error.user or 'USER'}=SECRET, or --data"
        ) from None
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        host, port = address
        raise click.ClickException(f"{host} port {port}: {error.strerror or error}") from None


def _told(words: Sequence[str], data: Path | None) -> Secrets | None:
    """Secrets by --secret and from an accounts file; None where neither was given."""
    if not words and data is None:
        return None
    given = {}
    for word in words:
        user, equals, secret = word.partition("=")
        if not equals:
            raise click.BadParameter("give USER=SECRET", param_hint="--secret")
        given[user.lower()] = secret
    accounts = _accounts(data) if data is not None else {}

    def secret_of(user: str, slug: str) -> str | None:
        if user.lower() in given:
            return given[user.lower()]
        account = accounts.get(user.lower())
        return None if account is None else _secret_for(account, slug)

    return secret_of


def _secret_for(account: Account, slug: str) -> str | None:
    if slug == "auth.password-not-code":
        return account.password or None
    if slug == "auth.wrong-code":
        return "none of its codes"
    wanted = {"auth.code-expired": "expired", "auth.code-revoked": "revoked"}.get(slug, "valid")
    codes = [code for code in account.codes if code.state(0.0) == wanted] or account.codes
    return codes[0].secret if codes else None


def _accounts(data: Path) -> dict[str, Account]:
    path = data / "accounts.toml"
    try:
        roster = parse_accounts(path.read_bytes(), str(path), "fakemail.test")
    except (OSError, AccountsFileError) as error:
        raise click.ClickException(f"{path}: {getattr(error, 'strerror', None) or error}") from None
    return {address: account for account in roster.accounts for address in account.addresses}


def _report(record: Record, replay: Replay, show: bool) -> Iterator[str]:
    """The heading, and what differs, each with the client's lines before it; or everything, as a
    transcript."""
    different = sum(not turn.fits for turn in replay.turns)
    yield heading(record)
    yield f"  # {f'{different} different' if different else 'as recorded'}"
    for turn in replay.turns:
        if turn.fits and not show:
            continue
        if turn.mark:
            yield f"  *  {turn.mark}"
        yield from (f"  C: {line}" for line in turn.sent)
        for sign, line in turn.lines:
            yield click.style(_SIGNS[sign] + line, fg=_COLOURS[sign])
        if turn.note:
            yield f"  *  {turn.note}"
