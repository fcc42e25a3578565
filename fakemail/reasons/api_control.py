"""Why the HTTP API refuses to wait any longer, or to change accounts, mailboxes and dialects."""

from __future__ import annotations

from fakemail.reasons.reason import Reason

NOT_IN_TIME = Reason(
    slug="api.not-in-time",
    because="As many messages as were waited for had not arrived when the time was up.",
    instead="Look at `arrived`, which is what did arrive, and at `sessions`, which is what the"
    " programs that were connected said meanwhile. If it was only slow, raise timeout.",
    cites=("RFC 9110 §15.5.9",),
    http="408 Not in time",
)

NO_SUCH_SESSION = Reason(
    slug="api.no-such-session",
    because="There is no session with this number, or it is kept no longer.",
    instead="List the sessions with GET /api/v1/sessions; `fakemail sessions NUMBER` reads further"
    " back, from the journal on disk.",
    cites=("RFC 9110 §15.5.5",),
    http="404 No such session",
)

NO_SUCH_ACCOUNT = Reason(
    slug="api.no-such-account",
    because="The accounts file has no account with this address, and it has no mail.",
    instead="List the accounts with GET /api/v1/accounts, or create one with POST.",
    cites=("RFC 9110 §15.5.5",),
    http="404 No such account",
)

NO_SUCH_DIALECT = Reason(
    slug="api.no-such-dialect",
    because="fakemail has no dialect of this name.",
    instead="List them with GET /api/v1/dialects.",
    cites=("RFC 9110 §15.5.5",),
    http="404 No such dialect",
)

UNUSABLE = Reason(
    slug="api.unusable",
    because="A value has the right type, and can still not be what it stands for.",
    instead="See `detail`, which names the value and what is allowed.",
    cites=("RFC 9110 §15.5.21",),
    http="422 Unusable value",
)

ACCOUNT_NOT_CHANGED = Reason(
    slug="api.account-not-changed",
    because="The accounts file cannot be changed like this.",
    instead="See `detail`: the account or the label exists already, the code is not there, or the"
    " file was broken by hand.",
    cites=("RFC 9110 §15.5.10",),
    http="409 Account not changed",
)

MAILBOX_NOT_CHANGED = Reason(
    slug="api.mailbox-not-changed",
    because="The mailbox cannot be created or deleted.",
    instead="See `detail`: it exists already, it is INBOX, it only holds others, or its name can be"
    " no mailbox's.",
    cites=("RFC 9110 §15.5.10", "RFC 9051 §6.3.4"),
    http="409 Mailbox not changed",
)

NO_SUCH_FAULT = Reason(
    slug="api.no-such-fault",
    because="No fault of this number is planned.",
    instead="List them with GET /api/v1/faults.",
    cites=("RFC 9110 §15.5.5",),
    http="404 No such fault",
)
