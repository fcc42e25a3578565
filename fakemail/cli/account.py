"""``fakemail account``: who may log in, and receives mail in a mailbox of their own."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from pathlib import Path

import click

from fakemail.accounts.account import HOLDS, Account, Hold
from fakemail.accounts.codes import SERVICES, Service
from fakemail.accounts.moments import told
from fakemail.cli.code import as_object, code_options, make_code, plural
from fakemail.cli.folder import data_option, editing, json_option, roster, settings
from fakemail.cli.provider_of import custom_of
from fakemail.clock import SystemClock


@click.group(
    "account",
    epilog="""\b
Examples:
  fakemail account add alice@fakemail.test             makes a code and a password, and shows them
  fakemail account add bob@fakemail.test --code UMJLXEIFUZXKOEXK --off pop3
  fakemail account add me@qq.com                       a code in the shape of QQ's
  fakemail account switch me@sina.com --on imap        off at first, with --accounts listed
  fakemail account suspend me@163.com                  the right code is refused, as there
  fakemail account list --show                         with codes and passwords
""",
)
def command() -> None:
    """List, add and remove accounts.

    They stand in accounts.toml in the data folder, which may as well be edited by hand. A running
    server notices every change.
    """


@command.command("add", short_help="Add an account with one code, and show both.")
@click.argument("address")
@click.option("--password", help="Of the web page; opens nothing. Made if not given.")
@code_options
@click.option("--also", multiple=True, metavar="ADDRESS", help="A further address. Repeatable.")
@click.option(
    "--off", multiple=True, type=click.Choice(SERVICES), help="Switch a protocol off. Repeatable."
)
@click.option(
    "--on",
    multiple=True,
    type=click.Choice(SERVICES),
    help="Switch a protocol on where the provider has it off at first. Repeatable.",
)
@data_option
@json_option
def add(
    address: str,
    password: str | None,
    code: str | None,
    label: str | None,
    expires: float | None,
    scope: Sequence[Service],
    also: Sequence[str],
    off: Sequence[Service],
    on: Sequence[Service],
    data: Path | None,
    as_json: bool,
) -> None:
    """Add an account with one authorization code, and show what it logs in with.

    The code has the shape that codes have at the provider of the domain: for me@qq.com 16 lower-
    case letters. With `--accounts listed`, protocols that the provider has switched off at first
    are off: --on imap, or later fakemail account switch.
    """
    found = settings(data)
    custom = custom_of(address, found)
    made = make_code(code, label or "code-1", expires, scope, SystemClock().time(), custom)
    word = secrets.token_urlsafe(12) if password is None else password
    left_off = (set(custom.off_at_first) - custom.with_partners(set(on))) | set(off)
    switched_off = [service for service in SERVICES if service in left_off]
    with editing(found) as file:
        name = file.add(address, further=list(also), password=word, switched_off=switched_off)
        file.issue(name, made)
    if as_json:
        shown = as_object(made, SystemClock().time(), show=True)
        switches = {service: service not in left_off for service in SERVICES}
        click.echo(json.dumps({"address": name, "password": word, **switches, "codes": [shown]}))
        return
    secret = "(as given)" if code else custom.shape.shown(made.secret)
    click.echo(f"account   {name}")
    click.echo(f"code      {secret}   mail programs log in with it")
    click.echo(f"password  {'(as given)' if password is not None else word}   refused by all ports")

    if off_by_custom := [s for s in switched_off if s in custom.off_at_first and s not in off]:
        protocols = " ".join(off_by_custom)
        switch = " ".join(f"--on {service}" for service in off_by_custom)
        click.echo(f"off       {protocols}   as for every new account of {custom.name};")
        click.echo(f"          fakemail account switch {name} {switch}")


@command.command("switch")
@click.argument("address")
@click.option(
    "--on", multiple=True, type=click.Choice(SERVICES), help="A protocol to switch on. Repeatable."
)
@click.option(
    "--off", multiple=True, type=click.Choice(SERVICES), help="One to switch off. Repeatable."
)
@data_option
@json_option
def switch(
    address: str, on: Sequence[Service], off: Sequence[Service], data: Path | None, as_json: bool
) -> None:
    """Switch protocols of an account on or off, as its owner does on the web page.

    Where a provider has one switch for IMAP and SMTP, --on imap turns on both. Without options:
    say what is on.
    """
    found = settings(data)
    if both := set(on) & set(off):
        raise click.UsageError(f"on or off: {' '.join(sorted(both))}?")
    with editing(found) as file:
        name = file.main_address(address)
        wanted = custom_of(name, found).with_partners(set(on)) - set(off)
        services = file.switch(name, on=wanted, off=set(off))
    if as_json:
        states = {service: service in services for service in SERVICES}
        click.echo(json.dumps({"address": name, **states}))
        return
    shown = [f"{service} {'on' if service in services else 'off'}" for service in SERVICES]
    click.echo(f"{name}  {', '.join(shown)}")


@command.command("suspend")
@click.argument("address")
@click.option(
    "--because",
    type=click.Choice(HOLDS),
    default=HOLDS[0],
    show_default=True,
    help="banned: the provider has locked the account; web-login: it wants a login in a browser"
    " first; policy: the organization does not allow this kind of login.",
)
@data_option
@json_option
def suspend(address: str, because: Hold, data: Path | None, as_json: bool) -> None:
    """Keep the owner of an account out, although the code is right.

    Refused in the provider's words and at the moment when it would: 163 lets a banned account log
    in, and refuses MAIL. Mail still arrives. fakemail account resume ends it.
    """
    with editing(settings(data)) as file:
        name = file.suspend(address, because)
    if as_json:
        click.echo(json.dumps({"address": name, "suspended": because}))
    else:
        click.echo(f"{name}  suspended ({because}); fakemail account resume {name} ends it")


@command.command("resume")
@click.argument("address")
@data_option
@json_option
def resume(address: str, data: Path | None, as_json: bool) -> None:
    """Let the owner of a suspended account in again."""
    with editing(settings(data)) as file:
        name = file.resume(address)
    click.echo(
        json.dumps({"address": name, "suspended": None})
        if as_json
        else f"{name}  no longer suspended"
    )


@command.command("list")
@click.option("--show", is_flag=True, help="With codes and passwords.")
@data_option
@json_option
def list_(show: bool, data: Path | None, as_json: bool) -> None:
    """List the accounts."""
    accounts = roster(settings(data)).accounts
    now = SystemClock().time()
    if as_json:
        click.echo(json.dumps([account_object(account, now, show) for account in accounts]))
        return
    for account in accounts:
        valid = sum(code.state(now) == "valid" for code in account.codes)
        off = [service for service in SERVICES if service not in account.services]
        notes = [f"{plural(len(account.codes), 'code')}, {valid} valid"]
        notes += [f"also {address}" for address in account.further]
        notes += [f"{service} off" for service in off]
        notes += [f"suspended: {account.suspended}"] if account.suspended else []
        click.echo(f"{account.address}  ({'; '.join(notes)})")
        if show:
            click.echo(f"  password {account.password or '(none)'}")
            for code in account.codes:
                state = code.state(now)
                until = f" until {told(code.expires)}" if code.expires else ""
                click.echo(f"  {code.label}: {code.secret}  ({state}{until})")
    if not accounts:
        click.echo(
            "no accounts; with `--accounts open` everybody may log in all the same", err=True
        )


@command.command("remove")
@click.argument("address")
@data_option
@json_option
def remove(address: str, data: Path | None, as_json: bool) -> None:
    """Remove an account and its codes; its mail stays on disk."""
    with editing(settings(data)) as file:
        name = file.remove(address)
    click.echo(json.dumps({"address": name}) if as_json else f"removed {name}; its mail stays")


def account_object(account: Account, now: float, show: bool) -> dict[str, object]:
    """An account for programs; secrets only if asked for."""
    found: dict[str, object] = {
        "address": account.address,
        "further": list(account.further),
        **{service: service in account.services for service in SERVICES},
        "suspended": account.suspended,
        "codes": [as_object(code, now, show) for code in account.codes],
    }
    if show:
        found["password"] = account.password
    return found
