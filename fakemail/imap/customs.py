"""What providers do besides refusing: wait, say more, hang up, take less."""

from __future__ import annotations

from collections.abc import Iterator

from fakemail.desk import Desk
from fakemail.dialects.dialect import Dialect
from fakemail.imap.capabilities import announced
from fakemail.imap.refusals import one_line
from fakemail.imap.session import Session
from fakemail.reasons.imap import LITERAL_TOO_LARGE, UNKNOWN_COMMAND
from fakemail.reasons.provider import FAILED_LOGINS
from fakemail.reasons.reason import Reason, Refusal
from fakemail.wire.effects import Effect, Pause


def late(dialect: Dialect, rule: str) -> Iterator[Effect]:
    """The pause that a rule asks for, if it does."""
    if dialect.has(rule):
        yield Pause(dialect.seconds(rule))


def turned_away(desk: Desk) -> Refusal | None:
    """Why there is no session for this client now, if so (RFC 9051 §7.1.5)."""
    try:
        desk.enter()
    except Refusal as refusal:
        return refusal
    return None


def farewell(text: bytes) -> bytes:
    """A refusal as a greeting: there is no other than BYE (RFC 9051 §7.1.5)."""
    word, space, rest = text.partition(b" ")
    return b"BYE" + space + rest if word in (b"NO", b"BAD") else text


def first(dialect: Dialect, refusal: Refusal) -> Iterator[Effect]:
    """What comes before the tagged refusal."""
    if refusal.reason in FAILED_LOGINS:
        yield from late(dialect, "auth_failure_delay")
    for line in dialect.untagged(refusal.reason.slug, refusal.facts):
        yield one_line(line) + b"\r\n"


def answers(dialect: Dialect, reason: Reason) -> bool:
    """Whether there is an answer at all."""
    return reason is not UNKNOWN_COMMAND or not dialect.has("drops_on_unknown_command")


def hangs_up(dialect: Dialect, reason: Reason) -> bool:
    """Whether the connection ends with the refusal."""
    return reason in FAILED_LOGINS and dialect.has("closes_after_login_failure")


SMALL_LITERAL = 4096
"""Octets of a literal that does not wait where LITERAL- is announced (RFC 7888 §5)."""


def check_literal(session: Session, size: int, waits: bool) -> None:
    """Refusal(imap.literal-too-large) for a ``{n+}`` beyond what LITERAL- allows."""
    if waits or size <= SMALL_LITERAL:
        return
    if announced(session, "LITERAL-") and not announced(session, "LITERAL+"):
        raise Refusal(LITERAL_TOO_LARGE, size=size, limit=SMALL_LITERAL)
