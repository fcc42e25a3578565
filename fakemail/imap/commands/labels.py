"""STORE X-GM-LABELS (Google's X-GM-EXT-1): what a message is labelled with (`imap/labels.py`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from fakemail.imap import untagged
from fakemail.imap.capabilities import require
from fakemail.imap.commands.numbers import Numbers
from fakemail.imap.items import Source
from fakemail.imap.labels import CAPABILITY, Labels
from fakemail.imap.session import Session
from fakemail.imap.view import View
from fakemail.reasons.provider import LABEL_UNKNOWN
from fakemail.reasons.reason import Refusal
from fakemail.store.index import Message


@dataclass(frozen=True, slots=True)
class LabelArguments:
    """Which messages, and what is to happen to their labels."""

    numbers: Numbers
    how: Literal["add", "remove", "replace"]
    silent: bool
    labels: tuple[str, ...]


def label(session: Session, arguments: LabelArguments) -> Iterator[bytes]:
    """Change the labels, and answer with what they are then, unless it is .SILENT.

    A message whose label of the selected mailbox is taken off leaves it; that is told by EXPUNGE,
    when numbers may change.
    """
    require(session, CAPABILITY, "X-GM-LABELS")
    view = session.view
    known = Labels(session)
    for each in arguments.labels:
        if not known.is_known(each):
            raise Refusal(LABEL_UNKNOWN, label=each)
    found = arguments.numbers.messages(view)
    for sequence, message in found.messages:
        _change(known, view, message, arguments)
        left = view.mailbox.get(message.uid)
        if arguments.silent or left is None:
            yield b""
            continue
        source = Source(view)
        source.turn(left)
        items = known.render(source)
        if arguments.numbers.by_uid:
            items = b"UID %d " % left.uid + items
        yield untagged.fetch(sequence, items)
    found.all_there()


def _change(known: Labels, view: View, message: Message, arguments: LabelArguments) -> None:
    """New labels first, so that the message is never nowhere."""
    mailbox = view.mailbox
    if arguments.how != "remove":
        for each in arguments.labels:
            known.add(mailbox, message, each)
    gone = arguments.labels if arguments.how == "remove" else ()
    if arguments.how == "replace":
        current = mailbox.get(message.uid) or message
        kept = {known.name_of(each).lower() for each in arguments.labels}
        gone = tuple(
            each for each in known.of(mailbox, current) if known.name_of(each).lower() not in kept
        )
    for each in sorted(gone, key=lambda name: known.name_of(name) == mailbox.name):
        known.remove(mailbox, message, each)
