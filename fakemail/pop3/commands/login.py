"""USER and PASS (RFC 1939 §7)."""

from __future__ import annotations

from fakemail.pop3.session import Session
from fakemail.reasons.pop3 import USER_FIRST
from fakemail.reasons.reason import Refusal
from fakemail.sasl import Credentials
from fakemail.wire.effects import Effects


def user(session: Session, name: str) -> Effects:
    """USER names the mailbox (RFC 1939 §7); whether it exists is not said before PASS."""
    session.check_tls()
    session.user = name
    return (session.say("pop3.user-ok", "send PASS"),)


def pass_(session: Session, secret: str) -> Effects:
    """PASS gives the code, locks the maildrop and opens it (RFC 1939 §7).

    After a failure both commands have to come again.
    """
    name, session.user = session.user, None
    if name is None:
        raise Refusal(USER_FIRST)
    session.log_in(Credentials(name, secret), "PASS")
    return (welcome(session, "pop3.logged-in", command="PASS"),)


def welcome(session: Session, key: str, **facts: object) -> bytes:
    """``maildrop has 2 messages (320 octets)``, as the example of RFC 1939 §10 says it."""
    count, octets = len(session.maildrop), session.maildrop.octets
    text = f"maildrop has {count} message{'' if count == 1 else 's'} ({octets} octets)"
    return session.say(key, text, n=count, size=octets, **facts)
