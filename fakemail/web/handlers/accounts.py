"""Accounts and their authorization codes, as they stand in the accounts file.

A code is shown once, in the answer that made it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from msgspec import Meta

from fakemail.accounts.account import Account, Hold
from fakemail.accounts.address import NotAnAddress
from fakemail.accounts.codes import SERVICES, Code, fault_of
from fakemail.accounts.directory import FILE_NAME
from fakemail.accounts.file import AccountsFileError
from fakemail.accounts.moments import moment, told
from fakemail.accounts.shapes import Shape
from fakemail.reasons.api_control import ACCOUNT_NOT_CHANGED, NO_SUCH_ACCOUNT, UNUSABLE
from fakemail.reasons.reason import Refusal
from fakemail.web.office import Office
from fakemail.web.route import Call, Route

if TYPE_CHECKING:
    from fakemail.accounts.edit import AccountsFile

GROUP = "Accounts"

Protocol = Literal["smtp", "pop3", "imap"]
_Address = Annotated[str, Meta(min_length=1, max_length=320, description="alice@fakemail.test")]
_Expires = Annotated[
    str, Meta(description="`2027-03-01`, `2027-03-01T09:00Z`, or `30d`, `12h` from now.")
]


class CodeFacts(msgspec.Struct):
    """An authorization code, without the code."""

    label: str
    state: Literal["valid", "expired", "revoked"]
    scopes: list[Protocol]
    created: str | None
    expires: str | None


class NewCode(CodeFacts):
    """An authorization code that has just been issued."""

    code: str


class AccountFacts(msgspec.Struct):
    """One account."""

    address: str
    further: list[str]
    """More addresses whose mail arrives in the same place."""
    services: list[Protocol]
    """Those that are switched on."""
    suspended: Hold | None
    """Why the right code is refused, if so: `banned`, `web-login` or `policy`."""
    codes: list[CodeFacts]


class NewAccount(AccountFacts):
    """An account that has just been created."""

    password: str
    """Refused by every port: mail programs log in with the code."""
    code: str


class AccountList(msgspec.Struct):
    """Who may log in."""

    accounts: list[AccountFacts]
    mode: Literal["open", "listed"]
    """`open`: everybody else may log in too, with any code."""
    default_domain: str
    problem: str | None
    """Why the accounts file as it is now is not in force."""
    mail: list[str]
    """The addresses that have mail, whether they are listed or not."""


class CodeOrder(msgspec.Struct, forbid_unknown_fields=True):
    """What a new code is to be; everything may be left out."""

    label: Annotated[str, Meta(max_length=100)] = ""
    """What it is for; unique within the account."""
    code: Annotated[str, Meta(max_length=500)] = ""
    """The code itself; made in the provider's shape if not given."""
    scopes: list[Protocol] = msgspec.field(default_factory=list)
    """The protocols that it opens; all if none is given."""
    expires: _Expires = ""


class AccountOrder(msgspec.Struct, forbid_unknown_fields=True):
    """What a new account is to be; only the address is needed."""

    address: _Address
    further: list[_Address] = []
    password: Annotated[str, Meta(max_length=500)] = ""
    code: CodeOrder = msgspec.field(default_factory=CodeOrder)
    """Its first code."""
    services: list[Protocol] = msgspec.field(default_factory=lambda: list(SERVICES))
    """The protocols that are switched on."""


class Switches(msgspec.Struct, forbid_unknown_fields=True):
    """Which protocols an account may use."""

    services: list[Protocol]


class ExpiryOrder(msgspec.Struct, forbid_unknown_fields=True):
    """When a code expires; at once if nothing is given."""

    expires: _Expires = ""


def listed(call: Call) -> AccountList:
    """GET /api/v1/accounts."""
    office = call.office
    directory = office.post_office.directory
    accounts = directory.roster().accounts
    return AccountList(
        [facts_of(office, account) for account in accounts],
        directory.mode,
        directory.default_domain,
        directory.problem,
        sorted(office.post_office.store.addresses()),
    )


def one(call: Call) -> AccountFacts:
    """GET /api/v1/accounts/{address}."""
    return facts_of(call.office, account_of(call.office, call.path["address"]))


def create(call: Call) -> NewAccount:
    """POST /api/v1/accounts."""
    order: AccountOrder = call.body
    office = call.office
    code = _code(office, order.code, order.code.label or "code-1", order.address)
    password = order.password or secrets.token_urlsafe(12)
    off = [service for service in SERVICES if service not in order.services]
    with editing(office) as file:
        name = file.add(order.address, further=order.further, password=password, switched_off=off)
        file.issue(name, code)
    facts = facts_of(office, account_of(office, name))
    return NewAccount(
        facts.address,
        facts.further,
        facts.services,
        facts.suspended,
        facts.codes,
        password,
        code.secret,
    )


def delete(call: Call) -> AccountFacts:
    """DELETE /api/v1/accounts/{address}."""
    facts = one(call)
    with editing(call.office) as file:
        file.remove(facts.address)
    return facts


def switch(call: Call) -> AccountFacts:
    """PUT /api/v1/accounts/{address}/services."""
    account, on = account_of(call.office, call.path["address"]), set(call.body.services)
    with editing(call.office) as file:
        file.switch(account.address, on=on, off=set(SERVICES) - on)
    return one(call)


def issue(call: Call) -> NewCode:
    """POST /api/v1/accounts/{address}/codes."""
    office, order = call.office, call.body or CodeOrder()
    account = account_of(office, call.path["address"])
    with editing(office) as file:
        label = order.label or file.next_label(account.address)
        code = _code(office, order, label, account.address)
        file.issue(account.address, code)
    facts = _code_facts(code, office.clock.time())
    return NewCode(
        facts.label, facts.state, facts.scopes, facts.created, facts.expires, code.secret
    )


