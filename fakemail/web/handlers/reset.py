"""Back to nothing: the mail of everybody, of a domain or of one account; and old sessions."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Annotated

import msgspec
from msgspec import Meta

from fakemail.reasons.auth import NO_SUCH_USER
from fakemail.store.errors import StoreError
from fakemail.store.home import DEFAULT_FOLDERS, Home
from fakemail.store.names import INBOX
from fakemail.web.office import Office
from fakemail.web.route import Call, Route

GROUP = "Server"
log = logging.getLogger("fakemail")


class ResetOrder(msgspec.Struct, forbid_unknown_fields=True):
    """What to reset; nothing given: all mail, all that limits have counted, and the faults, of
    which those of `--fault` begin anew."""

    address: Annotated[str, Meta(max_length=320)] = ""
    """Only the mail of this account, and what limits have counted of it."""
    domain: Annotated[str, Meta(max_length=320)] = ""
    """Only the mail of accounts in this domain."""
    sessions: bool = False
    """Also forget the sessions that have ended; the journal on disk keeps them."""


class ResetResult(msgspec.Struct):
    """What was removed."""

    accounts: int
    """Accounts that had mail."""
    messages: int
    """Copies of messages."""
    sessions: int


def reset(call: Call) -> ResetResult:
    """POST /api/v1/reset."""
    order: ResetOrder = call.body or ResetOrder()
    address = call.office.post_office.directory.means(order.address) if order.address else ""
    call.office.post_office.rates.forget(address, order.domain)
    if not order.address and not order.domain:
        call.office.post_office.faults.begin_anew()
    messages = accounts = 0
    for home in homes(call.office, order.address, order.domain):
        removed = clear(home)
        accounts += bool(removed)
        messages += removed
    sessions = call.office.post_office.sessions.forget() if order.sessions else 0
    return ResetResult(accounts, messages, sessions)


def homes(office: Office, address: str = "", domain: str = "") -> Iterator[Home]:
    """The homes on disk, all or some. Raises Refusal(smtp.no-such-user)."""
    store = office.post_office.store
    wanted = office.post_office.directory.recipient(address) if address else ""
    for each in store.addresses():
        if wanted not in ("", each) or domain.lower() not in ("", each.rpartition("@")[2]):
            continue
        if store.path(each).is_dir():
            try:
                yield store.home(each)
            except (StoreError, OSError) as error:
                log.warning("the mail of %s cannot be opened: %s", each, error)


def clear(home: Home) -> int:
    """Remove every message, and every mailbox but those that an account has from the start; how
    many messages there were."""
    removed = 0
    kept = {INBOX, *DEFAULT_FOLDERS, *home.special_uses()}
    for name in sorted(home.present(), reverse=True):  # children before what holds them
        try:
            mailbox = home.mailbox(name)
            mailbox.refresh()
            removed += len(mailbox.expunge([message.uid for message in mailbox.messages()]))
            if name not in kept:
                home.delete(name)
        except (StoreError, OSError) as error:
            log.warning("%s of %s cannot be emptied: %s", name, home.address, error)
    return removed


ROUTES = (
    Route(
        method="POST",
        path="/api/v1/reset",
        run=reset,
        summary="Remove all mail, or that of an account or domain",
        group=GROUP,
        answer=ResetResult,
        body=ResetOrder,
        body_needed=False,
        errors=(NO_SUCH_USER,),
    ),
)
