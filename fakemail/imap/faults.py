"""A command, and what was planned to go wrong with it (`fakemail/faults`)."""

from __future__ import annotations

from contextlib import closing
from typing import Any

from fakemail.faults.strikes import Strikes
from fakemail.imap.command import Command, Running
from fakemail.imap.session import Session
from fakemail.wire.effects import Shown

SHOWN = 200
"""Octets of a command that a fault may look at."""


def run(session: Session, row: Command, arguments: Any, octets: bytes) -> Running:
    """The command's generator, behind its faults where there are any."""
    faults = session.desk.faults
    if faults is None or not faults.planned:
        return row.run(session, arguments)
    return _behind(faults, session, row, arguments, octets)


def _behind(
    faults: Strikes, session: Session, row: Command, arguments: Any, octets: bytes
) -> Running:
    name = row.name.lower().removeprefix("uid ")
    if name == "login":  # the moment of this name comes when the secret is looked at
        name = "command"
    said = b"" if row.secret else _arguments(row, octets[:SHOWN].partition(b"\r\n")[0])
    try:
        action = faults.at(name, "command", argument=said.decode("utf-8", "backslashreplace"))
    except BaseException:
        discard = getattr(arguments, "discard", None)  # a message that came as a literal
        if discard is not None:
            discard()
        raise
    running = row.run(session, arguments)
    if action is not None and action.kind == "lose":
        return (yield from _unheard(running))
    return (yield from running)


def _unheard(running: Running) -> Running:
    """Carry it out to its end, or to where it waits for the client: only what is said then goes
    to the border, which ends the connection in place of it."""
    line = None
    with closing(running):
        while True:
            try:
                effect = running.send(line)
            except StopIteration as stop:
                answer: bytes = stop.value
                return answer
            line = yield b"" if isinstance(effect, bytes | Shown) else effect


def _arguments(row: Command, line: bytes) -> bytes:
    """What follows tag and name."""
    return line.partition(b" ")[2][len(row.name) :].strip(b" ")
