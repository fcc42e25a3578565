r"""X-GM-MSGID, X-GM-THRID and X-GM-LABELS (Google's X-GM-EXT-1), over mailboxes that are folders.

There a mailbox is a view of all messages that have a label; here a label is a mailbox that holds a
copy of the message. So the labels of a message are the mailboxes of the account that hold the same
octets with the same internal date (what EMAILID says too, `objectid.py`), and:

* adding a label copies the message into that mailbox, which is made if need be;
* taking a label off removes that copy; the last copy goes to the mailbox with ``\All``, if there is
  one, and stays where it is if there is none: nothing is lost by a label;
* ``\Inbox``, ``\Sent``, ``\Draft``, ``\Spam``, ``\Trash`` and ``\Important`` stand for INBOX and
  the mailboxes with these roles; ``\Starred`` is the flag ``\Flagged``.

What differs from the original, and can be noticed: a mailbox with ``\All`` holds only what was put
there, and is no label; flags belong to a copy and not to the message; the label of the selected
mailbox is told too; Trash and Spam do not take other labels away; a thread's number is not that of
its first message. The numbers are digests of 60 bits.
"""

from __future__ import annotations

from collections.abc import Iterator
from weakref import WeakKeyDictionary

from fakemail.imap import write
from fakemail.imap.items import ITEMS as OBJECT_IDS
from fakemail.imap.items import Render, Source
from fakemail.imap.objectid import as_number, email_id
from fakemail.imap.session import Session
from fakemail.store.errors import MessageGone, NoSuchMailbox
from fakemail.store.index import Message
from fakemail.store.mailbox import Mailbox

CAPABILITY = "X-GM-EXT-1"
ITEMS = ("X-GM-MSGID", "X-GM-THRID", "X-GM-LABELS")
STARRED = "\\Starred"
ROLES = {
    "\\Sent": "\\Sent",
    "\\Drafts": "\\Draft",
    "\\Junk": "\\Spam",
    "\\Trash": "\\Trash",
    "\\Important": "\\Important",
}
"""Attribute of a mailbox (RFC 6154 §2, RFC 8457 §3) to its label."""

_digests: WeakKeyDictionary[Mailbox, dict[int, bytes]] = WeakKeyDictionary()


def items(session: Session) -> dict[str, Render]:
    """How the FETCH items are found out, for one command."""

    def numbered(name: bytes, item: str) -> Render:
        """The object ID of that item, which stands in parentheses behind its name, as a number."""
        start = len(item) + 2
        object_id = OBJECT_IDS[item]
        return lambda source: b"%b %d" % (name, as_number(object_id(source)[start:-1]))

    return {
        "X-GM-MSGID": numbered(b"X-GM-MSGID", "EMAILID"),
        "X-GM-THRID": numbered(b"X-GM-THRID", "THREADID"),
        "X-GM-LABELS": Labels(session).render,
    }


