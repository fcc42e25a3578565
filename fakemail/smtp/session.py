"""One SMTP session, as the host sees it (see `border.py` for the rules between the two).

The session runs the conversation by hand (`input.py` says why), keeps its time, and ends it.
"""

from __future__ import annotations

import asyncio

from fakemail.desk import Desk
from fakemail.reasons.host import SHUTTING_DOWN
from fakemail.reasons.reason import Refusal
from fakemail.reasons.smtp import TIMED_OUT
from fakemail.smtp.border import Border, SmtpPolicy
from fakemail.smtp.conversation import Conversation
from fakemail.wire.engine import TlsFacts


class SmtpSession:
    """Hands what happens on the connection to the conversation."""

    def __init__(
        self, desk: Desk, border: Border, policy: SmtpPolicy, loop: asyncio.AbstractEventLoop
    ) -> None:
        self._desk = desk
        self._border = border
        self._loop = loop
        self._conversation = Conversation(desk, border, policy, loop)
        self._coroutine = self._conversation._handle_client()
        self._input = self._conversation.input
        self._now = desk.clock.monotonic
        self._running = False
        self._over = False
        self._paused = False
        self._heard = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._pause: asyncio.TimerHandle | None = None

    @property
    def over(self) -> bool:
        """Whether the conversation has ended: whatever else comes is not looked at."""
        return self._over

    @property
    def waits(self) -> bool:
        """Whether it is the server that keeps the client waiting (a late greeting, say)."""
        return self._input.wants == "time" and not self._over

    def opened(self) -> None:
        """The connection is there (and TLS, where it is implicit): the greeting."""
        self._heard = self._now()
        self._watch(self._desk.limits.smtp_timeout)
        self._run(None)

    def received(self, octets: bytes) -> None:
        """The client sent these octets."""
        if self._over or not octets:
            return
        self._heard = self._now()
        wants = self._input.wants
        if wants == "octets":
            self._run(octets)
        elif wants != "tls":
            self._input.hold(octets)
        # "tls": said in clear after STARTTLS; nobody may ever hear it

    def secured(self, tls: TlsFacts) -> None:
        """The handshake is done: nothing learnt in clear survives (RFC 3207 §4.2)."""
        self._heard = self._now()
        if not self._over and self._input.wants == "tls":
            self._desk.tls = tls
            self._run(b"")

    def congested(self, slow: bool) -> None:
        """The client reads too slowly, or has caught up again."""
        if self._over or slow or self._running:
            return
        self._heard = self._now()
        if self._input.wants == "relief":
            self._run(b"")

    def drained(self) -> None:
        """The client has caught up."""
        self.congested(False)

    def shutting_down(self) -> None:
        """The server goes away: 421 (RFC 5321 §3.8)."""
        if not self._over:
            self._end(Refusal(SHUTTING_DOWN))

    def ended(self) -> None:
        """The connection is gone; a message that was not complete is forgotten."""
        self._over = self._conversation.transport.closing = True
        for timer in (self._timer, self._pause):
            if timer is not None:
                timer.cancel()
        self._timer = self._pause = None
        if not self._running:
            self._finish()

    def _run(self, octets: bytes | None) -> None:
        """Let the conversation go on until it wants more, or is over."""
        self._running = True
        try:
            self._coroutine.send(octets)
        except StopIteration:
            self._over = True
        finally:
            self._running = False
        if self._over:
            self._finish()
            return
        wants = self._input.wants
        wait = wants != "octets" and wants != "tls"
        if wants == "time":
            self._pause = self._loop.call_later(self._input.seconds, self._time_has_come)
        if wait != self._paused:
            self._paused = wait
            if wait:
                self._border.pause_reading()
            else:
                self._border.resume_reading()

    def _finish(self) -> None:
        """Whatever the conversation was in the middle of, it puts away."""
        self._coroutine.close()
        self._conversation.envelope.give_up()

    def _end(self, refusal: Refusal) -> None:
        """Say why, and hang up."""
        self._over = True
        self._conversation.refuse(refusal)
        self._finish()
        self._conversation.hang_up()

    # time

    def _watch(self, seconds: float) -> None:
        self._timer = self._loop.call_later(seconds, self._look_at_clock)

    def _time_has_come(self) -> None:
        """What the conversation waited for; the silence until now was the server's."""
        self._pause = None
        if not self._over:
            self._heard = self._now()
            self._run(b"")

    def _look_at_clock(self) -> None:
        """One timer a session: when it fires early, it is set to the rest of the time."""
        self._timer = None
        if self._over:
            return
        limit = self._desk.limits.smtp_timeout
        late = self.waits or self._border.congested  # it is the client's turn only after that
        left = limit if late else self._heard + limit - self._now()
        if left > 0:
            self._watch(left)
        else:
            self._end(Refusal(TIMED_OUT, detail=f"The limit is {limit:g} seconds."))
