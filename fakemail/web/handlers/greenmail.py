"""GreenMail's own API, for those who move their tests from it: same paths, same field names.

A user's password is an authorization code here, since that is what logs in. Where the login is
another name than the address, it becomes a further address of the account.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from fakemail.accounts.address import NotAnAddress, canonical
from fakemail.accounts.codes import Code, fault_of
from fakemail.reasons.api_control import ACCOUNT_NOT_CHANGED, NO_SUCH_ACCOUNT, UNUSABLE
from fakemail.reasons.reason import Refusal
from fakemail.web.handlers.accounts import account_of, editing
from fakemail.web.handlers.reset import clear, homes
from fakemail.web.route import Call, Route

GROUP = "GreenMail's API"
LABEL = "greenmail"
"""Of the codes of users that this API made."""

PROTOCOLS = {
    "smtp": "smtp",
    "submission": "smtp",
    "submissions": "smtps",
    "smtp-alt": "smtp",
    "pop3": "pop3",
    "pop3s": "pop3s",
    "imap": "imap",
    "imaps": "imaps",
}
"""Listener to what GreenMail calls its protocol."""


class Said(msgspec.Struct):
    """How it went."""

    message: str


class GreenMailUser(msgspec.Struct):
    """Who may log in."""

    login: str
    email: str


class GreenMailUserOrder(msgspec.Struct):
    """Who shall be able to log in."""

    email: Annotated[str, Meta(min_length=1, max_length=320)]
    login: Annotated[str, Meta(max_length=320)]
    password: Annotated[str, Meta(min_length=1, max_length=500)]


class ServerSetup(msgspec.Struct):
    """One port."""

    protocol: str
    address: str
    port: int
    isSecure: bool


class Configuration(msgspec.Struct):
    """How the server was started."""

    defaultHostname: str
    serverSetups: list[ServerSetup]
    authenticationDisabled: bool


def ready(call: Call) -> Said:
    """GET /api/service/readiness."""
    return Said("Service running")


def reset(call: Call) -> Said:
    """POST /api/service/reset: mail, users that the API made, and sessions that have ended."""
    purge(call)
    made = [
        account.address
        for account in call.office.post_office.directory.roster().accounts
        if any(code.label == LABEL for code in account.codes)
    ]
    if made:
        with editing(call.office) as file:
            for address in made:
                file.remove(address)
    call.office.post_office.sessions.forget()
    return Said("Performed reset")


def purge(call: Call) -> Said:
    """POST /api/mail/purge."""
    for home in homes(call.office):
        clear(home)
    return Said("Purged mails")


def users(call: Call) -> list[GreenMailUser]:
    """GET /api/user."""
    accounts = call.office.post_office.directory.roster().accounts
    return [GreenMailUser(account.addresses[-1], account.address) for account in accounts]


def create(call: Call) -> GreenMailUser:
    """POST /api/user."""
    order: GreenMailUserOrder = call.body
    office, domain = call.office, call.office.post_office.directory.default_domain
    if fault := fault_of(order.password):
        raise Refusal(UNUSABLE, detail=f"A password must not be {fault}.")
    try:
        email, login = canonical(order.email, domain), canonical(order.login or order.email, domain)
    except NotAnAddress as error:
        raise Refusal(UNUSABLE, detail=f"An address is wanted: {error}.") from None
    local_part = email.rpartition("@")[0]
    further = [] if login == email or order.login.lower() == local_part else [login]
    created = float(int(office.clock.time()))
    with editing(office) as file:
        name = file.add(email, further=further, password="", switched_off=[])
        file.issue(name, Code(LABEL, order.password, created=created))
    return GreenMailUser(order.login or email, name)


def delete(call: Call) -> Said:
    """DELETE /api/user/{emailOrId}."""
    account = account_of(call.office, call.path["emailOrId"])
    with editing(call.office) as file:
        file.remove(account.address)
    return Said(f"User '{call.path['emailOrId']}' deleted")


def configuration(call: Call) -> Configuration:
    """GET /api/configuration."""
    office = call.office
    setups = [
        ServerSetup(PROTOCOLS[name], "localhost", port, PROTOCOLS[name].endswith("s"))
        for name, port in office.ports.items()
        if name in PROTOCOLS
    ]
    return Configuration(office.settings.host_name, setups, office.settings.accounts == "open")


ROUTES = (
    Route(
        method="GET",
        path="/api/service/readiness",
        run=ready,
        summary="200 when the server is ready",
        group=GROUP,
        answer=Said,
        free=True,
    ),
    Route(
        method="POST",
        path="/api/service/reset",
        run=reset,
        summary="Remove mail, users made by this API, and ended sessions",
        group=GROUP,
        answer=Said,
        errors=(ACCOUNT_NOT_CHANGED,),
    ),
    Route(
        method="POST",
        path="/api/mail/purge",
        run=purge,
        summary="Remove all mail",
        group=GROUP,
        answer=Said,
    ),
    Route(
        method="GET",
        path="/api/user",
        run=users,
        summary="The accounts of the accounts file",
        group=GROUP,
        answer=list[GreenMailUser],
    ),
    Route(
        method="POST",
        path="/api/user",
        run=create,
        summary="Create an account whose password is an authorization code",
        group=GROUP,
        answer=GreenMailUser,
        body=GreenMailUserOrder,
        errors=(ACCOUNT_NOT_CHANGED, UNUSABLE),
    ),
    Route(
        method="DELETE",
        path="/api/user/{emailOrId}",
        run=delete,
        summary="Remove an account",
        group=GROUP,
        answer=Said,
        errors=(NO_SUCH_ACCOUNT, ACCOUNT_NOT_CHANGED),
        path_help={"emailOrId": "An address of the account, or its login."},
    ),
    Route(
        method="GET",
        path="/api/configuration",
        run=configuration,
        summary="The ports, as GreenMail tells them",
        group=GROUP,
        answer=Configuration,
    ),
)
