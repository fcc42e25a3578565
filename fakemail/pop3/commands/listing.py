"""STAT, LIST and UIDL: what is in the maildrop (RFC 1939 §5, §7)."""

from __future__ import annotations

from fakemail.pop3.commands.login import welcome
from fakemail.pop3.response import listing, ok
from fakemail.pop3.session import Session
from fakemail.wire.effects import Effects


def stat(session: Session, _: None) -> Effects:
    """STAT gives count and octets of the messages not marked as deleted (RFC 1939 §5)."""
    return (ok(f"{len(session.maildrop)} {session.maildrop.octets}"),)


def list_(session: Session, number: int | None) -> Effects:
    """LIST gives the size of one message, or of each not marked as deleted (RFC 1939 §5)."""
    drop = session.maildrop
    if number is not None:
        return (ok(f"{number} {drop.size(number)}"),)
    return (listing(welcome(session), (f"{number} {size}" for number, size in drop.sizes())),)


def uidl(session: Session, number: int | None) -> Effects:
    """UIDL gives unique-ids, which a message keeps for ever (RFC 1939 §7)."""
    drop = session.maildrop
    if number is not None:
        return (ok(f"{number} {drop.unique_id(number)}"),)
    return (listing("unique-ids follow", (f"{number} {uid}" for number, uid in drop.unique_ids())),)
