"""Which message somebody waits for.

Of the places (account, mailbox) and of the header; all that is given has to fit. `to` is the
account in whose mailbox the message lies, so a Bcc recipient is found, and a copy that went to
somebody else is not. Where `to` is a further address of the account, or one with a tag, the header
has to have it too: To, Cc, or the ``for`` of our own Received field.
"""

from __future__ import annotations

from dataclasses import dataclass

from fakemail.accounts.address import NotAnAddress, canonical
from fakemail.accounts.directory import Directory
from fakemail.message.encoded_word import decode_words
from fakemail.message.header import Header, unfold
from fakemail.store.filename import delivery_order, moment_of
from fakemail.store.index import Message

INBOX = "INBOX"
ANY = "*"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What has to be true of a message; empty texts say nothing."""

    owner: str = ""
    """Canonical address of the account."""

    domain: str = ""
    """Of the account."""

    named: str = ""
    """An address that the header has to have."""

    sender: str = ""
    """Part of the From field, as people read it; letter case does not matter."""

    subject: str = ""
    """Part of the Subject field, likewise."""

    mailbox: str = INBOX
    """`ANY` for all of them."""

    def is_at(self, address: str, mailbox: str) -> bool:
        """Whether a message in this mailbox can be meant."""
        return (
            self.owner in ("", address)
            and self.mailbox in (ANY, mailbox)
            and (not self.domain or address.rpartition("@")[2] == self.domain)
        )

    @property
    def asks_header(self) -> bool:
        """Whether the place alone does not decide."""
        return bool(self.named or self.sender or self.subject)

    def fits(self, header: Header) -> bool:
        """Whether a message with this header is meant, if its place is right."""
        if self.named and self.named.encode() not in header.octets.lower():
            return False
        if self.sender and self.sender.casefold() not in _text(header, b"from"):
            return False
        return not self.subject or self.subject.casefold() in _text(header, b"subject")


def wanted(
    directory: Directory, *, to: str = "", sender: str = "", subject: str = "", mailbox: str = ""
) -> Wanted:
    """What a person means; ``to=@example.com`` is everybody in a domain.

    Raises Refusal(smtp.no-such-user) where `to` can be nobody's address.
    """
    owner = domain = named = ""
    if to.startswith("@"):
        domain = to[1:].lower()
    elif to:
        owner = directory.recipient(to)
        try:
            address = canonical(to, directory.default_domain)
        except NotAnAddress:  # no address, and yet a recipient: a bare postmaster, for one
            address = owner
        named = address if address != owner and "@" in to else ""
    name = INBOX if not mailbox or mailbox.upper() == INBOX else mailbox
    return Wanted(owner, domain, named, sender, subject, name)


def came_after(message: Message, cursor: int) -> bool:
    """Whether a message was delivered after a moment (microseconds, `NameMaker.moment`).

    File names say when. Those of other programs may say only the second, or nothing (then the
    file's time counts): in doubt the answer is yes, because twice is better than never.
    """
    moment = moment_of(message.base)
    if moment is not None:
        return moment > cursor
    seconds = delivery_order(message.base)[0] or int(message.internal_date)
    return seconds >= cursor // 1_000_000


def _text(header: Header, name: bytes) -> str:
    value = header.get(name)
    return decode_words(unfold(value)).casefold() if value else ""
