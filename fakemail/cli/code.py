"""``fakemail code``: the authorization codes of an account."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from fakemail.accounts.address import NotAnAddress
from fakemail.accounts.codes import SERVICES, Code, Service, fault_of
from fakemail.accounts.moments import moment, told
from fakemail.cli.folder import data_option, editing, json_option, roster, settings
from fakemail.cli.provider_of import Custom, custom_of
from fakemail.clock import SystemClock


def _secret(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """A code that a client is able to send; refused without repeating it."""
    fault = None if value is None else fault_of(value)
    if fault:
        raise click.BadParameter(f"a code must not be {fault}")
    return value


def _moment(ctx: click.Context, param: click.Parameter, value: str | None) -> float | None:
    """``2027-03-01``, ``2027-03-01T09:00Z`` or ``30d`` as seconds since 1970; UTC unless a zone is
    given."""
    if value is None:
        return None
    try:
        return moment(value, SystemClock().time())
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def code_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """What can be said of a new code."""
    for option in (
        click.option(
            "--scope",
            multiple=True,
            type=click.Choice(SERVICES),
            help="A protocol that the code opens. Repeatable. Default: all.",
        ),
        click.option(
            "--expires",
            callback=_moment,
            metavar="WHEN",
            help="2027-03-01, 2027-03-01T09:00Z, 30d.",
        ),
        click.option("--label", help="What the code is for: laptop."),
        click.option("--code", callback=_secret, help="The code itself. Made if not given."),
    ):
        function = option(function)
    return function


@click.group(
    "code",
    epilog="""\b
Examples:
  fakemail code issue alice@fakemail.test --label phone --scope imap --expires 30d
  fakemail code list alice@fakemail.test --show
  fakemail code revoke alice@fakemail.test phone
""",
)
def command() -> None:
    """Issue, list and revoke authorization codes (授权码, app passwords).

    Mail programs log in with a code where they ask for a password.
    """


@command.command("issue")
@click.argument("address")
@code_options
@data_option
@json_option
def issue(
    address: str,
    code: str | None,
    label: str | None,
    expires: float | None,
    scope: Sequence[Service],
    data: Path | None,
    as_json: bool,
) -> None:
    """Issue a code to an account, and show it."""
    now = SystemClock().time()
    found = settings(data)
    with editing(found) as file:
        custom = custom_of(file.main_address(address), found)
        made = make_code(code, label or file.next_label(address), expires, scope, now, custom)
        file.issue(address, made)
    if as_json:
        click.echo(json.dumps(as_object(made, now, show=True)))
    else:
        click.echo(f"label  {made.label}")
        click.echo(f"code   {'(as given)' if code else custom.shape.shown(made.secret)}")


@command.command("list")
@click.argument("address")
@click.option("--show", is_flag=True, help="With the codes themselves.")
@data_option
@json_option
def list_(address: str, show: bool, data: Path | None, as_json: bool) -> None:
    """List the codes of an account."""
    try:
        _, account = roster(settings(data)).resolve(address)
    except NotAnAddress as error:
        raise click.ClickException(f"{address!r} is not an address: {error}") from None
    if account is None:
        raise click.ClickException(f"there is no account {address}")
    now = SystemClock().time()
    if as_json:
        click.echo(json.dumps([as_object(code, now, show) for code in account.codes]))
        return
    for code in account.codes:
        parts = [code.label, code.state(now), "+".join(code.scopes)]
        parts += [f"until {told(code.expires)}"] if code.expires is not None else []
        parts += [code.secret] if show else []
        click.echo("  ".join(parts))
    if not account.codes:
        click.echo(f"{account.address} has no codes", err=True)


@command.command("revoke", short_help="Revoke a code; it is refused from now on.")
@click.argument("address")
@click.argument("label")
@data_option
@json_option
def revoke(address: str, label: str, data: Path | None, as_json: bool) -> None:
    """Revoke the code with this label; it is refused from now on, as revoked."""
    with editing(settings(data)) as file:
        file.revoke(address, label, SystemClock().time())
    click.echo(json.dumps({"label": label, "state": "revoked"}) if as_json else f"revoked {label}")


def make_code(
    given: str | None,
    label: str,
    expires: float | None,
    scope: Sequence[Service],
    now: float,
    custom: Custom,
) -> Code:
    """A code as asked for, or a new one in the shape that is usual at the account's provider."""
    secret = given or custom.shape.make()
    if given and (doubt := custom.doubt(given)):
        click.echo(f"Note: {doubt}", err=True)
    scopes = tuple(s for s in SERVICES if s in scope) if scope else SERVICES
    return Code(label, secret, created=float(int(now)), expires=expires, scopes=scopes)


def as_object(code: Code, now: float, show: bool) -> dict[str, object]:
    """A code for programs; the secret only if asked for."""
    found: dict[str, object] = {
        "label": code.label,
        "state": code.state(now),
        "scopes": list(code.scopes),
        "created": code.created and told(code.created),
        "expires": code.expires and told(code.expires),
    }
    if show:
        found["code"] = code.secret
    return found


def plural(count: int, word: str) -> str:
    """``1 code``, ``2 codes``."""
    return f"{count} {word}{'' if count == 1 else 's'}"
