"""Drives one SMTP session: the `Border` that `fakemail.smtp` writes to, and the `App` of ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVarTuple

from fakemail.desk import Desk
from fakemail.reasons.host import INTERNAL
from fakemail.services.connection import Connection, log
from fakemail.smtp.border import policy_of
from fakemail.smtp.session import SmtpSession

if TYPE_CHECKING:
    from fakemail.faults.action import Action

Facts = TypeVarTuple("Facts")

GRACE = 30.0
"""The session keeps its own time (RFC 5321 §4.5.3.2.7); so long after it the border cuts in."""


class SmtpDriver:
    """Gathers the replies of one entry point into one write (RFC 2920 §3.2)."""

    def __init__(self, connection: Connection, desk: Desk) -> None:
        self._connection = connection
        self._desk = desk
        self._recorder = desk.recorder
        self.congested = False
        """The client reads too slowly (`Border`)."""
        self._parts: list[bytes] = []
        self._inside = False
        self._armed = False
        self._close_wanted = False
        self._ended_soon = False
        self._gone = False
        self._held = False
        self._session = SmtpSession(desk, self, policy_of(desk.peer.listener), connection.loop)

    # Border

    def send(self, octets: bytes, shown: bytes | None = None) -> None:
        """Send one reply."""
        self._recorder.server(octets if shown is None else shown)
        self._parts.append(octets)
        if not self._inside or self._armed:
            self._flush()

    def start_tls(self) -> None:
        """Begin the handshake; the session holds nothing of the clear stream any more."""
        self._flush()
        self._connection.start_tls()

    def close(self) -> None:
        """Close after what was sent."""
        self._close_wanted = True
        if not self._inside:
            self._flush()

    def pause_reading(self) -> None:
        """Leave octets in the kernel."""
        self._held = True
        self._connection.pause_reading()

    def resume_reading(self) -> None:
        """Read again."""
        self._held = False
        self._connection.resume_reading()
        if self._ended_soon and not self._inside:
            self._connection.close("closed by client")

    # App

    @property
    def idle_limit(self) -> float:
        """Longer than the session's own."""
        return self._desk.limits.smtp_timeout + GRACE

    @property
    def busy(self) -> bool:
        """Every entry point runs to its end; but a dialect may let the client wait."""
        return self._session.waits

    def opened(self) -> None:
        """The greeting."""
        self._enter(self._session.opened)

    def received(self, octets: bytes) -> None:
        """Commands or message content."""
        self._enter(self._session.received, octets)

    def secured(self) -> None:
        """The handshake is done."""
        tls = self._desk.tls
        assert tls is not None
        self._enter(self._session.secured, tls)

    def ended(self) -> None:
        """The client half-closed; when it was answered, so do we."""
        if self._held:
            self._ended_soon = True
        else:
            self._connection.close("closed by client")

    def congested_changed(self, yes: bool) -> None:
        """The client reads too slowly, or has caught up."""
        self.congested = yes
        if not yes:  # the session looks by itself; it may be in the middle of something
            self._enter(self._session.drained)

    def timed_out(self) -> None:
        """The session's own timer did not end it."""
        self._connection.close("timed out")

    def shutting_down(self) -> None:
        """421."""
        self._enter(self._session.shutting_down)

    def arm(self, action: Action) -> None:
        """What was said before is no part of it; what is said from here on goes out at once."""
        self._flush()
        self._armed = True
        self._connection.arm(action)

    def closed(self) -> None:
        """Forget an incomplete message."""
        if self._gone:
            return
        self._gone = True
        try:
            self._session.ended()
        except Exception:
            log.exception("session %d: failed to close", self._recorder.number)

    def _enter(self, event: Callable[[*Facts], None], *facts: *Facts) -> None:
        """Tell the session, and send what it said in one go.

        A function, not a context manager: this runs for every command.
        """
        self._inside = True
        try:
            event(*facts)
        except Exception:
            self._crash()
        finally:
            self._inside = False
            self._flush()
        if self._ended_soon and not self._held:
            self._connection.close("closed by client")

    def _flush(self) -> None:
        if self._parts:
            octets = b"".join(self._parts)
            self._parts.clear()
            self._connection.send(octets)
        if self._close_wanted and not self._inside:
            self._connection.close()

    def _crash(self) -> None:
        log.exception("session %d (smtp) failed", self._recorder.number)
        self._recorder.refused(INTERNAL)
        self.send(self._desk.dialect.word("smtp", INTERNAL, {}).encode() + b"\r\n")
        self._close_wanted = True
