"""STAT, LIST and UIDL: what is in the maildrop (RFC 1939 §5, §7)."""

from __future__ import annotations

from fakemail.pop3.commands.login import welcome
from fakemail.pop3.response import listing
from fakemail.pop3.session import Session
from fakemail.wire.effects import Effects


def stat(session: Session, _: None) -> Effects:
    """STAT gives count and octets of the messages not marked as deleted (RFC 1939 §5)."""
    n, size = len(session.maildrop), session.maildrop.octets
    return (session.say("pop3.stat", f"{n} {size}", n=n, size=size),)


def list_(session: Session, number: int | None) -> Effects:
    """LIST gives the size of one message, or of each not marked as deleted (RFC 1939 §5)."""
    drop = session.maildrop
    if number is not None:
        size = drop.size(number)
        return (session.say("pop3.list-one", f"{number} {size}", n=number, size=size),)
    status = welcome(session, "pop3.list")
    return (listing(status, (f"{number} {size}" for number, size in drop.sizes())),)


def uidl(session: Session, number: int | None) -> Effects:
    """UIDL gives unique-ids, which a message keeps for ever (RFC 1939 §7)."""
    drop = session.maildrop
    if number is not None:
        uid = drop.unique_id(number)
        return (session.say("pop3.uidl-one", f"{number} {uid}", n=number, uid=uid),)
    status = session.say("pop3.uidl", "unique-ids follow", n=len(drop), size=drop.octets)
    return (listing(status, (f"{number} {uid}" for number, uid in drop.unique_ids())),)
