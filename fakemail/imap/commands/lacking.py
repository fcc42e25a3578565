"""Commands of extensions that a provider announces and fakemail has not (`imap/lacking.py`)."""

from __future__ import annotations

from collections.abc import Callable

from fakemail.imap.command import Command, Running
from fakemail.imap.lacking import LACKING
from fakemail.imap.session import Session, State
from fakemail.reasons.imap import ANNOUNCED_ONLY
from fakemail.reasons.reason import Refusal
from fakemail.wire.cursor import Cursor


def anything(cursor: Cursor) -> None:
    """Whatever its arguments are."""
    cursor.at = len(cursor.octets)


def refuse(capability: str, name: str) -> Callable[[Session, None], Running]:
    """What runs: a refusal that names the extension."""

    def run(_session: Session, _arguments: None) -> Running:
        yield b""
        raise Refusal(ANNOUNCED_ONLY, word=name, capability=capability)

    return run


ROWS = tuple(
    Command(
        name=name,
        parse=anything,
        run=refuse(each.capability, name),
        states=State.LOGGED_IN,
        cites=each.cites,
        capability=each.capability,
    )
    for each in LACKING
    for name in each.commands
)
