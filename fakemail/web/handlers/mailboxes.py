"""The mailboxes of an account."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import msgspec
from msgspec import Meta

from fakemail.accounts.address import NotAnAddress
from fakemail.reasons.api import NO_SUCH_MAILBOX
from fakemail.reasons.api_control import MAILBOX_NOT_CHANGED, NO_SUCH_ACCOUNT
from fakemail.reasons.reason import Refusal
from fakemail.store.errors import MailboxError, NoSuchMailbox
from fakemail.store.home import Home
from fakemail.web.office import Office
from fakemail.web.route import Call, Route

GROUP = "Mailboxes"


class Mailbox(msgspec.Struct):
    """A mailbox and what is in it."""

    name: str
    special_use: str | None
    """`\\Sent`, `\\Trash`, ... (RFC 6154)."""
    selectable: bool
    """False: the name only holds others."""
    messages: int
    unseen: int
    uid_validity: int
    uid_next: int


class MailboxList(msgspec.Struct):
    """The mailboxes of an account, INBOX first."""

    address: str
    mailboxes: list[Mailbox]


class MailboxOrder(msgspec.Struct, forbid_unknown_fields=True):
    """A mailbox that is to be created."""

    name: Annotated[str, Meta(min_length=1, max_length=1000)]
    """Levels are separated by `/`."""


def listed(call: Call) -> MailboxList:
    """GET /api/v1/accounts/{address}/mailboxes."""
    home = home_of(call.office, call.path["address"])
    return MailboxList(home.address, [_facts(home, name) for name in home.mailboxes()])


def create(call: Call) -> Mailbox:
    """POST /api/v1/accounts/{address}/mailboxes."""
    home = home_of(call.office, call.path["address"])
    name = call.body.name.removesuffix("/")
    with _changing():
        home.create(name)
        return _facts(home, name)


def delete(call: Call) -> Mailbox:
    """DELETE /api/v1/accounts/{address}/mailboxes/{name}."""
    home, name = home_of(call.office, call.path["address"]), call.path["name"]
    with _changing():
        facts = _facts(home, name)
        home.delete(name)
        return facts


def home_of(office: Office, text: str) -> Home:
    """The home of an account that is listed or has mail. Raises Refusal(api.no-such-account)."""
    directory, store = office.post_office.directory, office.post_office.store
    try:
        address, account = directory.roster().resolve(text)
    except NotAnAddress:
        raise Refusal(NO_SUCH_ACCOUNT) from None
    if account is None and not store.path(address).is_dir():
        raise Refusal(NO_SUCH_ACCOUNT)
    return store.home(address)


@contextmanager
def _changing() -> Iterator[None]:
    try:
        yield
    except NoSuchMailbox:
        raise Refusal(NO_SUCH_MAILBOX) from None
    except MailboxError as error:
        raise Refusal(MAILBOX_NOT_CHANGED, detail=error.because) from None


def _facts(home: Home, name: str) -> Mailbox:
    use = home.special_use(name)
    if not home.selectable(name):
        if not home.children(name):
            raise NoSuchMailbox("There is no such mailbox.")
        return Mailbox(name, use, False, 0, 0, 0, 0)
    mailbox = home.mailbox(name)
    messages = mailbox.messages()
    unseen = sum("\\Seen" not in message.flags for message in messages)
    return Mailbox(
        mailbox.name, use, True, len(messages), unseen, mailbox.uid_validity, mailbox.uid_next
    )


_WHO = {"address": "An address of the account."}

ROUTES = (
    Route(
        method="GET",
        path="/api/v1/accounts/{address}/mailboxes",
        run=listed,
        summary="The mailboxes of an account",
        group=GROUP,
        answer=MailboxList,
        errors=(NO_SUCH_ACCOUNT,),
        path_help=_WHO,
    ),
    Route(
        method="POST",
        path="/api/v1/accounts/{address}/mailboxes",
        run=create,
        summary="Create a mailbox",
        group=GROUP,
        answer=Mailbox,
        body=MailboxOrder,
        status=201,
        errors=(NO_SUCH_ACCOUNT, MAILBOX_NOT_CHANGED),
        path_help=_WHO,
    ),
    Route(
        method="DELETE",
        path="/api/v1/accounts/{address}/mailboxes/{name}",
        run=delete,
        summary="Delete a mailbox and what is in it",
        group=GROUP,
        answer=Mailbox,
        errors=(NO_SUCH_ACCOUNT, NO_SUCH_MAILBOX, MAILBOX_NOT_CHANGED),
        path_help={**_WHO, "name": "The mailbox; `/` is written `%2F`."},
    ),
)
