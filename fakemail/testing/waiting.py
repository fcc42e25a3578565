"""When nothing came: what the person in front of the failed test wants to see."""

from __future__ import annotations

from collections.abc import Sequence

from fakemail.testing.arrivals import Waiter
from fakemail.testing.message import Message
from fakemail.testing.session import Session, report

MOST = 20
"""Messages that are listed."""


class NoMail(AssertionError, TimeoutError):
    """The message that a test waited for did not come; the text says what did."""


def what_came(
    waiter: Waiter, timeout: float, came: Sequence[Message], sessions: Sequence[Session], now: float
) -> str:
    """The text of a `NoMail`."""
    meant = f" with {waiter.match}" if str(waiter.match) else ""
    number = f"{len(waiter.found)} of {waiter.count} messages" if waiter.count > 1 else "no message"
    lines = [f"{number}{meant} came within {timeout:g} s", ""]
    if came:
        lines.append(f"What did come ({len(came)}):")
        if len(came) > MOST:
            lines.append(f"  ... {len(came) - MOST} earlier ones")
        for message in came[-MOST:]:
            ago = max(0.0, now - message.arrived)
            lines.append(
                f"  to {message.recipient} from {message.sender or '-'}"
                f"  {message.subject!r}  in {message.mailbox}, {ago:.1f} s ago"
            )
    else:
        lines.append("Nothing came since the test began.")
    lines.append("")
    look = [session for session in sessions if session.needs_a_look]
    if look:
        lines += [
            "Sessions that go on, or in which something was refused or a fault struck:",
            "",
            report(look, explained=False),
        ]
    elif sessions:
        said = ", ".join(f"{s.number} ({s.listener})" for s in sessions[-MOST:])
        lines.append(f"In the sessions of this test nothing was refused: {said}.")
    else:
        lines.append("Nobody has talked to the server since the test began.")
    return "\n".join(lines)
