"""IDLE (RFC 2177)."""

from __future__ import annotations

from fakemail.imap.command import Command, Prompt, Running, nothing
from fakemail.imap.idling import idling
from fakemail.imap.refusals import one_line
from fakemail.imap.session import Session, State
from fakemail.reasons.imap import EXPECTED_DONE
from fakemail.wire.effects import Effect, Later


def idle(session: Session, _: None) -> Running:
    """IDLE: changes are told at once, until the client says DONE (RFC 2177 §3).

    Every other line is answered BAD and changes nothing: a client that forgot DONE must not
    find its next command taken for it.
    """
    if session.selected and session.view.deleted:
        return b"OK IDLE terminated."  # the engine has more to say than that
    desk = session.desk
    news = session.view.flush(may_renumber=True) if session.selected else b""
    go_on = desk.dialect.continuation("imap.idle", "+ idling")
    session.idling = idling(desk.dialect, desk.clock)
    if session.idling is not None and session.idling.closes_at is not None:
        yield Later(session.idling.closes_at - desk.clock.monotonic())
    say: Effect = go_on.encode("ascii") + b"\r\n" + news
    while (line := (yield Prompt(say, idle=True))) is not None and line.upper() != b"DONE":
        desk.recorder.refused(EXPECTED_DONE)
        say = b"* %b\r\n" % one_line(desk.dialect.word("imap", EXPECTED_DONE, {}))
    return b"OK IDLE terminated."


ROWS = (
    Command(
        name="IDLE",
        parse=nothing,
        run=idle,
        states=State.LOGGED_IN,
        cites="RFC 2177 §3",
        capability="IDLE",
    ),
)
