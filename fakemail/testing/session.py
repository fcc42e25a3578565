"""One session as a test looks at it: what was said, and why something was refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fakemail.faults.told import struck
from fakemail.transcript.entry import Conversation, Entry
from fakemail.transcript.text import render
from fakemail.wire.engine import Peer, TlsFacts

if TYPE_CHECKING:
    from fakemail.explain.explanation import Explanation

MOST = 20
"""Sessions that are shown with a failure."""


@dataclass(frozen=True)
class Session:
    """A session at the moment when it was looked at; a `Conversation`, which does not change."""

    number: int
    protocol: str
    peer: Peer = field(repr=False)
    dialect: str
    began: float = field(repr=False)
    ended: float | None = field(repr=False)
    how: str
    tls: TlsFacts | None = field(repr=False)
    login: str | None
    refusals: int
    left_out: int = field(repr=False)
    entries: tuple[Entry, ...] = field(repr=False)

    @property
    def listener(self) -> str:
        """``smtp submission submissions smtp-alt pop3 pop3s imap imaps``."""
        return self.peer.listener

    @property
    def commands(self) -> list[str]:
        """What the client said, line by line, without its secrets."""
        return [e.octets.decode("utf-8", "replace") for e in self.entries if e.kind == "C"]

    @property
    def reasons(self) -> list[str]:
        """Why things were refused: ``smtp.auth-required``."""
        return [e.reason.slug for e in self.entries if e.reason is not None]

    @property
    def transcript(self) -> str:
        """The whole conversation as text."""
        return render(self)

    @property
    def explanations(self) -> list[Explanation]:
        """What was refused, why, and what to change; the main one first."""
        from fakemail.explain.explain import explain  # 40 ms, for those who failed

        return explain(self)

    @property
    def needs_a_look(self) -> bool:
        """Whether something was refused in it, or a fault struck, or it goes on."""
        return self.refusals > 0 or self.ended is None or struck(self)


def copy(session: Conversation) -> Session:
    """As it is now; to be called where sessions change, in the server's thread."""
    return Session(
        number=session.number,
        protocol=session.protocol,
        peer=session.peer,
        dialect=session.dialect,
        began=session.began,
        ended=session.ended,
        how=session.how,
        tls=session.tls,
        login=session.login,
        refusals=session.refusals,
        left_out=session.left_out,
        entries=tuple(session.entries),
    )


def spoke_since(session: Conversation, moment: float) -> bool:
    """Whether anybody said anything in it since then: its end alone does not count."""
    return any(e.kind != "*" and e.at >= moment for e in reversed(session.entries))


def report(sessions: Iterable[Session], *, explained: bool = True) -> str:
    """Transcripts, each followed by its explanations, for people in front of a failed test."""
    sessions = list(sessions)
    shown = sessions[-MOST:]
    pieces = [f"({len(sessions) - MOST} earlier sessions are not shown)\n"] * (len(sessions) > MOST)
    for session in shown:
        pieces.append(session.transcript)
        if session.ended is None:
            pieces.append("  (goes on)\n")
        if explained:
            pieces += [f"\n{explanation.as_text()}" for explanation in session.explanations]
        pieces.append("\n")
    return "".join(pieces).rstrip("\n")
