"""An engine that only says why it will not serve: for the connection that is one too many."""

from __future__ import annotations

from fakemail.desk import Desk
from fakemail.reasons.host import TOO_MANY_CONNECTIONS
from fakemail.reasons.reason import Protocol_
from fakemail.wire.effects import Close, Effects
from fakemail.wire.engine import TlsFacts


class Refuser:
    """Greets with a refusal, in the protocol's own words, and closes."""

    idle_limit = 10.0

    def __init__(self, desk: Desk, protocol: Protocol_) -> None:
        self._desk = desk
        self._protocol: Protocol_ = protocol

    def opened(self) -> Effects:
        """421, ``-ERR [SYS/TEMP]`` or ``BYE`` in place of a greeting (RFC 5321 §3.1)."""
        self._desk.recorder.refused(TOO_MANY_CONNECTIONS)
        text = self._desk.dialect.word(self._protocol, TOO_MANY_CONNECTIONS, {})
        yield text.encode() + b"\r\n"
        yield Close()

    def received(self, octets: bytes) -> Effects:
        """Never: it has closed."""
        return ()

    def secured(self, tls: TlsFacts) -> Effects:
        """Never: it has closed."""
        return ()

    def woken(self) -> Effects:
        """Never: it watches nothing."""
        return ()

    def timed_out(self) -> Effects:
        """Never: it has closed."""
        return (Close(),)

    def closed(self) -> None:
        """Holds nothing."""
