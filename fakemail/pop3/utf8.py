"""POP3 in UTF-8 (RFC 6856): which text is taken in, and which messages want the client to say so.

"Character strings outside the ASCII repertoire" may not be sent before UTF8 (§2.1). By the letter
that is every header with octets above 127, also of the mail that programs have always sent that
way by mistake, and which every server hands out. So a message is refused where UTF-8 was agreed on
when it came: it was sent with SMTPUTF8, as its trace says (RFC 6531 §4.3), and its header makes use
of it. All other mail is handed out as it is.
"""

from __future__ import annotations

from fakemail.message.header import body_offset
from fakemail.pop3.session import Session
from fakemail.pop3.state import State
from fakemail.reasons.reason import Refusal
from fakemail.reasons.utf8 import UTF8_NEEDED

_TRACE = b" with UTF8SMTP"
_TRACE_WITHIN = 2048
"""Octets in which our own trace fields stand, at the beginning of a message."""


def offered(session: Session) -> bool:
    """Whether CAPA lists UTF8 here; a provider's list decides."""
    listed = session.desk.dialect.capa(session.state is State.TRANSACTION)
    return listed is None or any(line.upper().split()[:1] == ["UTF8"] for line in listed)


def readable(octets: bytes) -> bool:
    """Whether this is UTF-8 without control characters (RFC 3629): a user name, or a code."""
    try:
        text = octets.decode()
    except UnicodeDecodeError:
        return False
    return not any(c < " " or "\x7f" <= c < "\xa0" for c in text)


def check_message(session: Session, number: int, octets: bytes) -> None:
    """Refuse a message that the client cannot have before UTF8 (RFC 6856 §5)."""
    if session.utf8 or octets.find(_TRACE, 0, _TRACE_WITHIN) < 0:
        return
    if not octets[: body_offset(octets)].isascii() and offered(session):
        raise Refusal(UTF8_NEEDED, number=number, detail=f"It is message {number}.")
