"""QUIT: the only way into the UPDATE state (RFC 1939 §4, §6)."""

from __future__ import annotations

from fakemail.pop3.session import Session
from fakemail.pop3.state import Event, State
from fakemail.wire.effects import Close, Effects


def quit_(session: Session, _: None) -> Effects:
    """QUIT ends the session; after login it first removes what is marked (RFC 1939 §6).

    The lock is given back before the response goes out, so that a client that logs in again as
    soon as it has read the response finds the maildrop free. If messages cannot be removed the
    Refusal says so, and the session is over all the same: "whether the removal was successful or
    not, the server then releases any exclusive-access lock on the maildrop and closes the TCP
    connection".
    """
    session.move(Event.QUIT)
    if session.state is not State.UPDATE:
        return (session.say("pop3.bye", "bye"), Close())
    drop = session.maildrop
    try:
        drop.update()
        left = len(drop)
    finally:
        session.move(Event.UPDATED)
    text = "maildrop empty" if not left else f"{left} message{'' if left == 1 else 's'} left"
    return (session.say("pop3.bye", f"bye ({text})", n=left), Close())
