"""The mail in a data folder as commands find it: without the server, beside it, or after it.

Several processes may have one store open, so a command needs nobody's leave: what it puts there,
a running server shows to its clients, and what it removes is gone for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from fakemail.cli.folder import directory, settings
from fakemail.clock import SystemClock
from fakemail.config import Settings
from fakemail.message.encoded_word import decode_words
from fakemail.message.header import header_of, unfold
from fakemail.postoffice import MAIL_FOLDER
from fakemail.reasons.reason import Refusal
from fakemail.store.errors import MessageGone, StoreError
from fakemail.store.index import Message
from fakemail.store.mailbox import Mailbox
from fakemail.store.store import Store
from fakemail.transcript.text import printable
from fakemail.web.mail import id_of

ANY = "*"
SHORT = 8
"""Digits of an ID in a table; as many as tell them apart are enough to name a message."""


@dataclass(frozen=True, slots=True)
class Found:
    """One message in one mailbox."""

    address: str
    mailbox: Mailbox
    message: Message

    @property
    def id(self) -> str:
        """The same as in the HTTP API."""
        return id_of(self.mailbox, self.message)

    def octets(self) -> bytes:
        """Raises MessageGone."""
        return self.mailbox.read(self.message.uid)

    def field(self, name: bytes) -> str:
        """A header field, decoded, unfolded, in one printable line; empty where there is none."""
        try:
            value = header_of(self.mailbox.read_head(self.message.uid)).get(name)
        except MessageGone:
            return ""
        text = "" if value is None else decode_words(unfold(value))
        return printable(text.encode("utf-8", "surrogateescape"))

    def as_object(self) -> dict[str, Any]:
        """For programs."""
        return {
            "id": self.id,
            "account": self.address,
            "mailbox": self.mailbox.name,
            "from": self.field(b"from"),
            "to": self.field(b"to"),
            "subject": self.field(b"subject"),
            "received": self.message.internal_date,
            "size": self.message.size,
            "flags": sorted(self.message.flags),
        }


def mailbox_option(usual: str, help_: str) -> Callable[..., Any]:
    """``--mailbox``."""
    return click.option("--mailbox", default=usual, show_default=True, metavar="NAME", help=help_)


@contextmanager
def store_of(found: Settings, *, must_exist: bool = True, watch: bool = False) -> Iterator[Store]:
    """The store of a data folder; errors become the command's."""
    root = found.folder / MAIL_FOLDER
    if must_exist and not root.is_dir():
        raise click.ClickException(f"no mail in {found.folder}: is it the server's --data?")
    found.folder.mkdir(mode=0o711, parents=True, exist_ok=True)  # as a server makes it
    store = Store(root, SystemClock(), fsync=found.fsync, watch=watch)
    try:
        yield store
    except StoreError as error:
        raise click.ClickException(str(error)) from None
    finally:
        store.close()


@contextmanager
def opened(data: Path | None) -> Iterator[tuple[Settings, Store]]:
    """Settings and store, to be read."""
    found = settings(data)
    with store_of(found) as store:
        yield found, store


def account_of(found: Settings, address: str) -> str:
    """The account that has this address; errors become the command's."""
    try:
        return directory(found).recipient(address)
    except Refusal as refusal:
        why = str(refusal.facts["detail"]).removeprefix("not an address: ")
        raise click.ClickException(f"{address!r} is not an address: {why}") from None


def messages(store: Store, address: str | None, mailbox: str = ANY) -> list[Found]:
    """Those of one account, or of all, in the order in which they came."""
    names = [address] if address else store.addresses()
    found = [
        Found(name, box, message)
        for name in names
        if store.path(name).is_dir()
        for box in boxes(store, name, mailbox)
        for message in box.messages()
    ]
    return sorted(found, key=lambda each: each.message.arrival)


def boxes(store: Store, address: str, mailbox: str = ANY) -> Iterator[Mailbox]:
    """Those mailboxes of an account that are meant and there."""
    home = store.home(address)
    for name in home.mailboxes():
        if mailbox in (ANY, name) and home.selectable(name):
            yield home.mailbox(name)


def named(found: list[Found], word: str) -> Found:
    """The one that is meant by an ID, its beginning, or ``last``."""
    if word == "last":
        if found:
            return found[-1]
        raise click.ClickException("there is no message")
    fits = {each.id: each for each in found if each.id.startswith(word.lower())}
    if len(fits) != 1 or not word:
        why = "is no message's ID; fakemail inbox lists them"
        if fits:
            why = f"is the beginning of {len(fits)} messages' IDs"
        raise click.ClickException(f"{word!r} {why}")
    return next(iter(fits.values()))


def table(found: list[Found]) -> str:
    """One line a message."""
    rows = [("id", "received", "account", "mailbox", "from", "subject", "octets", "flags")]
    for each in found:
        when = datetime.fromtimestamp(each.message.internal_date).astimezone()
        rows.append(
            (
                each.id[:SHORT],
                when.strftime("%m-%d %H:%M:%S"),
                printable(each.address.encode("utf-8", "backslashreplace")),
                printable(each.mailbox.name.encode("utf-8", "backslashreplace")),
                each.field(b"from")[:40],
                each.field(b"subject")[:60],
                str(each.message.size),
                " ".join(sorted(each.message.flags)),
            )
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
    return "".join(line + "\n" for line in lines)
