"""DATA brings the content, in lines (RFC 5321 §4.1.1.4).

The reader takes whatever chunks the network gives: no line is looked at by itself, none is too
long, and a message of any size is spooled by the store as it comes. Once 354 was said the client
is read to the end of the content, whatever happens to the message, so that client and server
never disagree about where the next command begins.
"""

from __future__ import annotations

from aiosmtpd.smtp import syntax

from fakemail.accounts.directory import Login
from fakemail.dialects.dialect import Dialect
from fakemail.message import trace
from fakemail.reasons.reason import Refusal
from fakemail.reasons.smtp import NO_PARAMETERS
from fakemail.reasons.smtp_transaction import (
    BINARY_NEEDS_BDAT,
    CHUNKS_BEGUN,
    NEED_MAIL,
    NEED_RCPT,
    NO_VALID_RECIPIENTS,
)
from fakemail.smtp import replies, report
from fakemail.smtp.attachments import CheckedContent
from fakemail.smtp.content import Content
from fakemail.smtp.dots import DotReader
from fakemail.smtp.head import Kept
from fakemail.smtp.header_rules import HeaderRules
from fakemail.smtp.mail import MailCommand, not_owned
from fakemail.store.errors import NoSuchMailbox
from fakemail.store.home import DEFAULT_FOLDERS, Home
from fakemail.store.mailbox import Mailbox

_LISTED = 5
"""So many mailboxes a transcript names for one message."""


