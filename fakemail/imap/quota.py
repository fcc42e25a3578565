"""How much an account holds, and may hold (RFC 9208 §3, §5).

One quota root, the empty one, over all mailboxes of an account. The limits are rules that are set
by hand, `quota_storage` and `quota_messages`; without them there is a root with no limits. What
other sessions are about to append at the same moment is not reckoned with.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fakemail.imap.session import Session
from fakemail.reasons.mailbox_use import OVER_QUOTA
from fakemail.reasons.reason import Refusal
from fakemail.store.errors import NoSuchMailbox
from fakemail.store.home import Home
from fakemail.store.mailbox import Mailbox

UNIT = 1024
"""Octets that STORAGE counts in (§5.1)."""


@dataclass(slots=True)
class Usage:
    """Octets and messages."""

    octets: int = 0
    messages: int = 0

    def add(self, mailbox: Mailbox) -> None:
        """Count what is in a mailbox."""
        for message in mailbox.messages():
            self.octets += message.size
            self.messages += 1


def limits(session: Session) -> dict[str, int]:
    """RULE to limit, of those that are set."""
    dialect = session.desk.dialect
    rules = ("quota_storage", "quota_messages")
    return {rule: dialect.count(rule) for rule in rules if dialect.count(rule) > 0}


def used(home: Home, usage: Usage) -> Iterator[None]:
    """Count all that an account has; pauses between mailboxes."""
    for name in home.mailboxes():
        try:
            usage.add(home.mailbox(name))
        except NoSuchMailbox:  # it only leads to others, or is gone meanwhile
            continue
        yield


def check(session: Session, octets: int, messages: int) -> None:
    """Refusal(imap.over-quota) if the account cannot take so much more."""
    set_ = limits(session)
    if not set_:
        return
    usage = Usage()
    for _ in used(session.home, usage):
        pass
    units, count = set_.get("quota_storage"), set_.get("quota_messages")
    if units is not None and usage.octets + octets > (storage := units * UNIT):
        detail = f"The account holds {usage.octets} octets of {storage}, {octets} more do not fit"
        raise Refusal(OVER_QUOTA, detail=detail)
    if count is not None and usage.messages + messages > count:
        detail = f"The account holds {usage.messages} messages of {count}"
        raise Refusal(OVER_QUOTA, detail=detail)