def revoke(call: Call) -> AccountFacts:
    """POST /api/v1/accounts/{address}/codes/{label}/revoke."""
    account = account_of(call.office, call.path["address"])
    with editing(call.office) as file:
        file.revoke(account.address, call.path["label"], call.office.clock.time())
    return one(call)


def expire(call: Call) -> AccountFacts:
    """POST /api/v1/accounts/{address}/codes/{label}/expire."""
    account = account_of(call.office, call.path["address"])
    order = call.body or ExpiryOrder()
    at = _moment(call.office, order.expires or "0s")
    with editing(call.office) as file:
        file.expire(account.address, call.path["label"], at)
    return one(call)


def account_of(office: Office, address: str) -> Account:
    """The account that an address belongs to. Raises Refusal(api.no-such-account)."""
    try:
        _, account = office.post_office.directory.roster().resolve(address)
    except NotAnAddress:
        account = None
    if account is None:
        raise Refusal(NO_SUCH_ACCOUNT)
    return account


def facts_of(office: Office, account: Account) -> AccountFacts:
    """An account without its secrets."""
    now = office.clock.time()
    return AccountFacts(
        account.address,
        list(account.further),
        [service for service in SERVICES if service in account.services],
        account.suspended,
        [_code_facts(code, now) for code in account.codes],
    )


@contextmanager
def editing(office: Office) -> Iterator[AccountsFile]:
    """Change the accounts file. Raises Refusal(api.account-not-changed)."""
    from fakemail.accounts import edit  # tomlkit: only for those who change something

    directory = office.post_office.directory
    try:
        with edit.editing(office.settings.folder / FILE_NAME, directory.default_domain) as file:
            yield file
    except (edit.EditError, AccountsFileError) as error:
        raise Refusal(ACCOUNT_NOT_CHANGED, detail=str(error)) from None


def _code(office: Office, order: CodeOrder, label: str, address: str) -> Code:
    if order.code and (fault := fault_of(order.code)):
        raise Refusal(UNUSABLE, detail=f"A code must not be {fault}.")
    if not label.isprintable():
        raise Refusal(UNUSABLE, detail="A label has printable characters only.")
    expires = _moment(office, order.expires) if order.expires else None
    return Code(
        label,
        order.code or shape(address).make(),
        created=float(int(office.clock.time())),
        expires=expires,
        scopes=tuple(s for s in SERVICES if s in order.scopes) or SERVICES,
    )


def shape(address: str) -> Shape:
    """How codes look at the provider of an address."""
    from fakemail.dialects.code_shape import shape_of
    from fakemail.dialects.find import by_domain
    from fakemail.dialects.load import load

    name = by_domain(address.rpartition("@")[2])
    return (shape_of(load(name)) if name else None) or Shape()


def _moment(office: Office, text: str) -> float:
    try:
        return moment(text, office.clock.time())
    except ValueError as error:
        raise Refusal(UNUSABLE, detail=f"expires: {error}.") from None


def _code_facts(code: Code, now: float) -> CodeFacts:
    return CodeFacts(
        code.label,
        code.state(now),
        list(code.scopes),
        None if code.created is None else told(code.created),
        None if code.expires is None else told(code.expires),
    )


_WHO = {"address": "One of the account's addresses."}
_WHICH = {**_WHO, "label": "The label of one of its codes."}
_CHANGES = (NO_SUCH_ACCOUNT, ACCOUNT_NOT_CHANGED)

ROUTES = (
    Route(
        method="GET",
        path="/api/v1/accounts",
        run=listed,
        summary="Who may log in, and who has mail",
        group=GROUP,
        answer=AccountList,
    ),
    Route(
        method="POST",
        path="/api/v1/accounts",
        run=create,
        summary="Create an account with an authorization code",
        group=GROUP,
        answer=NewAccount,
        body=AccountOrder,
        status=201,
        errors=(ACCOUNT_NOT_CHANGED, UNUSABLE),
    ),
    Route(
        method="GET",
        path="/api/v1/accounts/{address}",
        run=one,
        summary="One account",
        group=GROUP,
        answer=AccountFacts,
        errors=(NO_SUCH_ACCOUNT,),
        path_help=_WHO,
    ),
    Route(
        method="DELETE",
        path="/api/v1/accounts/{address}",
        run=delete,
        summary="Remove an account; its mail stays",
        group=GROUP,
        answer=AccountFacts,
        errors=_CHANGES,
        path_help=_WHO,
    ),
    Route(
        method="PUT",
        path="/api/v1/accounts/{address}/services",
        run=switch,
        summary="Switch its protocols on and off",
        group=GROUP,
        answer=AccountFacts,
        body=Switches,
        errors=_CHANGES,
        path_help=_WHO,
    ),
    Route(
        method="POST",
        path="/api/v1/accounts/{address}/codes",
        run=issue,
        summary="Issue an authorization code",
        group=GROUP,
        answer=NewCode,
        body=CodeOrder,
        body_needed=False,
        status=201,
        errors=(*_CHANGES, UNUSABLE),
        path_help=_WHO,
    ),
    Route(
        method="POST",
        path="/api/v1/accounts/{address}/codes/{label}/revoke",
        run=revoke,
        summary="Revoke a code; it is refused from now on, as revoked",
        group=GROUP,
        answer=AccountFacts,
        errors=_CHANGES,
        path_help=_WHICH,
    ),
    Route(
        method="POST",
        path="/api/v1/accounts/{address}/codes/{label}/expire",
        run=expire,
        summary="Let a code expire, now or at a moment",
        group=GROUP,
        answer=AccountFacts,
        body=ExpiryOrder,
        body_needed=False,
        errors=(*_CHANGES, UNUSABLE),
        path_help=_WHICH,
    ),
)
