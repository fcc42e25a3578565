"""aiosmtpd's SMTP class, made to hear and to speak by way of the border.

What stays aiosmtpd's: session and envelope and when they are reset, the table of commands found
by name with the syntax that HELP tells, HELO, RSET, NOOP, VRFY, HELP and EXPN, and the checks
for HELO and AUTH that they share. What is ours: every octet in (`input.py`), every reply out
(`push`, here), and the commands for which `conversation.py` lists a file.

Making one is cheap: aiosmtpd's constructor inspects its own members for every connection, 0.4 ms
of it. What it finds is the same each time, so it runs once, and its settings are copied.
"""

from __future__ import annotations

import asyncio
import logging
from functools import cache
from typing import Any

from aiosmtpd.smtp import SMTP, Session

from fakemail.desk import Desk, Limits
from fakemail.reasons.provider import TLS_REQUIRED
from fakemail.reasons.reason import Reason, Refusal
from fakemail.reasons.smtp import AUTH_REQUIRED, HELLO_FIRST, LOCAL_ERROR
from fakemail.smtp import path, replies
from fakemail.smtp.border import Border, SmtpPolicy
from fakemail.smtp.conduct import Conduct, conduct_of
from fakemail.smtp.input import Input
from fakemail.smtp.replies import Reply
from fakemail.smtp.transaction import Transaction
from fakemail.smtp.transport import BorderTransport

log = logging.getLogger("fakemail")

SHOWN = 60
"""Characters of what the client said that a reply may repeat."""


_OK = {"RSET": replies.RESET, "NOOP": replies.NOOP}
"""aiosmtpd says the same to both."""

_USUAL_LIMIT = Limits().message_octets


