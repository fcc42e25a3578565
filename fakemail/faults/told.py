"""What a transcript says where a fault strikes; written and read here and nowhere else."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fakemail.faults.action import Action
from fakemail.transcript.entry import Conversation

_MARK = re.compile(r"fault (\d+): (.+) \(time (\d+)\)")


@dataclass(frozen=True, slots=True)
class Told:
    """Which fault it was."""

    number: int
    sentence: str
    time: int
    """How often its moment had come by then."""

    def __str__(self) -> str:
        return f"fault {self.number}: {self.sentence} (time {self.time})"

    @property
    def action(self) -> Action | None:
        """What went wrong; None for a sentence of another version of fakemail."""
        from fakemail.faults.fault import FaultError, fault  # for those who explain some

        try:
            return fault(self.sentence).action
        except FaultError:
            return None


def told(mark: str) -> Told | None:
    """What a mark says, if it is about a fault."""
    match = _MARK.fullmatch(mark)
    return Told(int(match[1]), match[2], int(match[3])) if match else None


def struck(session: Conversation) -> bool:
    """Whether any fault struck in a session."""
    return any(
        entry.kind == "*" and entry.octets.startswith(b"fault ") and told(entry.octets.decode())
        for entry in session.entries
    )
