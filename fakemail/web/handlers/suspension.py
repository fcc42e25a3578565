"""Accounts whose owner is kept out for a while, although the code is right."""

from __future__ import annotations

import msgspec

from fakemail.accounts.account import HOLDS, Hold
from fakemail.reasons.api_control import ACCOUNT_NOT_CHANGED, NO_SUCH_ACCOUNT
from fakemail.web.handlers.accounts import GROUP, AccountFacts, account_of, editing, one
from fakemail.web.route import Call, Route


class Suspension(msgspec.Struct, forbid_unknown_fields=True):
    """Why the owner of an account is kept out."""

    because: Hold = HOLDS[0]
    """`banned`: the provider has locked the account; `web-login`: it wants a login in a browser
    first; `policy`: the organization does not allow this kind of login."""


def suspend(call: Call) -> AccountFacts:
    """PUT /api/v1/accounts/{address}/suspension."""
    account, order = account_of(call.office, call.path["address"]), call.body or Suspension()
    with editing(call.office) as file:
        file.suspend(account.address, order.because)
    return one(call)


def resume(call: Call) -> AccountFacts:
    """DELETE /api/v1/accounts/{address}/suspension."""
    account = account_of(call.office, call.path["address"])
    with editing(call.office) as file:
        file.resume(account.address)
    return one(call)


_WHO = {"address": "One of the account's addresses."}
_CHANGES = (NO_SUCH_ACCOUNT, ACCOUNT_NOT_CHANGED)

ROUTES = (
    Route(
        method="PUT",
        path="/api/v1/accounts/{address}/suspension",
        run=suspend,
        summary="Suspend it: the right code is refused, as the provider does",
        group=GROUP,
        answer=AccountFacts,
        body=Suspension,
        body_needed=False,
        errors=_CHANGES,
        path_help=_WHO,
    ),
    Route(
        method="DELETE",
        path="/api/v1/accounts/{address}/suspension",
        run=resume,
        summary="Let its owner in again",
        group=GROUP,
        answer=AccountFacts,
        errors=_CHANGES,
        path_help=_WHO,
    ),
)