class Speaker(SMTP):
    """Hears lines, says replies."""

    conduct: Conduct
    """What the dialect does differently."""

    size_limit: int
    """Largest message in octets."""

    session: Session
    envelope: Transaction
    transport: BorderTransport

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls._smtp_methods = {
            name.removeprefix("smtp_"): getattr(cls, name)
            for name in dir(cls)
            if name.startswith("smtp_")
        }

    def __init__(
        self, desk: Desk, border: Border, policy: SmtpPolicy, loop: asyncio.AbstractEventLoop
    ) -> None:
        self.__dict__.update(_settings())
        self.loop = loop
        self.desk = desk
        self.border = border
        self.policy = policy
        self.recorder = desk.recorder
        self.input = Input()
        self.transport = BorderTransport(border, desk)
        self.verb = ""
        """The command that is being carried out, in upper case."""

        self.begin_session()

    def begin_session(self) -> None:
        """Know nothing of the client: at the start, and after STARTTLS (RFC 3207 §4.2)."""
        self.session = self._create_session()
        self.session.peer = self.transport.get_extra_info("peername")
        self.envelope = Transaction()

    def behave(self) -> None:
        """Take on the conduct of the desk's dialect, which a TLS server name may have changed."""
        conduct = self.conduct = conduct_of(self.desk.dialect)
        self._auth_required = self.policy.auth_required or conduct.auth_on_every_port
        self.size_limit = self._size_limit(conduct.size_limit)
        self.hostname = self.desk.host_name

    # what aiosmtpd calls

    def _create_envelope(self) -> Transaction:
        return Transaction()

    async def check_auth_needed(self, caller_method: str) -> bool:
        """Whether a command of aiosmtpd's has to wait for AUTH; HELP has not (RFC 4954 §6)."""
        return caller_method != "HELP" and await super().check_auth_needed(caller_method)

    def _set_post_data_state(self) -> None:
        self.envelope.give_up()
        self.envelope = Transaction()

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        """VRFY's parameter; aiosmtpd would ask the `email` package, which knows another grammar."""
        try:
            found, rest = path.read(arg)
        except path.PathError:
            return None, None
        return found.address or None, rest

    async def push(self, status: str | bytes) -> None:
        """Say what aiosmtpd's `status` means here."""
        text = status if isinstance(status, str) else status.decode()
        understood = replies.understand(text)
        if understood is None:
            self._say(replies.lines(text))
            return
        means, facts = understood
        if isinstance(means, Reason):
            self.refuse(Refusal(means, **facts))
        elif means is replies.OK:
            self.reply(_OK.get(self.verb, means))
        else:
            self.reply(means, **facts)

    # what several commands want first

    def check_hello(self, helo: str = "HELO") -> None:
        """Refuse what comes before EHLO (RFC 5321 §4.1.4)."""
        if not self.session.host_name:
            raise Refusal(HELLO_FIRST, helo=helo)

    def check_login(self) -> None:
        """Refuse what comes before AUTH, where AUTH is required (RFC 4954 §6)."""
        self.check_tls()
        if self._auth_required and not self.session.authenticated:
            raise Refusal(AUTH_REQUIRED)

    def check_tls(self) -> None:
        """Refuse mail in clear, where the dialect does."""
        if self.conduct.tls_before_mail and self.desk.tls is None:
            raise Refusal(TLS_REQUIRED)

    def offers(self, extension: str) -> bool:
        """Whether EHLO lists this extension, which fakemail has; a provider's list decides."""
        theirs = self.desk.dialect.ehlo(self.desk.tls is not None)
        if theirs is None:
            return extension == "DSN"  # of what is asked for here, our own list has only this
        return any(line.upper().split()[:1] == [extension] for line in theirs[1:])

    # how we speak

    def reply(self, reply: Reply, /, **facts: object) -> None:
        """Say that all is well."""
        octets = self.desk.dialect.octets("smtp", reply.slug, facts)
        if octets is None:
            varies = reply.varies
            octets = replies.lines(reply.text.format_map(facts)) if varies else reply.octets
        self._say(octets)

    def refuse(self, refusal: Refusal) -> None:
        """Record why, then say it in the dialect's words."""
        facts = {"command": self.verb, **refusal.facts}
        self.recorder.refused(refusal.reason, refusal.facts)
        dialect = self.desk.dialect
        octets = dialect.octets("smtp", refusal.reason, facts)
        if octets is None:
            octets = replies.lines(dialect.word("smtp", refusal.reason, facts))
        self._say(octets)

    def _say(self, octets: bytes) -> None:
        """Every reply of every command leaves here, whole, in one write."""
        if not self.transport.closing:
            self.border.send(octets)

    def _size_limit(self, theirs: int) -> int:
        """The provider's limit and ours; ours counts where somebody has set it."""
        ours = self.desk.limits.message_octets
        if not theirs:
            return ours
        return theirs if ours == _USUAL_LIMIT else min(ours, theirs)

    def our_fault(self, error: Exception) -> None:
        """Something broke that no client should be able to break."""
        log.error("session %d (smtp): %s failed", self.recorder.number, self.verb, exc_info=error)
        self.refuse(Refusal(LOCAL_ERROR, detail=f"({type(error).__name__})"))

    def note(self, text: str) -> None:
        """Leave a note in the transcript: something was let pass, or it happened unseen."""
        self.recorder.mark(text)

    def hang_up(self) -> None:
        """Close after what was said; the conversation is over."""
        self.transport.close()


@cache
def _settings() -> dict[str, Any]:
    """What aiosmtpd's constructor sets, apart from what belongs to one connection.

    It is given a loop of its own, because it makes a stream reader that we have no use for; the
    reader goes, with everything that `asyncio.StreamReaderProtocol` put there.
    """
    loop = asyncio.new_event_loop()
    try:
        model = SMTP(
            object(),
            data_size_limit=None,
            enable_SMTPUTF8=True,
            hostname="localhost",
            auth_require_tls=False,
            loop=loop,
        )
        streams = asyncio.StreamReaderProtocol(asyncio.StreamReader(loop=loop), loop=loop)
        return {
            name: value
            for name, value in vars(model).items()
            if name not in vars(streams) and name not in {"loop", "event_handler", "_smtp_methods"}
        }
    finally:
        loop.close()