class Labels:
    """The labels of one account, as its mailboxes are when they are first asked for."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._home = home = session.home
        uses = home.special_uses()
        self._label_of = {"INBOX": "\\Inbox"} | {
            name: ROLES[use] for name, use in uses.items() if use in ROLES
        }
        self._all = next((name for name, use in uses.items() if use == "\\All"), None)
        self._no_label = {name for name, use in uses.items() if use in ("\\All", "\\Flagged")}
        self._copies: dict[tuple[int, int], list[tuple[Mailbox, int]]] | None = None

    def name_of(self, label: str) -> str:
        """The mailbox that a label stands for, which may not be there yet."""
        if not label.startswith("\\"):
            return label
        wanted = label.lower()
        found = (name for name, known in self._label_of.items() if known.lower() == wanted)
        return next(found, label[1:])

    def is_known(self, label: str) -> bool:
        """Whether a label with a backslash is one of the server's."""
        known = {each.lower() for each in self._label_of.values()}
        return not label.startswith("\\") or label.lower() in {STARRED.lower(), *known}

    def copies(self, mailbox: Mailbox, message: Message) -> list[tuple[Mailbox, int]]:
        """Every mailbox that holds the message, this one too, and its UID there."""
        if self._copies is None:
            self._copies = self._indexed()
        alike = self._copies.get(_key(message), [])
        if len(alike) < 2:
            return [(mailbox, message.uid)]
        wanted = _digest(mailbox, message.uid)
        return [(where, uid) for where, uid in alike if _digest(where, uid) == wanted]

    def of(self, mailbox: Mailbox, message: Message) -> list[str]:
        """The labels of a message: the server's first, then by name."""
        names = {where.name for where, _ in self.copies(mailbox, message)} - self._no_label
        found = [self._label_of.get(name, name) for name in names]
        if "\\Flagged" in message.flags:
            found.append(STARRED)
        return sorted(found, key=lambda label: (not label.startswith("\\"), label))

    def uids(self, mailbox: Mailbox, label: str) -> list[int]:
        """The messages of a mailbox that have the label, ascending."""
        if label.lower() == STARRED.lower():
            return [each.uid for each in mailbox.messages() if "\\Flagged" in each.flags]
        name = self.name_of(label).lower()
        return [
            each.uid
            for each in mailbox.messages()
            if any(where.name.lower() == name for where, _ in self.copies(mailbox, each))
        ]

    def render(self, source: Source) -> bytes:
        """The FETCH item X-GM-LABELS."""
        found = self.of(source.view.mailbox, source.message)
        return b"X-GM-LABELS " + write.parenthesized(map(self._spelled, found))

    def _spelled(self, label: str) -> bytes:
        if label in self._label_of.values() or label == STARRED:
            return b'"\\\\%b"' % label[1:].encode("ascii")
        return self._session.spelled(label)

    # changing

    def add(self, mailbox: Mailbox, message: Message, label: str) -> None:
        """Give a message a label."""
        if label.lower() == STARRED.lower():
            mailbox.change_flags([message.uid], "add", ["\\Flagged"])
            return
        name = self.name_of(label)
        if any(where.name == name for where, _ in self.copies(mailbox, message)):
            return
        if not self._home.selectable(name):
            self._home.create(name)
        mailbox.copy([message.uid], self._home.mailbox(name))
        self._copies = None

    def remove(self, mailbox: Mailbox, message: Message, label: str) -> None:
        """Take a label off; the last copy is kept."""
        if label.lower() == STARRED.lower():
            mailbox.change_flags([message.uid], "remove", ["\\Flagged"])
            return
        name = self.name_of(label)
        held = self.copies(mailbox, message)
        for where, uid in held:
            if where.name != name:
                continue
            if len({other.name for other, _ in held}) > 1:
                where.expunge([uid])
            elif self._all is not None and name != self._all:
                where.move([uid], self._home.mailbox(self._all))
            self._copies = None

    def _indexed(self) -> dict[tuple[int, int], list[tuple[Mailbox, int]]]:
        """All messages by size and internal date, which copies have in common."""
        found: dict[tuple[int, int], list[tuple[Mailbox, int]]] = {}
        for mailbox in self._mailboxes():
            for message in mailbox.messages():
                try:
                    found.setdefault(_key(message), []).append((mailbox, message.uid))
                except MessageGone:
                    continue
        return found

    def _mailboxes(self) -> Iterator[Mailbox]:
        for name in self._home.mailboxes():
            try:
                yield self._home.mailbox(name)
            except NoSuchMailbox:
                continue


def _key(message: Message) -> tuple[int, int]:
    return message.size, int(message.internal_date)


def _digest(mailbox: Mailbox, uid: int) -> bytes | None:
    """EMAILID, kept; None when the message is gone."""
    known = _digests.setdefault(mailbox, {})
    if uid not in known:
        message = mailbox.get(uid)
        try:
            if message is None:
                return None
            known[uid] = email_id(mailbox.read(uid), message.internal_date)
        except MessageGone:
            return None
    return known[uid]
