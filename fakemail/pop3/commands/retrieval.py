"""RETR and TOP: messages, whole or their beginning (RFC 1939 §5, §7)."""

from __future__ import annotations

from fakemail.pop3.response import message
from fakemail.pop3.session import Session
from fakemail.pop3.utf8 import check_message
from fakemail.wire.effects import Effects


def retr(session: Session, number: int) -> Effects:
    """RETR gives a message (RFC 1939 §5)."""
    gate, login = session.desk.gate, session.desk.recorder.login or ""
    octets = session.maildrop.read(number)
    check_message(session, number, octets)
    if gate is not None:
        gate.download(login)
        gate.downloaded(login)
    return message(session.say("pop3.retr", f"{len(octets)} octets", size=len(octets)), octets)


def top(session: Session, arguments: tuple[int, int]) -> Effects:
    """TOP gives the header, the empty line, and so many lines of the body (RFC 1939 §7)."""
    number, lines = arguments
    drop = session.maildrop
    octets = drop.read(number) if lines else drop.read_head(number)
    check_message(session, number, octets)
    status = session.say("pop3.top", "top of message follows", size=drop.size(number))
    return message(status, beginning(octets, lines))


def beginning(octets: bytes, lines: int) -> bytes:
    """Header, empty line, and the first `lines` lines of the body; only CRLF ends a line."""
    if octets.startswith(b"\r\n"):
        end = 2
    elif (at := octets.find(b"\r\n\r\n")) >= 0:
        end = at + 4
    else:
        return octets
    for _ in range(lines):
        found = octets.find(b"\r\n", end)
        if found < 0:
            return octets
        end = found + 2
    return octets[:end]