class DataCommand(MailCommand):
    """``DATA``, and how a message is handed over, which BDAT shares."""

    messages = 0
    """Messages of this session so far."""

    _sent: tuple[Dialect, Login, Home, str] | None = None
    """Where the sender keeps what was sent, as it was last found, and for whom."""

    _rules: HeaderRules | None = None
    """What the dialect does to headers, as it last was, and for whom."""

    @syntax("DATA")
    async def smtp_DATA(self, arg: str | None) -> None:
        """DATA: 354, the content, the verdict (RFC 5321 §4.1.1.4)."""
        self.check_hello()
        self.check_login()
        if arg:
            raise Refusal(NO_PARAMETERS, syntax="DATA")
        self.check_recipients()
        if self.envelope.binary:
            raise Refusal(BINARY_NEEDS_BDAT)
        if self.envelope.incoming is not None:
            raise Refusal(CHUNKS_BEGUN)
        content = self.envelope.incoming = self.new_content()
        self.reply(replies.START_DATA)
        if self.transport.closing:  # by a fault: what was pipelined behind it is not heard
            return
        reader, hinted = DotReader(), False
        try:
            while not reader.ended:
                chunk = await self.input.chunk()
                if chunk.endswith(b".\n") and not hinted:
                    hinted = self._hint_at_line_end(chunk)
                octets = reader.feed(chunk)
                if octets:
                    content.write(octets)
            if reader.rest:
                self.input.hold(reader.rest)
            self.hand_over(content)
        finally:
            if not reader.ended:
                self.note(f"the connection ended inside DATA, {content.size} octets; none was kept")
            self._set_post_data_state()

    def _hint_at_line_end(self, chunk: bytes) -> bool:
        """Tell a person at `nc` why the dot does nothing."""
        if chunk == b".\n" or chunk.endswith(b"\n.\n"):
            self.note(
                "a line with a dot alone, but it ends in LF, not CR LF, so the content goes on "
                "(RFC 5321 §4.1.1.4); by hand: nc -C, or telnet"
            )
            return True
        return False

    def check_recipients(self) -> None:
        """Refuse content that has no sender or nobody to go to (RFC 5321 §3.3)."""
        if not self.envelope.begun:
            raise Refusal(NEED_MAIL)
        if not self.envelope.mailboxes:
            raise Refusal(NO_VALID_RECIPIENTS if self.envelope.rejected else NEED_RCPT)

    def new_content(self) -> Content:
        """Where the next message goes, its trace fields already in front: recipients are complete
        when content may begin, and so a large message is written once."""
        self.may_send()
        at = self.desk.clock.time()
        self.messages += 1
        identifier = f"{int(at * 1000):X}-{self.recorder.number}-{self.messages}"
        trace_fields = self._trace(identifier, at)
        rules = self._header_rules() if self.conduct.reads_headers else None
        made = self.desk.store, self.size_limit, identifier, trace_fields, rules
        ends = self.conduct.attachments_refused
        content = CheckedContent(*made, ends) if ends else Content(*made)
        if self.envelope.reported:
            content.header = Kept()
        return content

    def hand_over(self, content: Content) -> None:
        """Deliver to every recipient and say so, or raise Refusal: all of them or none."""
        if content.program:
            self.note(content.program)
        if content.failure is None:
            self.may_finish()
            if self.desk.faults is not None:
                said = " ".join([self.envelope.mail_from or "", *self.envelope.rcpt_tos])
                self.desk.faults.at("content", argument=said)
        keeps = self.conduct.saves_sent_copy and self.login is not None
        sent = self._sent_folder if keeps else None
        places = content.commit(self.envelope.mailboxes, self.desk.store, sent)
        self.sent()
        if content.bare_at is not None:
            self.note(
                f"the content has a bare CR or LF at offset {content.bare_at}; "
                "kept as it is, though RFC 5321 §2.3.8 forbids it"
            )
        more = f" and {len(places) - _LISTED} more" if len(places) > _LISTED else ""
        listed = ", ".join(places[:_LISTED])
        self.note(f"delivered {content.size} octets to {listed}{more}{content.changes}")
        if self.envelope.reported:
            self.note(report.deliver(self.desk, self.envelope, content))
        self.reply(replies.QUEUED, id=content.identifier)

    def _header_rules(self) -> HeaderRules:
        """What the dialect does to the headers of this session's messages."""
        rules, conduct, host = self._rules, self.conduct, self.hostname
        account = self.login.address if self.login else ""
        if (
            rules is None
            or rules.conduct is not conduct
            or rules.host != host
            or rules.account != account
        ):
            rules = self._rules = HeaderRules(conduct, host, self._author_refused, account)
        return rules

    def _author_refused(self, author: str) -> Refusal | None:
        """Why this may not be the author of a message; without a From field the sender counts."""
        author = author or self.envelope.mail_from or ""
        login = self.login
        if login is None or self.desk.directory.owner_may_send(login, author):
            return None
        return not_owned(login, author)

    def _sent_folder(self) -> tuple[Home, Mailbox]:
        """Where the sender keeps what was sent; made where it is missing."""
        dialect, login, sent = self.desk.dialect, self.login, self._sent
        if sent is None or sent[0] is not dialect or sent[1] is not login:
            assert login is not None, "nobody has logged in"
            sent = self._sent = (dialect, login, *self._find_sent_folder(dialect, login))
        _, login, home, name = sent
        try:
            return home, home.mailbox(name)
        except NoSuchMailbox:
            self.desk.home(login.address)  # furnishes it as the provider does
            if not home.selectable(name):
                home.create(name)
            return home, home.mailbox(name)

    def _find_sent_folder(self, dialect: Dialect, login: Login) -> tuple[Home, str]:
        """Home and name of it; whether it is there is not asked."""
        name = next((folder.name for folder in dialect.folders if folder.role == "sent"), "Sent")
        name = name.replace(dialect.delimiter, "/")
        if name in DEFAULT_FOLDERS:  # opened before the home is furnished, they would stay for good
            self.desk.home(login.address)
        return self.desk.store.home(login.address), name

    def _trace(self, identifier: str, at: float) -> bytes:
        transaction = self.envelope
        recipients = transaction.rcpt_tos
        return trace.return_path(transaction.mail_from or "") + trace.received(
            helo=self.session.host_name or "",
            client=self.desk.peer.host,
            by=self.desk.host_name,
            protocol=trace.with_protocol(
                extended=self.session.extended_smtp,
                tls=self.desk.tls is not None,
                login=self.login is not None,
                utf8=transaction.smtp_utf8,
            ),
            identifier=identifier,
            at=at,
            recipient=recipients[0] if len(recipients) == 1 else None,
        )
