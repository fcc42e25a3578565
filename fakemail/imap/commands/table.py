"""Every command of the server (RFC 3501 §6 and extensions), one row each."""

from __future__ import annotations

from fakemail.imap.command import Command
from fakemail.imap.commands import (
    any_state,
    append,
    compress,
    context,
    copy,
    create,
    enable,
    expunge,
    fetch,
    idle,
    lacking,
    listing,
    login,
    mailboxes,
    quota,
    search,
    select,
    sort,
    starttls,
    status,
    store,
    thread,
)

ROWS: tuple[Command, ...] = (
    *any_state.ROWS,
    *starttls.ROWS,
    *login.ROWS,
    *enable.ROWS,
    *compress.ROWS,
    *select.ROWS,
    *create.ROWS,
    *mailboxes.ROWS,
    *listing.ROWS,
    *status.ROWS,
    *quota.ROWS,
    *append.ROWS,
    *idle.ROWS,
    *expunge.ROWS,
    *search.ROWS,
    *sort.ROWS,
    *thread.ROWS,
    *context.ROWS,
    *lacking.ROWS,
    *fetch.ROWS,
    *store.ROWS,
    *copy.ROWS,
)

TABLE = {row.name: row for row in ROWS}
