"""Why a mailbox is not made or filled: its special use (RFC 6154), its quota (RFC 9208)."""

from __future__ import annotations

from fakemail.reasons.reason import Reason

USE_ATTRIBUTE = Reason(
    slug="imap.use-attribute",
    because="CREATE wanted a special use that no mailbox of this server can have. The mailbox was "
    "not made.",
    instead="Ask for \\Archive, \\Drafts, \\Important, \\Junk, \\Sent or \\Trash, or for none.",
    cites=("RFC 6154 §3", "RFC 6154 §6 (USEATTR)"),
    imap="NO [USEATTR] {detail}.",
)
NO_SUCH_QUOTA_ROOT = Reason(
    slug="imap.no-such-quota-root",
    because="Every account has one quota root, and its name is empty.",
    instead='Ask with GETQUOTA "", or with GETQUOTAROOT and the name of a mailbox.',
    cites=("RFC 9208 §4.1.1",),
    imap="NO [NONEXISTENT] Quota root does not exist: {name}",
)
SET_QUOTA_REFUSED = Reason(
    slug="imap.set-quota-refused",
    because="A client cannot change how much its account may hold.",
    instead="Start the server with --rule quota_storage=KIB or --rule quota_messages=NUMBER.",
    cites=("RFC 9208 §4.1.3", "RFC 5530 §3 (NOPERM)"),
    imap="NO [NOPERM] Limits are set by the server's operator.",
)
OVER_QUOTA = Reason(
    slug="imap.over-quota",
    because="The account would hold more than its quota.",
    instead="Delete and expunge messages (the Trash counts too), or raise the rules quota_storage "
    "and quota_messages.",
    cites=("RFC 9208 §4.3.1", "RFC 5530 §3 (OVERQUOTA)"),
    imap="NO [OVERQUOTA] {detail}.",
)
