"""What a session asks before it takes a message, and tells when it has: the limits over time
(`fakemail/rates/`), and whether the account may send at all.

Where nothing is limited, each of these is a look at one or two attributes.
"""

from __future__ import annotations

from fakemail.accounts.directory import Login
from fakemail.reasons.provider import SENDER_SUSPENDED
from fakemail.reasons.reason import Refusal
from fakemail.smtp.speaker import Speaker


class Gated(Speaker):
    """Knows who has logged in, and asks the desk's gate."""

    login: Login | None = None
    """Who has logged in."""

    def may_begin(self) -> None:
        """At MAIL. Raises Refusal."""
        if self.login is not None and self.login.suspended is not None:
            raise Refusal(SENDER_SUSPENDED, login=self.login.address, detail=self.login.address)
        gate = self.desk.gate
        if gate is not None:
            gate.begin(self._who)
            if self.conduct.messages_refused_at == "mail":
                gate.send(self._who)

    def may_address(self) -> None:
        """At RCPT. Raises Refusal."""
        if self.desk.gate is not None:
            self.desk.gate.address(self._who)

    def addressed(self) -> None:
        """A recipient was accepted."""
        if self.desk.gate is not None:
            self.desk.gate.addressed(self._who)

    def may_send(self) -> None:
        """At DATA, or the first BDAT. Raises Refusal."""
        gate = self.desk.gate
        if gate is not None and self.conduct.messages_refused_at == "data":
            gate.send(self._who)

    def may_finish(self) -> None:
        """At the end of a message. Raises Refusal."""
        if self.desk.gate is not None:
            self.desk.gate.finish(self._who)

    def sent(self) -> None:
        """A message was accepted."""
        if self.desk.gate is not None:
            self.desk.gate.sent(self._who)

    @property
    def _who(self) -> str:
        """Whose messages these are; empty: the client's."""
        return "" if self.login is None else self.login.address
