"""The data folder as the commands over it find it: ``--data`` and whatever else decides."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fakemail.accounts.directory import FILE_NAME, Directory
from fakemail.accounts.file import AccountsFileError
from fakemail.accounts.roster import Roster
from fakemail.clock import SystemClock
from fakemail.config import Settings, SettingsError, load

if TYPE_CHECKING:
    from fakemail.accounts.edit import AccountsFile


def data_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """``--data``, the same for every command."""
    return click.option(
        "--data",
        type=click.Path(path_type=Path, file_okay=False),
        envvar="FAKEMAIL_DATA",
        show_envvar=True,
        help="Data folder of the server. Default: $XDG_STATE_HOME/fakemail.",
    )(function)


def json_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """``--json``, the same for every command."""
    return click.option("--json", "as_json", is_flag=True, help="For programs.")(function)


def settings(data: Path | None) -> Settings:
    """The settings that a server over this folder would have, its own flags apart."""
    try:
        return load({"data": str(data)} if data else {}, os.environ)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None


def roster(found: Settings) -> Roster:
    """The accounts as they are now."""
    return directory(found).roster()


def directory(found: Settings) -> Directory:
    """The directory that a server would have, open to all addresses."""
    try:
        return Directory(
            found.folder / FILE_NAME, SystemClock(), default_domain=found.default_domain
        )
    except AccountsFileError as error:
        raise click.ClickException(str(error)) from None


@contextmanager
def editing(found: Settings) -> Iterator[AccountsFile]:
    """The accounts file, to be changed inside the block; errors become the command's."""
    from fakemail.accounts import edit

    try:
        with edit.editing(found.folder / FILE_NAME, found.default_domain) as file:
            yield file
    except (AccountsFileError, edit.EditError) as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"{error.filename or found.folder}: {error.strerror}") from None
