"""Which message is meant: what `wait` and `find` are asked for."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import TypeAlias

from fakemail.testing.message import Message

Pattern: TypeAlias = str | re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Match:
    """All that is given has to fit; a str has to be in there, a compiled pattern to be found."""

    to: Pattern | None = None
    """The address that received it: a str is the whole of it, in whatever case."""

    subject: Pattern | None = None
    sender: Pattern | None = None
    text: Pattern | None = None
    """In its text or its HTML."""

    where: Callable[[Message], object] | None = None
    mailbox: str | None = "INBOX"
    """None for any."""

    owner: str = field(default="", metadata={"hidden": True})
    """Whose mailbox `to` is, where it is a further address of an account."""

    def __call__(self, message: Message) -> bool:
        """Whether this message is meant."""
        if self.mailbox not in (None, message.mailbox):
            return False
        return (
            self._is_recipient(message)
            and _fits(self.subject, message.subject)
            and _fits(self.sender, message.sender, message.header("Return-Path") or "")
            and (self.text is None or _fits(self.text, message.text, message.html))
            and (self.where is None or bool(self.where(message)))
        )

    def __str__(self) -> str:
        given = [
            (each.name, getattr(self, each.name), each.default)
            for each in fields(self)
            if not each.metadata
        ]
        return " ".join(f"{name}={_shown(value)}" for name, value, usual in given if value != usual)

    def _is_recipient(self, message: Message) -> bool:
        if isinstance(self.to, str):
            to = self.to.lower()
            if message.recipient.lower() == to:
                return True
            # Which address of the account was meant, only the header says (our Received has it).
            return message.recipient == self.owner and to.encode() in message.head.lower()
        return self.to is None or self.to.search(message.recipient) is not None


def _fits(wanted: Pattern | None, *values: str) -> bool:
    if isinstance(wanted, str):
        return any(wanted in value for value in values)
    return wanted is None or any(wanted.search(value) for value in values)


def _shown(value: object) -> str:
    if isinstance(value, re.Pattern):
        return f"/{value.pattern}/"
    return getattr(value, "__name__", None) or repr(value)
